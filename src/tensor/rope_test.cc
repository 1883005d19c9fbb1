// Scope: both pairings against the rotation written out, divisors, part of a head, magnitude.
// Tolerance 1e-6: one product and one sum in f32.
#include "tensor/rope.h"

#include <gtest/gtest.h>

#include <cmath>
#include <thread>

namespace mw::tensor {
namespace {

TEST(Rope, TurnsAdjacentPairsOrHalves) {
  for (const RopePairing pairing : {RopePairing::kAdjacent, RopePairing::kHalves}) {
    const Rope rope({.dims = 8, .base = 100.0, .pairing = pairing}, 10);
    std::vector<float> x(32);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i) - 10.0F;
    const auto before = x;
    rope.rotate(x.data(), 2, 16, 7);
    for (std::size_t head = 0; head < 2; ++head) {
      for (std::size_t pair = 0; pair < 4; ++pair) {
        const bool halves = pairing == RopePairing::kHalves;
        const std::size_t a = 16 * head + (halves ? pair : 2 * pair);
        const std::size_t b = halves ? a + 4 : a + 1;
        const double angle = 7 * std::pow(100.0, -2.0 * static_cast<double>(pair) / 8);
        EXPECT_NEAR(x[a], before[a] * std::cos(angle) - before[b] * std::sin(angle), 1e-5);
        EXPECT_NEAR(x[b], before[a] * std::sin(angle) + before[b] * std::cos(angle), 1e-5);
      }
      for (std::size_t i = 8; i < 16; ++i) EXPECT_EQ(x[16 * head + i], before[16 * head + i]);
    }
  }
}

TEST(Rope, DividesFrequenciesAndScalesByTheMagnitude) {
  const std::vector<float> divisors = {1.0F, 4.0F};
  const Rope rope({.dims = 4, .base = 1.0, .divisors = divisors, .magnitude = 2.0}, 5);
  std::vector<float> x = {1, 0, 1, 0};
  rope.rotate(x.data(), 1, 4, 4);
  EXPECT_NEAR(x[0], 2 * std::cos(4.0), 1e-6);
  EXPECT_NEAR(x[2], 2 * std::cos(1.0), 1e-6);
}

TEST(Rope, PositionsOfAMillionAreTurnedFromAnyThread) {
  const Rope rope({.dims = 4, .base = 1e6}, 1 << 20);
  std::vector<std::vector<float>> rows(4, std::vector<float>{1, 0, 0, 1});
  std::vector<std::thread> threads;
  for (auto& row : rows) {
    threads.emplace_back([&] { rope.rotate(row.data(), 1, 4, (1 << 20) - 1); });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_NEAR(rows[0][0], std::cos(static_cast<double>((1 << 20) - 1)), 1e-6);
  for (const auto& row : rows) EXPECT_EQ(row, rows[0]);
}

}  // namespace
}  // namespace mw::tensor
