#pragma once

#include <cmath>

namespace mw::plant {

/// raw * scale + offset. A scale such as 0.1 divides by 10 instead: 215 becomes 21.5 exactly.
inline double scaled(double raw, double scale, double offset) {
  const double inverse = std::round(1 / scale);
  const bool exact = std::abs(inverse) > 1 && 1 / inverse == scale;
  return (exact ? raw / inverse : raw * scale) + offset;
}

}  // namespace mw::plant
