#pragma once

#include <cstddef>
#include <vector>

namespace mw::maintenance {

/// What a stretch of signal is multiplied with before its spectrum is taken.
enum class Window {
  kRectangular,  // sharpest line, worst leakage
  kHann,         // the default
  kHamming,
  kBlackman,  // least leakage of these, broadest line
  kFlatTop,   // amplitude of a line right within 0.1 %
};

/// `length` weights, periodic, as spectra want them (SciPy: get_window(name, length)).
std::vector<double> window_weights(Window window, std::size_t length);

}  // namespace mw::maintenance
