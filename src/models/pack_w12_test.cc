// Scope: floats as 12-bit integers with a scale a row: which tensors, how near, and what is no
// number. Their products are in tensor/matmul_test.cc, whole models in encoder_golden_test.cc.
#include "models/pack_w12.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "tensor/random_matrix.h"

namespace mw::models {
namespace {

constexpr int kRows = 16;
constexpr int kWidth = 64;

class PackW12 : public ::testing::Test {
 protected:
  formats::StoredTensor tensor(int rows = kRows, int width = kWidth) const {
    formats::StoredTensor out;
    out.name = "blk.0.up";
    out.type = formats::GgmlType::kF32;
    out.shape = {rows, width};
    out.bytes = std::as_bytes(std::span(values_));
    return out;
  }
  std::vector<float> values_ =
      tensor::testing::random_floats(static_cast<std::size_t>(kRows * kWidth), 3);
  ThreadPool pool_{2};
  tensor::ExecContext ctx_{&pool_, &tensor::kernels_of(tensor::Isa::kScalar)};
};

TEST_F(PackW12, EachWeightIsTheNearestStepOfItsRow) {
  for (int k = 0; k < kWidth; ++k) values_[static_cast<std::size_t>(k)] = 0;  // a row of zeros
  for (int k = kWidth; k < 2 * kWidth; ++k) values_[static_cast<std::size_t>(k)] = 1e-40F;
  const auto packed = pack_w12(tensor(), ctx_);
  ASSERT_TRUE(packed);
  const uint8_t* panel = packed->data();
  for (int row = 0; row < kRows; ++row) {
    float d = 0;
    std::memcpy(&d, panel + 4 * row, 4);
    for (int k = 0; k < kWidth; ++k) {
      int16_t q = 0;
      std::memcpy(&q, panel + 4 * kRows + 2 * kRows * (k - k % 2) + 4 * row + 2 * (k % 2), 2);
      EXPECT_LE(std::abs(q), tensor::kMostW12);
      const float exact = values_[static_cast<std::size_t>(row * kWidth + k)];
      EXPECT_NEAR(d * static_cast<float>(q), exact, 0.5001F * d + 1e-30F) << row << " " << k;
    }
  }
}

TEST_F(PackW12, AWeightThatIsNoNumberIsRefusedByTheTensorsName) {
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    values_[700] = bad;
    const auto packed = pack_w12(tensor(), ctx_);
    ASSERT_FALSE(packed);
    EXPECT_EQ(packed.error().code, Code::kCorrupt);
    EXPECT_EQ(packed.error().param, "blk.0.up");
  }
}

TEST_F(PackW12, OnlyFloatsInWholePanelsAndGroupsFit) {
  EXPECT_TRUE(fits_w12(tensor()));
  EXPECT_FALSE(fits_w12(tensor(17, 32)));
  EXPECT_FALSE(fits_w12(tensor(16, 40)));
  auto quantised = tensor();
  quantised.type = formats::GgmlType::kQ8_0;
  EXPECT_FALSE(fits_w12(quantised));
}

}  // namespace
}  // namespace mw::models
