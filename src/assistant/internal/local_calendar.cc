#include "assistant/internal/local_calendar.h"

#include "plant/shift_calendar.h"

namespace mw::assistant {
namespace {

constexpr int kSecondsPerDay = 86400;

}  // namespace

std::vector<plant::Shift> Calendar::three_shifts() {
  return {{"early", {"early shift", "早班"}, 6 * 60, 14 * 60, plant::Shift::kEveryDay, {}},
          {"late", {"late shift", "中班"}, 14 * 60, 22 * 60, plant::Shift::kEveryDay, {}},
          {"night", {"night shift", "夜班"}, 22 * 60, 6 * 60, plant::Shift::kEveryDay, {}}};
}

LocalCalendar::LocalCalendar(const Calendar& calendar, TimeNs now)
    : calendar_(calendar),
      now_(now),
      civil_now_(calendar.zone.to_civil(now)),
      today_(days_from_civil(civil_now_.year, civil_now_.month, civil_now_.day)) {}

LocalCalendar::Moment LocalCalendar::moment(int64_t day, int seconds, bool is_end) const {
  CivilTime civil = civil_from_days(day + seconds / kSecondsPerDay);
  const int of_day = seconds % kSecondsPerDay;
  civil.hour = of_day / 3600;
  civil.minute = of_day / 60 % 60;
  civil.second = of_day % 60;
  const TimeZone::Instants found = calendar_.zone.from_civil(civil);
  Moment result;
  result.at = is_end ? found.second : found.first;
  if (found.kind == TimeZone::Instants::Kind::kSkipped) {
    result.note = {"the clocks were set forward over this time", "该时刻因夏令时拨快而不存在"};
  } else if (found.kind == TimeZone::Instants::Kind::kRepeated) {
    result.note = {"this time occurs twice because the clocks were set back",
                   "该时刻因夏令时拨慢而出现两次"};
  }
  return result;
}

TimeNs LocalCalendar::days_earlier(TimeNs at, int days) const {
  const CivilTime civil = calendar_.zone.to_civil(at);
  const int64_t day = days_from_civil(civil.year, civil.month, civil.day) - days;
  const TimeNs below_second = ((at % kNsPerSecond) + kNsPerSecond) % kNsPerSecond;
  return moment(day, civil.hour * 3600 + civil.minute * 60 + civil.second).at + below_second;
}

std::optional<LocalCalendar::ShiftSpan> LocalCalendar::shift_at(TimeNs at) const {
  const CivilTime civil = calendar_.zone.to_civil(at);
  const int64_t day = days_from_civil(civil.year, civil.month, civil.day);
  for (const int64_t began : {day, day - 1}) {
    for (size_t i = 0; i < calendar_.shifts.size(); ++i) {
      const std::optional<ShiftSpan> span = shift_on(i, began);
      if (span && span->window.start_ns <= at && at < span->window.end_ns) return span;
    }
  }
  return std::nullopt;
}

std::optional<LocalCalendar::ShiftSpan> LocalCalendar::shift_on(size_t index, int64_t day) const {
  const plant::Shift& shift = calendar_.shifts[index];
  if (!plant::shift_runs(shift, calendar_.exceptions, day, {})) return std::nullopt;
  return ShiftSpan{&shift, plant::shift_window(calendar_.zone, shift, day)};
}

std::optional<size_t> LocalCalendar::shift_covering(int minute) const {
  for (size_t i = 0; i < calendar_.shifts.size(); ++i) {
    const plant::Shift& shift = calendar_.shifts[i];
    const bool wraps = shift.end_minute <= shift.start_minute;
    const bool inside = wraps ? minute >= shift.start_minute || minute < shift.end_minute
                              : minute >= shift.start_minute && minute < shift.end_minute;
    if (inside) return i;
  }
  return std::nullopt;
}

}  // namespace mw::assistant
