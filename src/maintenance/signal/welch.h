#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/result.h"
#include "maintenance/signal/window.h"

namespace mw::maintenance {

/// A spectrum at evenly spaced frequencies from 0.
struct Spectrum {
  double step_hz = 0;          // between two lines
  std::vector<double> values;  // of line k at k * step_hz

  double frequency_hz(std::size_t line) const { return static_cast<double>(line) * step_hz; }
};

/// The one-sided power spectral density by Welch's method: segments that overlap by half, each
/// freed of its mean, windowed, and the powers averaged.
///
/// Units    `signal` in u sampled at `rate_hz`: values in u^2/Hz.
/// Errors   invalid_argument: no rate, a segment under 8 samples or longer than the signal.
/// Source   Welch 1967; the same numbers as scipy.signal.welch (signal_golden_test.cc).
Result<Spectrum> welch(std::span<const double> signal, double rate_hz, std::size_t segment,
                       Window window = Window::kHann);

}  // namespace mw::maintenance
