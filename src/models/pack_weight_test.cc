// Scope: each GGUF type through pack_weight and a product, against formats/dequantize (which has
// golden vectors of an independent reader) and sums in double; tolerance as in matmul_test.cc.
#include "models/pack_weight.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "core/half.h"
#include "core/sha256.h"
#include "formats/dequantize.h"
#include "tensor/matmul.h"

namespace mw::models {
namespace {

using formats::GgmlType;

constexpr GgmlType kTypes[] = {GgmlType::kF32,  GgmlType::kF16,  GgmlType::kBF16, GgmlType::kQ4_0,
                               GgmlType::kQ4_1, GgmlType::kQ5_0, GgmlType::kQ5_1, GgmlType::kQ8_0,
                               GgmlType::kQ4_K, GgmlType::kQ5_K, GgmlType::kQ6_K};

/// Random blocks; scales are made small and finite.
std::vector<std::byte> random_blocks(GgmlType type, int rows, int width) {
  const auto layout = *formats::block_layout(type);
  std::mt19937 generator(static_cast<uint32_t>(type) + 1);
  std::vector<std::byte> bytes(
      static_cast<std::size_t>(rows * width / layout.elements * layout.bytes));
  for (auto& each : bytes) each = static_cast<std::byte>(generator());
  const auto put = [&](std::size_t at) {
    const uint16_t half = f32_to_f16(0.001F * static_cast<float>(generator() % 1000));
    std::memcpy(&bytes[at], &half, 2);
  };
  for (std::size_t at = 0; at < bytes.size(); at += static_cast<std::size_t>(layout.bytes)) {
    if (type == GgmlType::kF32) {
      const float value = static_cast<float>(generator() % 1000) * 0.002F - 1.0F;
      std::memcpy(&bytes[at], &value, 4);
    } else if (type == GgmlType::kBF16) {
      bytes[at + 1] = static_cast<std::byte>(0x3e);
    } else if (type == GgmlType::kQ6_K) {
      put(at + 208);
    } else {
      put(at);
      if (type != GgmlType::kF16 && type != GgmlType::kQ4_0 && type != GgmlType::kQ8_0 &&
          type != GgmlType::kQ5_0) {
        put(at + 2);
      }
    }
  }
  return bytes;
}

class PackWeight : public ::testing::TestWithParam<GgmlType> {};

TEST_P(PackWeight, KeepsEveryWeightOfTheFile) {
  const int rows = 20;
  const int width = 512;
  const auto bytes = random_blocks(GetParam(), rows, width);
  const formats::GgufTensor source{"w", GetParam(), {rows, width}, bytes};
  ThreadPool pool(2);
  const tensor::ExecContext ctx{&pool, &tensor::kernels_of(tensor::Isa::kScalar)};
  const auto packed = pack_weight(source, ctx);
  ASSERT_TRUE(packed) << packed.error().message.en;

  std::vector<float> exact(static_cast<std::size_t>(rows * width));
  formats::dequantize(GetParam(), bytes, exact);
  float largest = 0.0F;
  for (const float each : exact) largest = std::max(largest, std::fabs(each));
  // Unit inputs read single weights out: 32,639 steps make them exact to 1.6e-5 of themselves.
  tensor::Matrix<float> x(3, width);
  for (const int k : {0, 1, 2}) x.row(k)[k * 250 + 5] = 1.0F;
  tensor::Activations input(3, width);
  input.assign(x.view(), tensor::InputForm::kWords, ctx);
  tensor::Matrix<float> y(3, rows);
  const tensor::MatmulJob job{&*packed, y.view()};
  tensor::matmul(input, {&job, 1}, ctx);
  for (int k = 0; k < 3; ++k) {
    for (int row = 0; row < rows; ++row) {
      const float weight = exact[static_cast<std::size_t>(row * width + k * 250 + 5)];
      // d q + m of an affine block cancels: an ulp of the block's largest value is left.
      EXPECT_NEAR(y.row(k)[row], weight, 2e-5 * std::fabs(weight) + 2.4e-7 * largest);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Types, PackWeight, ::testing::ValuesIn(kTypes), [](const auto& type) {
  return std::string(formats::type_name(type.param));
});

TEST(PackWeight, AScaleThatIsNotFiniteIsRefusedByName) {
  std::vector<std::byte> bytes(34);
  bytes[0] = std::byte{0x00};
  bytes[1] = std::byte{0x7c};  // infinity
  ThreadPool pool(1);
  const tensor::ExecContext ctx{&pool, &tensor::kernels_of(tensor::Isa::kScalar)};
  const auto packed = pack_weight({"blk.0.attn_q.weight", GgmlType::kQ8_0, {1, 32}, bytes}, ctx);
  ASSERT_FALSE(packed);
  EXPECT_EQ(packed.error().code, Code::kCorrupt);
  EXPECT_EQ(packed.error().param, "blk.0.attn_q.weight");
}

/// Files of packed weights are read by later builds: see kPackedLayout. When this fails, what a
/// packed matrix holds has changed: raise kPackedLayout and put its number and the new digest here.
TEST(PackedLayout, IsRaisedWhenWhatAPackedMatrixHoldsChanges) {
  ThreadPool pool(1);
  const tensor::ExecContext ctx{&pool, &tensor::kernels_of(tensor::Isa::kScalar)};
  Sha256 hash;
  for (const GgmlType type : kTypes) {
    const auto bytes = random_blocks(type, 20, 512);
    const auto packed = pack_weight({"w", type, {20, 512}, bytes}, ctx);
    ASSERT_TRUE(packed);
    hash.update({reinterpret_cast<const char*>(packed->data()), packed->bytes()});
  }
  EXPECT_EQ(tensor::kPackedLayout, 3U);
  EXPECT_EQ(hash.hex().substr(0, 16), "71ace61c7a26d787");
}

TEST(PackRounded, RoundsEachWeightToTheNearestStepOfItsGroup) {
  std::vector<float> values(2 * 64);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = std::sin(static_cast<float>(i)) * (i < 64 ? 1.0F : 100.0F);
  }
  std::fill(values.begin() + 32, values.begin() + 64, 0.0F);  // a group without a scale
  formats::GgufTensor tensor{"w", GgmlType::kF32, {2, 64}, std::as_bytes(std::span(values))};
  ThreadPool pool(1);
  const tensor::ExecContext ctx{&pool, &tensor::kScalarKernels};
  const auto packed = pack_rounded(tensor, ctx);
  ASSERT_TRUE(packed) << packed.error().message.en;
  // Products with unit vectors give the weights back.
  for (int k = 0; k < 64; ++k) {
    tensor::Matrix<float> x(1, 64);
    tensor::Matrix<float> y(1, 2);
    x.row(0)[k] = 1.0F;
    tensor::Activations input(1, 64);
    input.assign(x.view(), tensor::InputForm::kWords, ctx);
    const tensor::MatmulJob job{&*packed, y.view()};
    matmul(input, {&job, 1}, ctx);
    for (int row = 0; row < 2; ++row) {
      const float exact = values[static_cast<std::size_t>(row * 64 + k)];
      const float step = (row == 0 ? 1.0F : 100.0F) / 127.0F;
      EXPECT_NEAR(y.row(0)[row], exact, 0.51F * step) << row << " " << k;
    }
  }
  values[3] = std::numeric_limits<float>::infinity();
  const auto broken = pack_rounded(tensor, ctx);
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, Code::kCorrupt);
  tensor.shape = {4, 32};
  tensor.type = GgmlType::kQ8_0;
  EXPECT_FALSE(pack_rounded(tensor, ctx));
}

}  // namespace
}  // namespace mw::models
