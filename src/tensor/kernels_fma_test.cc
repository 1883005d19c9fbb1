// Numbers   a product and sum of floats is rounded once, as std::fma does, on every instruction
// set.
//           The plain one makes it from doubles and looks a second time where those might round
//           before it. It looks at sixteen at once: one special row a panel, so that no other one
//           draws its look.
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <string>

#include "tensor/random_matrix.h"

namespace mw::tensor {
namespace {

struct Operands {
  float x = 0;
  float weight = 0;
  float onto = 0;
};

class FmaOnEachIsa : public ::testing::TestWithParam<Isa> {
 protected:
  /// x * weight + onto in one row of a panel, 1 in all others.
  void expect_one_rounding(const Operands& of) {
    // A panel of two inputs: the first, 1, brings what is added onto.
    const std::array<float, 2> x = {1.0F, of.x};
    std::array<float, 2 * kPanelRows> panel = {};
    for (std::size_t row = 0; row < kPanelRows; ++row) panel[row] = 1.0F;
    const std::size_t special = below(kPanelRows);
    panel[special] = of.onto;
    panel[kPanelRows + special] = of.weight;
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
    const float onto = std::fma(1.0F, of.onto, 0.0F);
    const float expected = std::fma(of.x, of.weight, onto);
    if (std::isnan(expected) && std::isnan(y[special])) return;
    EXPECT_EQ(std::bit_cast<uint32_t>(y[special]), std::bit_cast<uint32_t>(expected))
        << std::hexfloat << of.x << " * " << of.weight << " + " << onto;
  }

  uint32_t below(uint32_t end) { return static_cast<uint32_t>(random_() % end); }
  int between(int low, int high) {
    return low + static_cast<int>(below(static_cast<uint32_t>(high - low)));
  }
  float either(float x) { return below(2) == 0 ? x : -x; }
  /// 1 and something of `bits` bits, times 2^exponent, of either sign.
  float with_bits(int bits, int exponent) {
    const float some = 1.0F + std::ldexp(static_cast<float>(below(1U << bits)), -bits);
    return either(std::ldexp(some, exponent));
  }

  static constexpr int kTimes = 100'000;
  std::mt19937_64 random_{20261130};
};

TEST_P(FmaOnEachIsa, RoundsOnceWhateverTheBits) {
  const auto any = [&] { return std::bit_cast<float>(static_cast<uint32_t>(random_())); };
  for (int i = 0; i < kTimes; ++i) expect_one_rounding({any(), any(), any()});
}

TEST_P(FmaOnEachIsa, RoundsOnceNextToTheMiddleOfTwoFloats) {
  const auto nearly_one = [&] { return 1.0F + static_cast<float>(between(-2, 3)) * 0x1p-23F; };
  for (int i = 0; i < kTimes; ++i) {
    const int exponent = between(-100, 100);
    const float half_a_step = std::ldexp(nearly_one(), exponent - 24);
    expect_one_rounding({nearly_one(), either(half_a_step), with_bits(23, exponent)});
  }
}

TEST_P(FmaOnEachIsa, RoundsOnceAmongFloatsOfFewBits) {
  for (int i = 0; i < kTimes; ++i) {
    const float onto = std::bit_cast<float>(below(1U << 25));  // subnormal, or just above
    expect_one_rounding({with_bits(23, between(-90, -70)), with_bits(12, between(-70, -40)), onto});
  }
}

TEST_P(FmaOnEachIsa, RoundsOnceJustBelowTheSmallestNormalFloat) {
  // Half a step less than it, or a little more or less than half.
  for (int i = 0; i < 4096; ++i) {
    const float x = (1.0F + static_cast<float>(i) * 0x1p-12F) * 0x1p-75F;
    const float weight = static_cast<float>(0x1p-150 / static_cast<double>(x));
    expect_one_rounding({x, -weight, std::numeric_limits<float>::min()});
    expect_one_rounding({x, weight, -std::numeric_limits<float>::min()});
  }
}

TEST_P(FmaOnEachIsa, KnowsInfinityZeroAndTheLargestNumber) {
  using Limits = std::numeric_limits<float>;
  const std::array<float, 7> values = {0.0F,
                                       1.0F,
                                       -1.0F,
                                       Limits::infinity(),
                                       Limits::max(),
                                       -Limits::infinity(),
                                       Limits::denorm_min()};
  for (const float x : values) {
    for (const float weight : values) {
      for (const float onto : values) expect_one_rounding({x, weight, onto});
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Isas, FmaOnEachIsa, ::testing::ValuesIn(available_isas()),
                         [](const auto& isa) { return std::string(isa_name(isa.param)); });

}  // namespace
}  // namespace mw::tensor
