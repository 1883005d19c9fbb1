#pragma once

#include <string>

#include "core/result.h"

namespace mw::plant {

/// What a rolling bearing's frequencies depend on. Lengths in one unit, whichever.
struct BearingGeometry {
  int elements = 0;             // balls or rollers
  double element_diameter = 0;  // d
  double pitch_diameter = 0;    // D, from centre to centre
  double contact_angle_deg = 0;
};

/// In multiples of the shaft's frequency, outer ring at rest, no slip.
struct BearingOrders {
  double bpfo = 0;  // an element passes a place of the outer race: n/2 (1 - d/D cos a)
  double bpfi = 0;  // ... of the inner race: n/2 (1 + d/D cos a)
  double bsf = 0;   // an element turns: D/(2d) (1 - (d/D cos a)^2); its defect strikes twice a turn
  double ftf = 0;   // the cage turns: (1 - d/D cos a) / 2
};

/// Worked   SKF 6205: 9 balls of 0.3126 in, pitch 1.537 in: 3.585, 5.415, 2.357, 0.398.
/// Errors   invalid_argument: fewer than 3 elements, or elements that do not fit the pitch.
Result<BearingOrders> bearing_orders(const BearingGeometry& geometry);

}  // namespace mw::plant
