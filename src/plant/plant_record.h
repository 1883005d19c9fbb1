#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "core/clock.h"

namespace mw::plant {

/// Something that was told of a machine or a line and is no sample: a batch, an event of a device.
/// The first four members identify it.
struct PlantRecord {
  static constexpr TimeNs kOpen = std::numeric_limits<TimeNs>::max();

  std::string kind;   // "batch", "event"
  std::string place;  // "asset/press-1", "line/line-1"
  TimeNs start_ns = 0;
  std::string name;       // "B-1042"
  TimeNs end_ns = kOpen;  // exclusive; of a moment its start
  std::string body;       // JSON, as its kind has it (docs/formats/plant_db.md)
  bool operator==(const PlantRecord&) const = default;
};

}  // namespace mw::plant
