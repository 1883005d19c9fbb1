#pragma once

#include <cmath>

#include "maintenance/detect/sample_matrix.h"
#include "maintenance/testing/made_vibration.h"

namespace mw::maintenance::testing_support {

/// Load, and two temperatures that follow it; a pressure of its own.
inline SampleMatrix made_machine(std::size_t rows, uint64_t seed) {
  MadeNoise noise(seed);
  SampleMatrix out{4, {}};
  for (std::size_t i = 0; i < rows; ++i) {
    const double load = std::sin(static_cast<double>(i) / 9) + 0.1 * noise.normal();
    out.add(std::vector<double>{50 + 10 * load, 60 + 5 * load + 0.3 * noise.normal(),
                                40 - 3 * load + 0.3 * noise.normal(), 4 + 0.1 * noise.normal()});
  }
  return out;
}

}  // namespace mw::maintenance::testing_support
