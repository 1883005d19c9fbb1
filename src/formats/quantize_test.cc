// Scope: every type against the existing reader. Error bounds on bell-shaped values: half a unit in
// the last place for floats; for blocks what the search reached when it was written, with 5 % of
// room, far below half a step of the fixed scale. Values on a type's own grid come back within an
// eighth of that: another scale may fit as well.

#include "formats/quantize.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "core/file.h"
#include "formats/dequantize.h"
#include "tests/support/source_dir.h"

namespace mw::formats {
namespace {

/// Bell-shaped values of deviation 1 from a counter: sums of four uniform numbers.
std::vector<float> bell(std::size_t count, uint64_t seed) {
  std::vector<float> values(count);
  uint64_t state = seed * 0x9e3779b97f4a7c15ULL + 1;
  for (float& each : values) {
    double sum = 0;
    for (int i = 0; i < 4; ++i) {
      state ^= state << 13;
      state ^= state >> 7;
      state ^= state << 17;
      sum += static_cast<double>(state >> 11) * 0x1p-53 - 0.5;
    }
    each = static_cast<float>(sum * std::sqrt(3.0));
  }
  return values;
}

std::vector<std::byte> room(GgmlType type, std::size_t count) {
  const BlockLayout layout = *block_layout(type);
  return std::vector<std::byte>(count / static_cast<std::size_t>(layout.elements) *
                                static_cast<std::size_t>(layout.bytes));
}

struct Case {
  GgmlType type;
  double bound;  // of the relative root mean square error on bell-shaped values
};

class Quantize : public ::testing::TestWithParam<Case> {};

TEST_P(Quantize, TellsTheErrorThatTheReaderSees) {
  const auto values = bell(8192, 1);
  auto blocks = room(GetParam().type, values.size());
  const auto told = quantize(GetParam().type, values, blocks);
  ASSERT_TRUE(told);
  std::vector<float> again(values.size());
  dequantize(GetParam().type, blocks, again);
  double squares = 0;
  double total = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    squares += std::pow(double{again[i]} - double{values[i]}, 2);
    total += std::pow(double{values[i]}, 2);
  }
  EXPECT_DOUBLE_EQ(*told, squares);
  EXPECT_LT(std::sqrt(squares / total), GetParam().bound);
}

TEST_P(Quantize, KeepsWhatLiesOnItsOwnGrid) {
  // Blocks that it wrote itself: their values are on a grid of the type.
  const auto values = bell(4096, 2);
  auto blocks = room(GetParam().type, values.size());
  ASSERT_TRUE(quantize(GetParam().type, values, blocks));
  std::vector<float> on_grid(values.size());
  dequantize(GetParam().type, blocks, on_grid);
  const auto again = quantize(GetParam().type, on_grid, blocks);
  ASSERT_TRUE(again);
  double total = 0;
  for (const float each : on_grid) total += double{each} * double{each};
  // Of the values, not of the error of the first rounding: a K type may find other scales.
  EXPECT_LT(std::sqrt(*again / total), GetParam().bound / 8);
}

TEST_P(Quantize, KeepsZerosAndConstants) {
  for (const float constant : {0.0F, 0.25F, -3.0F}) {
    const std::vector<float> values(512, constant);
    auto blocks = room(GetParam().type, values.size());
    const auto error = quantize(GetParam().type, values, blocks);
    ASSERT_TRUE(error);
    const double each = std::sqrt(*error / 512);
    EXPECT_LE(each, std::fabs(constant) * 0.002) << constant;
  }
}

TEST_P(Quantize, GivesTheSameBytesForTheSameValues) {
  const auto values = bell(2048, 3);
  auto first = room(GetParam().type, values.size());
  auto second = room(GetParam().type, values.size());
  ASSERT_TRUE(quantize(GetParam().type, values, first));
  ASSERT_TRUE(quantize(GetParam().type, values, second));
  EXPECT_EQ(first, second);
}

TEST_P(Quantize, RefusesWhatIsNoNumber) {
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    auto values = bell(256, 4);
    values[77] = bad;
    auto blocks = room(GetParam().type, values.size());
    const auto result = quantize(GetParam().type, values, blocks);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Code::kCorrupt);
  }
}

TEST_P(Quantize, HoldsTheSmallestAndTheLargestValuesOrRefuses) {
  const bool wide = GetParam().type == GgmlType::kF32 || GetParam().type == GgmlType::kBF16;
  std::vector<float> values(256, 1e-30F);
  auto blocks = room(GetParam().type, values.size());
  EXPECT_TRUE(quantize(GetParam().type, values, blocks));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = i % 2 == 0 ? 65504.0F : -65504.0F;
  EXPECT_TRUE(quantize(GetParam().type, values, blocks));
  values[3] = 1e30F;
  EXPECT_EQ(quantize(GetParam().type, values, blocks).has_value(), wide);
}

INSTANTIATE_TEST_SUITE_P(
    AllTypes, Quantize,
    ::testing::Values(Case{GgmlType::kF32, 1e-30}, Case{GgmlType::kF16, 5e-4},
                      Case{GgmlType::kBF16, 4e-3}, Case{GgmlType::kQ8_0, 0.0048},
                      Case{GgmlType::kQ4_0, 0.081}, Case{GgmlType::kQ4_1, 0.071},
                      Case{GgmlType::kQ5_0, 0.04}, Case{GgmlType::kQ5_1, 0.0343},
                      Case{GgmlType::kQ4_K, 0.071}, Case{GgmlType::kQ5_K, 0.035},
                      Case{GgmlType::kQ6_K, 0.0169}),
    [](const auto& test) { return std::string(type_name(test.param.type)); });

class QuantizeGolden : public ::testing::TestWithParam<GgmlType> {};

TEST_P(QuantizeGolden, RoundsToTheGridOfTheReferenceReaderAgain) {
  // Four-bit grids as another program wrote them (random scales and levels): all come back exactly
  // where the block uses its outermost levels, nearly all otherwise.
  const std::string base = mw::testing_support::source_path("tests/golden/formats/dequantize/") +
                           std::string(type_name(GetParam()));
  const auto bytes = read_file(base + ".f32", 1 << 20);
  ASSERT_TRUE(bytes);
  std::vector<float> values(bytes->size() / 4);
  for (std::size_t i = 0; i < values.size(); ++i) {
    uint32_t bits = 0;
    std::memcpy(&bits, bytes->data() + 4 * i, 4);
    values[i] = std::bit_cast<float>(bits);
  }
  const BlockLayout layout = *block_layout(GetParam());
  const auto elements = static_cast<std::size_t>(layout.elements);
  double relative = 0;
  std::size_t blocks = 0;
  for (std::size_t first = 0; first + elements <= values.size(); first += elements) {
    const auto block = std::span(values).subspan(first, elements);
    double total = 0;
    bool usable = true;
    for (const float each : block) {
      usable = usable && std::isfinite(each) && std::fabs(each) < 1000;
      total += double{each} * double{each};
    }
    if (!usable || total < 1e-6) continue;  // random scales: some are not finite
    auto stored = room(GetParam(), elements);
    const auto error = quantize(GetParam(), block, stored);
    ASSERT_TRUE(error);
    relative += std::sqrt(*error / total);
    ++blocks;
  }
  ASSERT_GT(blocks, 0U);
  EXPECT_LT(relative / static_cast<double>(blocks), 0.003);
}

INSTANTIATE_TEST_SUITE_P(FourBits, QuantizeGolden,
                         ::testing::Values(GgmlType::kQ4_0, GgmlType::kQ4_1, GgmlType::kQ5_0,
                                           GgmlType::kQ5_1, GgmlType::kQ8_0),
                         [](const auto& test) { return std::string(type_name(test.param)); });

TEST(QuantizeBlocks, BeatsTheFixedScaleThatItReplaces) {
  // Q4_0 as files usually have it: the largest value at level -8.
  const auto values = bell(32 * 256, 5);
  double fixed = 0;
  for (std::size_t first = 0; first < values.size(); first += 32) {
    float extreme = 0;
    for (std::size_t i = 0; i < 32; ++i) {
      const float each = values[first + i];
      if (std::fabs(each) > std::fabs(extreme)) extreme = each;
    }
    const float scale = extreme / -8;
    for (std::size_t i = 0; i < 32; ++i) {
      const float q = std::min(7.0F, std::nearbyint(values[first + i] / scale));
      fixed += std::pow(double{values[first + i]} - double{scale * q}, 2);
    }
  }
  auto blocks = room(GgmlType::kQ4_0, values.size());
  const auto searched = quantize(GgmlType::kQ4_0, values, blocks);
  ASSERT_TRUE(searched);
  EXPECT_LT(*searched, 0.9 * fixed);
}

TEST(QuantizeBlocks, TypesWithoutARoutineAreKnownBeforehand) {
  EXPECT_TRUE(can_quantize(GgmlType::kQ5_K));
  EXPECT_FALSE(can_quantize(GgmlType::kQ2_K));
  EXPECT_FALSE(can_quantize(static_cast<GgmlType>(4)));
}

}  // namespace
}  // namespace mw::formats
