#pragma once

#include <string>
#include <vector>

#include "core/time_zone.h"
#include "plant/plant.h"

namespace mw::plant {

/// Stretches of the plant's own calendar that events are counted by.
enum class Period { kHour, kDay, kWeek, kMonth };

/// Those that meet `window`, ascending and cut to it; weeks begin on Monday.
std::vector<TimeWindow> periods_of(const TimeZone& zone, Period period, TimeWindow window);

/// Events of an asset, all of a window and not only the latest, descending by start.
struct EventsFound {
  std::vector<PlantEvent> events;
  bool all = true;  // false: there are more than kMostCountedEvents, and these are some
};
Result<EventsFound> all_events(const Plant& plant, const Identity& who, const std::string& asset,
                               TimeWindow window);

/// The first line of what was told, cut where it is long: by it equal notes are counted together.
std::string told_line(const std::string& text);

}  // namespace mw::plant
