// Scope: every type bit-equal to an independent reader on random blocks (tests/golden/formats), and
// a few values worked by hand. No tolerance: a stored block stands for exact f32 values.

#include "formats/dequantize.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstring>
#include <string>
#include <vector>

#include "core/file.h"
#include "tests/support/source_dir.h"

namespace mw::formats {
namespace {

class Dequantize : public ::testing::TestWithParam<GgmlType> {};

TEST_P(Dequantize, IsBitEqualToTheReferenceReader) {
  const std::string base = mw::testing_support::source_path("tests/golden/formats/dequantize/") +
                           std::string(type_name(GetParam()));
  const auto blocks = read_file(base + ".blocks", 1 << 20);
  const auto expected = read_file(base + ".f32", 1 << 20);
  ASSERT_TRUE(blocks && expected) << base;
  const BlockLayout layout = *block_layout(GetParam());
  const std::size_t count = blocks->size() / static_cast<std::size_t>(layout.bytes);
  std::vector<float> values(count * static_cast<std::size_t>(layout.elements));
  ASSERT_EQ(expected->size(), values.size() * sizeof(float));
  dequantize(GetParam(), std::as_bytes(std::span(*blocks)), values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    uint32_t bits = 0;
    std::memcpy(&bits, expected->data() + 4 * i, 4);
    ASSERT_EQ(std::bit_cast<uint32_t>(values[i]), bits)
        << "element " << i << ": " << values[i] << " against " << std::bit_cast<float>(bits);
  }
}

INSTANTIATE_TEST_SUITE_P(AllTypes, Dequantize,
                         ::testing::Values(GgmlType::kF32, GgmlType::kF16, GgmlType::kBF16,
                                           GgmlType::kQ8_0, GgmlType::kQ4_0, GgmlType::kQ4_1,
                                           GgmlType::kQ5_0, GgmlType::kQ5_1, GgmlType::kQ4_K,
                                           GgmlType::kQ5_K, GgmlType::kQ6_K),
                         [](const auto& test) { return std::string(type_name(test.param)); });

TEST(Dequantize, Q4_0HoldsTheLowNibblesFirst) {
  std::vector<std::byte> block(18, std::byte{0});
  block[1] = std::byte{0x40};  // scale 2.0
  block[2] = std::byte{0x9a};  // element 0 is 10, element 16 is 9
  std::vector<float> values(32);
  dequantize(GgmlType::kQ4_0, block, values);
  EXPECT_EQ(values[0], 4.0F);
  EXPECT_EQ(values[16], 2.0F);
  EXPECT_EQ(values[1], -16.0F);
}

TEST(Dequantize, TypesWithoutARoutineAreKnownBeforehand) {
  EXPECT_TRUE(can_dequantize(GgmlType::kQ4_K));
  EXPECT_FALSE(can_dequantize(GgmlType::kQ2_K));
  EXPECT_FALSE(can_dequantize(static_cast<GgmlType>(4)));
}

TEST(Dequantize, NoBlocksGiveNoValues) { dequantize(GgmlType::kQ6_K, {}, {}); }

}  // namespace
}  // namespace mw::formats
