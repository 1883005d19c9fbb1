#include "plant/upkeep_calendar.h"

#include <algorithm>

#include "plant/shift_calendar.h"

namespace mw::plant {
namespace {

bool names_or_all(const std::vector<std::string>& list, std::string_view wanted) {
  return list.empty() || std::find(list.begin(), list.end(), wanted) != list.end();
}

int64_t day_at(const TimeZone& zone, TimeNs at) {
  const CivilTime civil = zone.to_civil(at);
  return days_from_civil(civil.year, civil.month, civil.day);
}

bool overlaps(const TimeWindow& a, const TimeWindow& b) {
  return a.start_ns < b.end_ns && b.start_ns < a.end_ns;
}

/// A time of the week as a shift without exceptions: its ends are wall-clock times, too.
Shift as_shift(unsigned days, int start_minute, int end_minute) {
  Shift out;
  out.days = days;
  out.start_minute = start_minute;
  out.end_minute = end_minute;
  return out;
}

/// When a rate holds within `window`; ascending, disjoint.
std::vector<TimeWindow> times_of(const TimeZone& zone, const Catalogue& catalogue,
                                 const HourlyRate& rate, std::string_view line, TimeWindow window) {
  switch (rate.when) {
    case HourlyRate::When::kAlways:
      return {window};
    case HourlyRate::When::kTimeOfWeek: {
      const Shift time = as_shift(rate.days, rate.start_minute, rate.end_minute);
      return scheduled_time(zone, {time}, {}, line, window).value_or(std::vector<TimeWindow>());
    }
    case HourlyRate::When::kShifts: {
      std::vector<Shift> shifts = catalogue.shifts();
      std::erase_if(shifts,
                    [&](const Shift& shift) { return !names_or_all(rate.shifts, shift.id); });
      return scheduled_time(zone, shifts, catalogue.shift_exceptions(), line, window)
          .value_or(std::vector<TimeWindow>());
    }
    case HourlyRate::When::kOutsideShifts:
      break;
  }
  const auto scheduled =
      scheduled_time(zone, catalogue.shifts(), catalogue.shift_exceptions(), line, window);
  std::vector<TimeWindow> out;
  if (!scheduled) return out;
  TimeNs at_ns = window.start_ns;
  for (const TimeWindow& run : *scheduled) {
    if (at_ns < run.start_ns) out.push_back({at_ns, run.start_ns});
    at_ns = run.end_ns;
  }
  if (at_ns < window.end_ns) out.push_back({at_ns, window.end_ns});
  return out;
}

}  // namespace

std::vector<RatedTime> rated_time(const TimeZone& zone, const Catalogue& catalogue,
                                  const std::vector<HourlyRate>& rates, const Asset& asset,
                                  TimeWindow window) {
  std::vector<std::pair<double, std::vector<TimeWindow>>> held;
  std::vector<TimeNs> cuts = {window.start_ns, window.end_ns};
  for (const HourlyRate& rate : rates) {
    if (!names_or_all(rate.lines, asset.line) || !names_or_all(rate.assets, asset.id)) continue;
    held.emplace_back(rate.per_hour, times_of(zone, catalogue, rate, asset.line, window));
    for (const TimeWindow& time : held.back().second) {
      cuts.push_back(time.start_ns);
      cuts.push_back(time.end_ns);
    }
  }
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  std::vector<RatedTime> out;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    const TimeWindow piece{cuts[i], cuts[i + 1]};
    std::optional<double> per_hour;
    for (const auto& [rate, times] : held) {
      const bool holds = std::any_of(times.begin(), times.end(),
                                     [&](const TimeWindow& time) { return overlaps(time, piece); });
      if (!holds) continue;
      per_hour = rate;
      break;
    }
    if (!out.empty() && out.back().per_hour == per_hour) {
      out.back().window.end_ns = piece.end_ns;
    } else {
      out.push_back({piece, per_hour});
    }
  }
  return out;
}

std::vector<PlannedStopRun> planned_stop_runs(const TimeZone& zone, const Catalogue& catalogue,
                                              std::string_view line, TimeWindow window) {
  std::vector<PlannedStopRun> out;
  const auto add = [&](const PlannedStop& stop, TimeWindow run) {
    if (overlaps(run, window)) out.push_back({&stop, run});
  };
  for (const PlannedStop& stop : catalogue.upkeep().planned_stops) {
    if (!names_or_all(stop.lines, line)) continue;
    if (stop.first_day) {
      const Shift first = as_shift(Shift::kEveryDay, stop.start_minute, stop.end_minute);
      const TimeNs start_ns = shift_window(zone, first, *stop.first_day).start_ns;
      // The end is that of a time that begins at midnight, or midnight itself.
      const Shift last = as_shift(Shift::kEveryDay, 0, stop.end_minute);
      const TimeWindow day = shift_window(zone, last, stop.last_day);
      add(stop, {start_ns, stop.end_minute == 0 ? day.start_ns : day.end_ns});
      continue;
    }
    const Shift weekly = as_shift(stop.days, stop.start_minute, stop.end_minute);
    for (int64_t day = day_at(zone, window.start_ns) - 1; day <= day_at(zone, window.end_ns);
         ++day) {
      if (shift_runs(weekly, {}, day, line)) add(stop, shift_window(zone, weekly, day));
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const PlannedStopRun& a, const PlannedStopRun& b) {
    return a.window.start_ns < b.window.start_ns;
  });
  return out;
}

std::vector<ShiftRun> shift_runs_of(const TimeZone& zone, const Catalogue& catalogue,
                                    std::string_view line, TimeWindow window) {
  std::vector<ShiftRun> out;
  for (int64_t day = day_at(zone, window.start_ns) - 1; day <= day_at(zone, window.end_ns); ++day) {
    for (const Shift& shift : catalogue.shifts()) {
      if (!shift_runs(shift, catalogue.shift_exceptions(), day, line)) continue;
      const TimeWindow run = shift_window(zone, shift, day);
      if (overlaps(run, window)) out.push_back({&shift, run});
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const ShiftRun& a, const ShiftRun& b) {
    return a.window.start_ns < b.window.start_ns;
  });
  return out;
}

}  // namespace mw::plant
