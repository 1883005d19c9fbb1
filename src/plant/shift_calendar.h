#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/evidence.h"
#include "core/time_zone.h"
#include "plant/asset.h"

namespace mw::plant {

/// Whether `shift` begins on a local day (days since 1970): its days of the week, unless an
/// exception that holds for `line` says which shifts run that day. An empty `line` stands for any.
bool shift_runs(const Shift& shift, const std::vector<ShiftException>& exceptions, int64_t day,
                std::string_view line);

/// The run of `shift` that begins on a local day. Ends are wall-clock times: a run over a change of
/// the clocks is an hour shorter or longer. A time that is skipped counts as if the clocks had not
/// been set yet, one that occurs twice is its first occurrence at the start and its second at the
/// end. Worked value: 22:00 to 06:00 of 2026-10-24 in Europe/Berlin lasts 9 hours.
TimeWindow shift_window(const TimeZone& zone, const Shift& shift, int64_t day);

/// The time of `window` in which `line` is scheduled to work: the union of the runs of its shifts,
/// ascending, neighbours joined. Nothing (not: all of it) when no shift is meant for the line.
std::optional<std::vector<TimeWindow>> scheduled_time(const TimeZone& zone,
                                                      const std::vector<Shift>& shifts,
                                                      const std::vector<ShiftException>& exceptions,
                                                      std::string_view line, TimeWindow window);

}  // namespace mw::plant
