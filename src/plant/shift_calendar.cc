#include "plant/shift_calendar.h"

#include <algorithm>

namespace mw::plant {
namespace {

constexpr int kMinutesPerDay = 24 * 60;

bool names(const std::vector<std::string>& list, std::string_view wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

bool holds_for(const std::vector<std::string>& lines, std::string_view line) {
  return lines.empty() || line.empty() || names(lines, line);
}

TimeNs moment(const TimeZone& zone, int64_t day, int minute, bool is_end) {
  CivilTime civil = civil_from_days(day + minute / kMinutesPerDay);
  civil.hour = minute % kMinutesPerDay / 60;
  civil.minute = minute % 60;
  const TimeZone::Instants found = zone.from_civil(civil);
  return is_end ? found.second : found.first;
}

int64_t local_day(const TimeZone& zone, TimeNs at) {
  const CivilTime civil = zone.to_civil(at);
  return days_from_civil(civil.year, civil.month, civil.day);
}

}  // namespace

bool shift_runs(const Shift& shift, const std::vector<ShiftException>& exceptions, int64_t day,
                std::string_view line) {
  if (!holds_for(shift.lines, line)) return false;
  for (const ShiftException& exception : exceptions) {
    // Of some lines only: says nothing of a plant as a whole.
    const bool holds = line.empty() ? exception.lines.empty() : holds_for(exception.lines, line);
    if (exception.day != day || !holds) continue;
    return names(exception.shifts, shift.id);
  }
  return (shift.days >> weekday_of_days(day) & 1U) != 0;
}

TimeWindow shift_window(const TimeZone& zone, const Shift& shift, int64_t day) {
  const bool over_midnight = shift.end_minute <= shift.start_minute;
  return {moment(zone, day, shift.start_minute, false),
          moment(zone, day, shift.end_minute + (over_midnight ? kMinutesPerDay : 0), true)};
}

std::optional<std::vector<TimeWindow>> scheduled_time(const TimeZone& zone,
                                                      const std::vector<Shift>& shifts,
                                                      const std::vector<ShiftException>& exceptions,
                                                      std::string_view line, TimeWindow window) {
  const auto meant = [&](const Shift& shift) { return holds_for(shift.lines, line); };
  if (std::none_of(shifts.begin(), shifts.end(), meant)) return std::nullopt;
  std::vector<TimeWindow> runs;
  // A run that began the day before may last into the window.
  const int64_t last = local_day(zone, window.end_ns - 1);
  for (int64_t day = local_day(zone, window.start_ns) - 1; day <= last; ++day) {
    for (const Shift& shift : shifts) {
      if (!shift_runs(shift, exceptions, day, line)) continue;
      TimeWindow run = shift_window(zone, shift, day);
      run.start_ns = std::max(run.start_ns, window.start_ns);
      run.end_ns = std::min(run.end_ns, window.end_ns);
      if (run.start_ns < run.end_ns) runs.push_back(run);
    }
  }
  std::sort(runs.begin(), runs.end(),
            [](const TimeWindow& a, const TimeWindow& b) { return a.start_ns < b.start_ns; });
  std::vector<TimeWindow> joined;
  for (const TimeWindow& run : runs) {
    if (!joined.empty() && run.start_ns <= joined.back().end_ns) {
      joined.back().end_ns = std::max(joined.back().end_ns, run.end_ns);
    } else {
      joined.push_back(run);
    }
  }
  return joined;
}

}  // namespace mw::plant
