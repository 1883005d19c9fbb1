// Scope: each float kernel on each instruction set that this processor has, bit for bit against
// the scalar one, and the scalar one against formulas in double. Tolerances: exp 2 ulp (its
// polynomial), the rest a few ulp of the largest term. Integer products: matmul_test.cc.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

#include "tensor/random_matrix.h"

namespace mw::tensor {
namespace {

using testing::random_floats;

class KernelsOnEachIsa : public ::testing::TestWithParam<Isa> {
 protected:
  const KernelTable& kernels() const { return kernels_of(GetParam()); }
};

TEST_P(KernelsOnEachIsa, ExpIsWithinTwoUlpAndTheSameBitsAsScalar) {
  std::vector<float> x;
  for (float v = -90.0F; v < 89.0F; v += 0.0137F) x.push_back(v);
  x.insert(x.end(), {0.0F, -0.0F, -1e30F, 1e-30F, 88.37F, -87.3F, -104.0F});
  while (x.size() % 16 != 0) x.push_back(1.0F);
  std::vector<float> y(x.size());
  std::vector<float> reference(x.size());
  kernels().exp(x.data(), static_cast<int>(x.size()), y.data());
  kScalarKernels.exp(x.data(), static_cast<int>(x.size()), reference.data());
  for (std::size_t i = 0; i < x.size(); ++i) {
    EXPECT_EQ(std::bit_cast<uint32_t>(y[i]), std::bit_cast<uint32_t>(reference[i])) << x[i];
    if (x[i] < -87.3F || x[i] > 88.3F) continue;
    const double exact = std::exp(static_cast<double>(x[i]));
    EXPECT_NEAR(y[i], exact, 2.0 * exact * 0x1p-23) << x[i];
  }
  EXPECT_EQ(y[x.size() - 1], static_cast<float>(std::exp(1.0)));
}

TEST_P(KernelsOnEachIsa, RmsNormMatchesScalarAndTheFormula) {
  for (const int width : {16, 48, 576, 1536}) {
    const auto x = random_floats(static_cast<std::size_t>(width), 1, 3.0F);
    const auto weight = random_floats(static_cast<std::size_t>(width), 2);
    std::vector<float> y(x.size());
    std::vector<float> reference(x.size());
    kernels().rms_norm(x.data(), weight.data(), 1e-5F, width, y.data());
    kScalarKernels.rms_norm(x.data(), weight.data(), 1e-5F, width, reference.data());
    double squares = 0;
    for (const float v : x) squares += double{v} * v;
    const double factor = 1.0 / std::sqrt(squares / width + 1e-5);
    for (std::size_t i = 0; i < x.size(); ++i) {
      EXPECT_EQ(y[i], reference[i]);
      EXPECT_NEAR(y[i], x[i] * factor * weight[i], 1e-6 * (1 + std::fabs(y[i])));
    }
  }
}

TEST_P(KernelsOnEachIsa, SwigluMatchesScalarAndTheFormula) {
  const auto gate = random_floats(1536, 3, 4.0F);
  const auto up = random_floats(1536, 4);
  std::vector<float> y(1536);
  std::vector<float> reference(1536);
  kernels().swiglu(gate.data(), up.data(), 1536, y.data());
  kScalarKernels.swiglu(gate.data(), up.data(), 1536, reference.data());
  for (std::size_t i = 0; i < y.size(); ++i) {
    EXPECT_EQ(y[i], reference[i]);
    const double exact = gate[i] / (1 + std::exp(-double{gate[i]})) * up[i];
    EXPECT_NEAR(y[i], exact, 1e-6 * (1e-3 + std::fabs(exact)));
  }
}

/// Where input k of a token stands in its group of a tile.
std::size_t place(int room, int token, int k) {
  const int in_group = k % kGroup;
  return static_cast<std::size_t>(room == kAmxTileTokens
                                      ? kGroup * token + in_group
                                      : in_group / 4 * 4 * room + 4 * token + k % 4);
}
constexpr std::pair<int, int> kRoomsAndTokens[] = {{1, 0}, {2, 1}, {4, 3},  {8, 0},
                                                   {8, 3}, {8, 7}, {16, 0}, {16, 9}};

void append(std::vector<float>& rows, const std::vector<float>& row) {
  rows.insert(rows.end(), row.begin(), row.end());
}

TEST_P(KernelsOnEachIsa, WordsGiveTheInputBackWithinHalfAStep) {
  for (const int width : {32, 576, 1536}) {
    const auto x = random_floats(static_cast<std::size_t>(width), 5, 2.0F);
    for (const auto& [room, token] : kRoomsAndTokens) {
      const std::size_t bytes = static_cast<std::size_t>(width / kGroup) * words_group_bytes(room);
      std::vector<uint8_t> tile(bytes, 0);
      std::vector<uint8_t> reference(bytes, 0);
      std::vector<float> rows;
      for (int t = 0; t < token; ++t) append(rows, random_floats(x.size(), 6 + t, 3.0F));
      append(rows, x);
      std::vector<float> scales(static_cast<std::size_t>(token) + 1);
      std::vector<float> reference_scales(scales.size());
      kernels().quantise_words(rows.data(), width, token + 1, width, tile.data(), room,
                               scales.data());
      kScalarKernels.quantise_words(rows.data(), width, token + 1, width, reference.data(), room,
                                    reference_scales.data());
      EXPECT_EQ(scales, reference_scales);
      EXPECT_EQ(tile, reference);
      const float scale = scales.back();
      for (int k = 0; k < width; ++k) {
        const uint8_t* group =
            tile.data() + static_cast<std::size_t>(k / kGroup) * words_group_bytes(room);
        const std::size_t at = place(room, token, k);
        const int a = 256 * static_cast<int8_t>(group[at]) +
                      static_cast<int8_t>(group[at + static_cast<std::size_t>(kGroup * room)]);
        EXPECT_NEAR(scale * static_cast<float>(a), x[static_cast<std::size_t>(k)], 0.51F * scale);
      }
    }
  }
}

TEST_P(KernelsOnEachIsa, BytesGiveTheInputBackWithinHalfAStepWhichIsFinerWhereOneStandsOut) {
  for (const int width : {32, 576, 1536}) {
    auto x = random_floats(static_cast<std::size_t>(width), 5, 2.0F);
    // Among 32 it is less than kFinePeak times their root mean square, among 576 it is more.
    x[3] = 4000;
    for (const auto& [room, token] : kRoomsAndTokens) {
      const std::size_t bytes = static_cast<std::size_t>(width / kGroup) * bytes_group_bytes(room);
      std::vector<uint8_t> tile(bytes, 0);
      std::vector<uint8_t> reference(bytes, 0);
      std::vector<float> rows;  // all are fine in the same group
      for (int t = 0; t < token; ++t) {
        append(rows, random_floats(x.size(), 6 + t, 3.0F));
        rows[static_cast<std::size_t>(t * width)] = -1000;
      }
      append(rows, x);
      kernels().quantise_bytes(rows.data(), width, token + 1, width, tile.data(), room);
      kScalarKernels.quantise_bytes(rows.data(), width, token + 1, width, reference.data(), room);
      EXPECT_EQ(tile, reference);
      for (int k = 0; k < width; ++k) {
        const uint8_t* group =
            tile.data() + static_cast<std::size_t>(k / kGroup) * bytes_group_bytes(room);
        float scale = 0;
        std::memcpy(&scale, group + kept_at(room, Kept::kScale, token), 4);
        uint32_t fine = 0;
        std::memcpy(&fine, group + fine_at(room), 4);
        const bool is_fine = width > kGroup && k < kGroup;
        EXPECT_EQ(fine, is_fine ? (uint32_t{2} << token) - 1 : 0U);
        EXPECT_LE(scale, width == kGroup ? 32.0F : is_fine ? 0.13F : 0.1F);
        int a = static_cast<int8_t>(group[place(room, token, k)]);
        const int low = static_cast<int8_t>(group[low_bytes_at(room) + place(room, token, k)]);
        if (is_fine) {
          a = 256 * a + low;
        } else {
          EXPECT_EQ(low, 0);
        }
        EXPECT_NEAR(scale * static_cast<float>(a), x[static_cast<std::size_t>(k)], 0.51F * scale);
      }
    }
  }
}

TEST_P(KernelsOnEachIsa, TilesOfTokensThatDifferInSizeAreThoseOfTheReference) {
  constexpr int kWidth = 96;
  constexpr int kStride = 100;
  for (unsigned round = 0; round < 40; ++round) {
    // Rows of 1e-33, where nothing is left, to 1e7; outliers in some groups of some tokens.
    std::vector<float> rows;
    for (unsigned t = 0; t < 8; ++t) {
      auto row =
          random_floats(kStride, 8 * round + t, std::pow(10.0F, 5.0F * t - 33.0F + round / 8.0F));
      if ((round + t) % 3 == 0) row[(round * 7 + t) % kWidth] *= 20;
      if ((round + t) % 7 == 0) std::fill_n(row.begin() + 32, 32, 0.0F);
      append(rows, row);
    }
    for (const int tokens : {8, 7}) {
      std::vector<uint8_t> tile(kWidth / kGroup * bytes_group_bytes(8), 0);
      auto reference = tile;
      kernels().quantise_bytes(rows.data(), kStride, tokens, kWidth, tile.data(), 8);
      kScalarKernels.quantise_bytes(rows.data(), kStride, tokens, kWidth, reference.data(), 8);
      EXPECT_EQ(tile, reference) << round;
      std::vector<float> scales(8, -1.0F);
      auto reference_scales = scales;
      kernels().quantise_words(rows.data(), kStride, tokens, kWidth, tile.data(), 8, scales.data());
      kScalarKernels.quantise_words(rows.data(), kStride, tokens, kWidth, reference.data(), 8,
                                    reference_scales.data());
      EXPECT_EQ(tile, reference) << round;
      EXPECT_EQ(scales, reference_scales) << round;
    }
  }
}

TEST_P(KernelsOnEachIsa, ARowOfZerosOrOfNextToNothingQuantisesToScaleZero) {
  for (const float value : {0.0F, 1e-38F}) {
    const std::vector<float> x(64, value);
    std::vector<uint8_t> tile(2 * bytes_group_bytes(8), 0xff);
    if (value == 0) {
      float scale = 1;
      kernels().quantise_words(x.data(), 64, 1, 64, tile.data(), 8, &scale);
      EXPECT_EQ(scale, 0.0F);
      EXPECT_EQ(tile[0], 0);
    }
    kernels().quantise_bytes(x.data(), 64, 1, 64, tile.data(), 8);
    EXPECT_EQ(tile[0], 0);
    float scale = 1;
    std::memcpy(&scale, tile.data() + kept_at(8, Kept::kScale, 0), 4);
    EXPECT_EQ(scale, 0.0F);
  }
}

TEST_P(KernelsOnEachIsa, HalvesAreRoundedToEvenAndClamped) {
  auto x = random_floats(64, 6, 1000.0F);
  x[0] = 1e9F;
  x[1] = -1e9F;
  std::vector<uint16_t> y(64);
  kernels().to_f16(x.data(), 64, y.data());
  EXPECT_EQ(f16_to_f32(y[0]), 65504.0F);
  EXPECT_EQ(f16_to_f32(y[1]), -65504.0F);
  for (std::size_t i = 2; i < x.size(); ++i) EXPECT_EQ(y[i], f32_to_f16(x[i]));
}

INSTANTIATE_TEST_SUITE_P(Isas, KernelsOnEachIsa, ::testing::ValuesIn(available_isas()),
                         [](const auto& isa) { return std::string(isa_name(isa.param)); });

}  // namespace
}  // namespace mw::tensor
