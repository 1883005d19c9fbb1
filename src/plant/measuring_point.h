#pragma once

#include <optional>
#include <string>

#include "plant/bearing_frequencies.h"

namespace mw::plant {

/// Where vibration of a machine is measured, and the bearing that turns there
/// (docs/formats/plant_description.md, "Measuring points"; ADR 0154).
struct MeasuringPoint {
  std::string point;         // as recordings name it: "drive end, radial"; unique in the machine
  std::string component;     // of the machine; empty: of it as a whole
  std::string bearing_name;  // "6313-C3"; may be empty
  // One of the two, or none.
  std::optional<BearingGeometry> bearing;
  std::optional<BearingOrders> orders;
  std::string speed_tag;   // "pump-1/speed", in 1/min; empty: none
  double shaft_ratio = 1;  // turns of the bearing's shaft for one of speed_tag's
};

}  // namespace mw::plant
