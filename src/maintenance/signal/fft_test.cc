// Scope: lengths 1 to 40 and around powers of two against the sum that defines the transform.
// Tolerance: 1e-12 of the root of the energy, some hundred times what doubles lose here.

#include "maintenance/signal/fft.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace mw::maintenance {
namespace {

std::vector<Complex> some_values(std::size_t count) {
  std::vector<Complex> out;
  for (std::size_t i = 0; i < count; ++i) {
    const auto x = static_cast<double>(i);
    out.emplace_back(std::sin(3.1 * x * x + 1), std::cos(1.7 * x * x));
  }
  return out;
}

std::vector<Complex> by_definition(const std::vector<Complex>& values) {
  std::vector<Complex> out(values.size());
  for (std::size_t k = 0; k < values.size(); ++k) {
    for (std::size_t n = 0; n < values.size(); ++n) {
      const double angle = -2 * std::numbers::pi * static_cast<double>(k * n % values.size()) /
                           static_cast<double>(values.size());
      out[k] += values[n] * std::polar(1.0, angle);
    }
  }
  return out;
}

TEST(Fft, IsTheSumThatDefinesItForAnyLength) {
  for (std::size_t length = 1; length <= 40; ++length) {
    const std::vector<Complex> values = some_values(length);
    const std::vector<Complex> wanted = by_definition(values);
    std::vector<Complex> got = values;
    Fft(length).forward(got);
    for (std::size_t k = 0; k < length; ++k) {
      EXPECT_LT(std::abs(got[k] - wanted[k]), 1e-12 * static_cast<double>(length) + 1e-13)
          << "length " << length << " line " << k;
    }
  }
}

TEST(Fft, ComesBackThroughItsInverse) {
  for (const std::size_t length :
       {1u, 2u, 255u, 256u, 257u, 1000u, 4096u, 12'000u, 12'347u, 48'000u}) {
    const std::vector<Complex> values = some_values(length);
    std::vector<Complex> got = values;
    const Fft fft(length);
    fft.forward(got);
    fft.inverse(got);
    double worst = 0;
    for (std::size_t k = 0; k < length; ++k) worst = std::max(worst, std::abs(got[k] - values[k]));
    EXPECT_LT(worst, 1e-11) << length;
  }
}

TEST(Fft, GivesTheSameBitsEachTime) {
  std::vector<Complex> first = some_values(1000);
  std::vector<Complex> second = first;
  const Fft fft(1000);
  fft.forward(first);
  fft.forward(second);
  EXPECT_EQ(first, second);
}

}  // namespace
}  // namespace mw::maintenance
