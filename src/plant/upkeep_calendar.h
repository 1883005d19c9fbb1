#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/evidence.h"
#include "core/time_zone.h"
#include "plant/catalogue.h"
#include "plant/upkeep.h"

namespace mw::plant {

/// A time in which an hour costs the same.
struct RatedTime {
  TimeWindow window;
  std::optional<double> per_hour;  // absent: no rate holds, so nobody knows
  bool operator==(const RatedTime&) const = default;
};

/// Cuts `window` where the rate of an hour changes for a machine, ascending, neighbours of the same
/// rate joined. "Outside shifts" holds for lines that have shifts only.
std::vector<RatedTime> rated_time(const TimeZone& zone, const Catalogue& catalogue,
                                  const std::vector<HourlyRate>& rates, const Asset& asset,
                                  TimeWindow window);

struct PlannedStopRun {
  const PlannedStop* stop = nullptr;  // lives as long as the catalogue
  TimeWindow window;
};
/// The planned stops of a line that overlap `window`, whole, by their beginning.
std::vector<PlannedStopRun> planned_stop_runs(const TimeZone& zone, const Catalogue& catalogue,
                                              std::string_view line, TimeWindow window);

struct ShiftRun {
  const Shift* shift = nullptr;
  TimeWindow window;
};
/// The same of the shifts that a line works.
std::vector<ShiftRun> shift_runs_of(const TimeZone& zone, const Catalogue& catalogue,
                                    std::string_view line, TimeWindow window);

}  // namespace mw::plant
