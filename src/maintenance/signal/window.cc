#include "maintenance/signal/window.h"

#include <cmath>
#include <numbers>
#include <span>

namespace mw::maintenance {
namespace {

/// Factors of 1, -cos(a), cos(2a), -cos(3a)...
std::span<const double> terms(Window window) {
  static constexpr double kOne[] = {1.0};
  static constexpr double kHannTerms[] = {0.5, 0.5};
  static constexpr double kHammingTerms[] = {0.54, 0.46};
  static constexpr double kBlackmanTerms[] = {0.42, 0.50, 0.08};
  static constexpr double kFlatTopTerms[] = {0.21557895, 0.41663158, 0.277263158, 0.083578947,
                                             0.006947368};
  switch (window) {
    case Window::kRectangular:
      return kOne;
    case Window::kHann:
      return kHannTerms;
    case Window::kHamming:
      return kHammingTerms;
    case Window::kBlackman:
      return kBlackmanTerms;
    case Window::kFlatTop:
      return kFlatTopTerms;
  }
  return kOne;
}

}  // namespace

std::vector<double> window_weights(Window window, std::size_t length) {
  const std::span<const double> factors = terms(window);
  std::vector<double> out(length);
  for (std::size_t n = 0; n < length; ++n) {
    const double angle =
        2.0 * std::numbers::pi * static_cast<double>(n) / static_cast<double>(length);
    double sum = 0;
    for (std::size_t i = 0; i < factors.size(); ++i) {
      const double term = factors[i] * std::cos(static_cast<double>(i) * angle);
      sum += i % 2 == 0 ? term : -term;
    }
    out[n] = sum;
  }
  return out;
}

}  // namespace mw::maintenance
