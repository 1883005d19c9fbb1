// Numbers   a product and sum of floats is rounded once, as std::fma does, on every instruction
// set:
//           the plain one makes it from doubles, and differs first where those round before it.
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "tensor/random_matrix.h"

namespace mw::tensor {
namespace {

/// x times 16 weights, each added to a number of its own.
struct Sixteen {
  float x = 0;
  std::array<float, kPanelRows> weights = {};
  std::array<float, kPanelRows> onto = {};
};

class FmaOnEachIsa : public ::testing::TestWithParam<Isa> {
 protected:
  /// `next` fills what is multiplied and added.
  template <class Next>
  void expect_one_rounding(int times, Next next) {
    for (int time = 0; time < times; ++time) {
      Sixteen of;
      next(of);
      // A panel of two inputs: the first, 1, brings what is added onto.
      const std::array<float, 2> x = {1.0F, of.x};
      std::array<float, 2 * kPanelRows> panel;
      std::copy(of.onto.begin(), of.onto.end(), panel.begin());
      std::copy(of.weights.begin(), of.weights.end(), panel.begin() + kPanelRows);
      std::array<float, kPanelRows> y;
      kernels_of(GetParam())
          .matmul_f32({.panels = reinterpret_cast<const uint8_t*>(panel.data()),
                       .panel_bytes = sizeof panel,
                       .panel_begin = 0,
                       .panel_end = 1,
                       .width = 2,
                       .x = x.data(),
                       .x_stride = 2,
                       .tokens = 1,
                       .y = y.data(),
                       .y_stride = kPanelRows,
                       .add = false});
      for (std::size_t row = 0; row < kPanelRows; ++row) {
        const float onto = std::fma(1.0F, of.onto[row], 0.0F);
        const float expected = std::fma(of.x, of.weights[row], onto);
        if (std::isnan(expected) && std::isnan(y[row])) continue;
        ASSERT_EQ(std::bit_cast<uint32_t>(y[row]), std::bit_cast<uint32_t>(expected))
            << of.x << " * " << of.weights[row] << " + " << onto;
      }
    }
  }
  uint32_t below(uint32_t end) { return static_cast<uint32_t>(random_() % end); }
  /// 1 and something with `bits` bits, times 2^exponent, of either sign.
  float with_bits(int bits, int exponent) {
    const float some = 1.0F + std::ldexp(static_cast<float>(below(1U << bits)), -bits);
    return std::ldexp(below(2) == 0 ? some : -some, exponent);
  }
  int between(int low, int high) { return low + static_cast<int>(below(high - low)); }

  std::mt19937_64 random_{20261130};
};

TEST_P(FmaOnEachIsa, RoundsOnceWhateverTheBits) {
  expect_one_rounding(50'000, [&](Sixteen& of) {
    const auto any = [&] { return std::bit_cast<float>(static_cast<uint32_t>(random_())); };
    of.x = any();
    for (float& each : of.weights) each = any();
    for (float& each : of.onto) each = any();
  });
}

TEST_P(FmaOnEachIsa, RoundsOnceNextToTheMiddleOfTwoFloats) {
  expect_one_rounding(50'000, [&](Sixteen& of) {
    of.x = 1.0F + static_cast<float>(between(-2, 3)) * 0x1p-23F;
    for (std::size_t row = 0; row < kPanelRows; ++row) {
      const int exponent = between(-100, 100);
      of.onto[row] = with_bits(23, exponent);
      const float half_a_step = std::ldexp(1.0F, exponent - 24);
      of.weights[row] = half_a_step * (1.0F + static_cast<float>(between(-2, 3)) * 0x1p-23F);
      if (below(2) == 0) of.weights[row] = -of.weights[row];
    }
  });
}

TEST_P(FmaOnEachIsa, RoundsOnceWhereFloatsHaveFewBits) {
  expect_one_rounding(50'000, [&](Sixteen& of) {
    of.x = with_bits(23, between(-90, -70));
    for (float& each : of.weights) each = with_bits(12, between(-70, -40));
    for (float& each : of.onto) each = std::bit_cast<float>(below(1U << 25));
  });
}

TEST_P(FmaOnEachIsa, KnowsInfinityZeroAndTheLargestNumber) {
  using Limits = std::numeric_limits<float>;
  const std::array<float, 7> values = {0.0F,
                                       1.0F,
                                       -1.0F,
                                       Limits::infinity(),
                                       -Limits::infinity(),
                                       Limits::max(),
                                       Limits::denorm_min()};
  expect_one_rounding(2'000, [&](Sixteen& of) {
    of.x = values[below(values.size())];
    for (float& each : of.weights) each = values[below(values.size())];
    for (float& each : of.onto) each = values[below(values.size())];
  });
}

INSTANTIATE_TEST_SUITE_P(Isas, FmaOnEachIsa, ::testing::ValuesIn(available_isas()),
                         [](const auto& isa) { return std::string(isa_name(isa.param)); });

}  // namespace
}  // namespace mw::tensor
