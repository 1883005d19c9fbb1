#include "plant/tools/internal/event_groups.h"

#include <algorithm>
#include <utility>

namespace mw::plant {
namespace {

constexpr std::size_t kLongestLine = 160;

/// Where the period begins that holds `at`, and where the next one does.
TimeWindow period_at(const TimeZone& zone, Period period, TimeNs at) {
  CivilTime civil = zone.to_civil(at);
  civil.minute = civil.second = 0;
  if (period == Period::kHour) {
    // On the clock of its own moment: an hour that daylight saving repeats is two.
    const TimeNs into = (at + zone.offset_at(at).seconds * kNsPerSecond) % kNsPerHour;
    return {at - into, at - into + kNsPerHour};
  }
  int64_t first = days_from_civil(civil.year, civil.month, civil.day);
  int64_t next = first + 1;
  if (period == Period::kWeek) {
    first -= weekday_of_days(first);
    next = first + 7;
  }
  if (period == Period::kMonth) {
    first = days_from_civil(civil.year, civil.month, 1);
    next = civil.month == 12 ? days_from_civil(civil.year + 1, 1, 1)
                             : days_from_civil(civil.year, civil.month + 1, 1);
  }
  return {zone.from_civil(civil_from_days(first)).first,
          zone.from_civil(civil_from_days(next)).first};
}

/// Adds what begins in `window`; what lasts into it stands where it began, or at the whole's start.
Result<void> add_events(const Plant& plant, const Identity& who, const std::string& asset,
                        TimeWindow window, TimeNs whole_start, EventsFound& found) {
  if (found.events.size() >= kMostCountedEvents) {
    found.all = false;
    return {};
  }
  MW_ASSIGN(PlantEventList list, plant.events(who, asset, {}, window));
  const TimeNs middle = window.start_ns + (window.end_ns - window.start_ns) / 2;
  if (list.cut && middle > window.start_ns) {
    MW_TRY(add_events(plant, who, asset, {middle, window.end_ns}, whole_start, found));
    return add_events(plant, who, asset, {window.start_ns, middle}, whole_start, found);
  }
  if (list.cut) found.all = false;  // more than an answer holds at one moment
  for (PlantEvent& each : list.events) {
    const bool begins_here = each.start_ns >= window.start_ns;
    if (begins_here || window.start_ns == whole_start) found.events.push_back(std::move(each));
  }
  return {};
}

}  // namespace

std::vector<TimeWindow> periods_of(const TimeZone& zone, Period period, TimeWindow window) {
  std::vector<TimeWindow> out;
  for (TimeNs at = window.start_ns; at < window.end_ns;) {
    const TimeWindow whole = period_at(zone, period, at);
    const TimeNs end = std::max(whole.end_ns, at + 1);
    out.push_back({std::max(whole.start_ns, window.start_ns), std::min(end, window.end_ns)});
    at = end;
  }
  return out;
}

Result<EventsFound> all_events(const Plant& plant, const Identity& who, const std::string& asset,
                               TimeWindow window) {
  EventsFound found;
  MW_TRY(add_events(plant, who, asset, window, window.start_ns, found));
  std::stable_sort(
      found.events.begin(), found.events.end(),
      [](const PlantEvent& a, const PlantEvent& b) { return a.start_ns > b.start_ns; });
  return found;
}

std::string told_line(const std::string& text) {
  std::string line = text.substr(0, text.find('\n'));
  if (line.size() <= kLongestLine) return line;
  std::size_t end = kLongestLine;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xc0U) == 0x80U) --end;
  return line.substr(0, end);
}

}  // namespace mw::plant
