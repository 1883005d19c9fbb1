#pragma once

#include <span>
#include <vector>

namespace mw::maintenance {

/// Every `factor`-th sample after all above the new half rate is taken out (sharp, over the
/// transform), so that recordings of two rates can be compared: what was recorded at 48 kHz has a
/// spectrum up to 24 kHz that gives it away beside one of 12 kHz.
/// `factor` is 1 or more; the tail that does not fill a step is left out.
std::vector<double> decimate(std::span<const double> signal, int factor);

}  // namespace mw::maintenance
