#include "maintenance/health/retrain_schedule.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "maintenance/health/replay_health.h"

namespace mw::maintenance {
namespace {

constexpr int kMinutesADay = 24 * 60;
constexpr double kMostContract = 1e6;

Result<void> whole_between(int value, int least, int most, const char* field) {
  if (value >= least && value <= most) return {};
  const std::string range = std::to_string(least) + " to " + std::to_string(most);
  const std::string range_zh = std::to_string(least) + " 至 " + std::to_string(most);
  return Error::make(Code::kInvalidArgument, std::string("'") + field + "': expected " + range,
                     std::string("“") + field + "”应为 " + range_zh, field);
}

TimeNs instant_of(int64_t days, int minute, const TimeZone& zone) {
  CivilTime civil = civil_from_days(days);
  civil.hour = minute / 60;
  civil.minute = minute % 60;
  return zone.from_civil(civil).first;
}

int64_t day_of(TimeNs instant_ns, const TimeZone& zone) {
  const CivilTime civil = zone.to_civil(instant_ns);
  return days_from_civil(civil.year, civil.month, civil.day);
}

}  // namespace

std::string_view retrain_result_name(RetrainResult result) {
  static constexpr std::array<std::string_view, kRetrainResults> kNames = {
      "never", "running", "shadow", "live", "refused", "interrupted"};
  return kNames[static_cast<std::size_t>(result)];
}

Result<void> check_schedule(const RetrainSchedule& schedule) {
  MW_TRY(whole_between(schedule.every_days, 1, 366, "every_days"));
  MW_TRY(whole_between(schedule.history_days, 1, 400, "history_days"));
  MW_TRY(whole_between(schedule.minute, 0, kMinutesADay - 1, "at"));
  for (const auto& [value, field] : {std::pair(schedule.contract.most_false, "most_false"),
                                     std::pair(schedule.contract.days, "days")}) {
    if (std::isfinite(value) && value > 0 && value <= kMostContract) continue;
    return Error::make(Code::kInvalidArgument,
                       std::string("'") + field + "': expected a number above 0",
                       std::string("“") + field + "”应大于 0", field);
  }
  return {};
}

Result<int> minute_of_day(std::string_view text) {
  const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
  if (text.size() == 5 && text[2] == ':' && digit(0) && digit(1) && digit(3) && digit(4)) {
    const int hour = 10 * (text[0] - '0') + text[1] - '0';
    const int minute = 10 * (text[3] - '0') + text[4] - '0';
    if (hour < 24 && minute < 60) return 60 * hour + minute;
  }
  return Error::make(Code::kInvalidArgument, "'at': expected a time of day as 02:30",
                     "“at”应为一天中的时刻，如 02:30", "at");
}

std::string time_of_day(int minute) {
  std::array<char, 16> out{};
  std::snprintf(out.data(), out.size(), "%02d:%02d", minute / 60, minute % 60);
  return out.data();
}

TimeNs first_run_ns(const RetrainSchedule& schedule, const TimeZone& zone, TimeNs after_ns) {
  int64_t day = day_of(after_ns, zone);
  while (instant_of(day, schedule.minute, zone) <= after_ns) ++day;
  return instant_of(day, schedule.minute, zone);
}

TimeNs next_run_ns(const RetrainSchedule& schedule, const TimeZone& zone, TimeNs after_ns) {
  int64_t day = day_of(schedule.next_ns, zone);
  const int64_t behind = day_of(after_ns, zone) - day;
  if (behind > 0) day += behind / schedule.every_days * schedule.every_days;
  while (instant_of(day, schedule.minute, zone) <= after_ns) day += schedule.every_days;
  return instant_of(day, schedule.minute, zone);
}

std::vector<TimeWindow> stretches_of_cases(const std::vector<HealthCase>& cases_of_machine,
                                           TimeWindow window) {
  std::vector<TimeWindow> found;
  for (const HealthCase& one : cases_of_machine) {
    const bool open = one.outcome == CaseOutcome::kOpen;
    if (!open && one.outcome != CaseOutcome::kConfirmed) continue;
    const TimeNs end_ns = open ? window.end_ns : std::max(one.opened_ns, one.decided_ns);
    const TimeWindow mine{std::max(window.start_ns, one.opened_ns - kCaseLeadNs),
                          std::min(window.end_ns, end_ns)};
    if (mine.start_ns < mine.end_ns) found.push_back(mine);
  }
  std::sort(found.begin(), found.end(),
            [](const TimeWindow& a, const TimeWindow& b) { return a.start_ns < b.start_ns; });
  std::vector<TimeWindow> out;
  for (const TimeWindow& each : found) {
    if (!out.empty() && each.start_ns <= out.back().end_ns) {
      out.back().end_ns = std::max(out.back().end_ns, each.end_ns);
    } else {
      out.push_back(each);
    }
  }
  return out;
}

}  // namespace mw::maintenance
