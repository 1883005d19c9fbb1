// Scope: matmul over every weight format, form of activations, instruction set, token count around
// the tile of 8 and width. Bits: equal to scalar, to each token alone, for 1 and 3 threads. Values:
// against sums in double over the exact weights; tolerance in parts of sum |w|: 5e-5 with words,
// 2e-2 with bytes (half of 1/127 of a group's largest, which is below 5).
#include "tensor/matmul.h"

#include <gtest/gtest.h>

#include "tensor/random_matrix.h"

namespace mw::tensor {
namespace {

using testing::kAllFormats;
using testing::random_floats;
using testing::random_matrix;
using testing::width_for;

/// A kind of weights and the activations that they meet.
struct Case {
  WeightFormat format;
  InputForm form;
};
std::vector<Case> all_cases() {
  std::vector<Case> out;
  for (const WeightFormat format : kAllFormats) {
    out.push_back({format, is_integer(format) ? InputForm::kWords : InputForm::kFloats});
    if (is_integer(format)) out.push_back({format, InputForm::kBytes});
  }
  return out;
}
std::string name_of(const Case& each) {
  return std::string(format_name(each.format)) +
         (each.form == InputForm::kBytes ? " with bytes" : "");
}

Matrix<float> product(const PackedMatrix& weight, InputForm form, MatView<const float> x, Isa isa,
                      int threads, bool add = false) {
  ThreadPool pool(threads);
  const ExecContext ctx{&pool, &kernels_of(isa)};
  Activations input(x.rows, x.cols);
  if (weight.format() == WeightFormat::kW12) {
    input.assign_w12(x, ctx);
  } else {
    input.assign(x, form, ctx);
  }
  Matrix<float> y(x.rows, weight.rows());
  if (add) {
    for (int t = 0; t < x.rows; ++t) y.row(t)[0] = 100.0F;
  }
  const MatmulJob job{&weight, y.view(), add};
  matmul(input, {&job, 1}, ctx);
  return y;
}

class MatmulOnEachIsa : public ::testing::TestWithParam<Isa> {};

TEST_P(MatmulOnEachIsa, IsTheExactSumWithinTheActivationsRounding) {
  for (const Case& each : all_cases()) {
    const WeightFormat format = each.format;
    for (const int least : {32, 96, 576}) {
      const int width = width_for(format, least);
      const int rows = 40;
      const int tokens = 11;
      const auto weight = random_matrix(format, rows, width, 7);
      const auto data = random_floats(static_cast<std::size_t>(tokens * width), 8);
      const MatView<const float> x{data.data(), tokens, width, width};
      const auto y = product(weight.packed, each.form, x, GetParam(), 1);
      for (int t = 0; t < tokens; ++t) {
        for (int n = 0; n < rows; ++n) {
          double sum = 0;
          double size = 0;
          for (int k = 0; k < width; ++k) {
            const double term =
                weight.values[static_cast<std::size_t>(n * width + k)] * double{x.row(t)[k]};
            sum += term;
            size += std::fabs(weight.values[static_cast<std::size_t>(n * width + k)]);
          }
          // 13-bit inputs: half a step of the largest of them.
          const double tolerance = each.form == InputForm::kBytes ? 2e-2
                                   : format == WeightFormat::kW12 ? 4e-4
                                                                  : 5e-5;
          EXPECT_NEAR(y.row(t)[n], sum, tolerance * size)
              << name_of(each) << " t" << t << " n" << n;
        }
      }
    }
  }
}

TEST_P(MatmulOnEachIsa, GivesTheBitsOfScalarForEachTokenCount) {
  for (const Case& each : all_cases()) {
    const WeightFormat format = each.format;
    const int width = width_for(format, 160);
    const auto weight = random_matrix(format, 80, width, 9);
    for (const int tokens : {1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 131}) {
      auto data = random_floats(static_cast<std::size_t>(tokens * width), 10, 5.0F);
      // Outliers in some groups of some tokens, which take two bytes beside others that take one.
      for (std::size_t at = 11; at < data.size(); at += 173) data[at] *= 40;
      const MatView<const float> x{data.data(), tokens, width, width};
      const auto y = product(weight.packed, each.form, x, GetParam(), 1);
      const auto reference = product(weight.packed, each.form, x, Isa::kScalar, 1);
      for (int t = 0; t < tokens; ++t) {
        for (int n = 0; n < 80; ++n) {
          ASSERT_EQ(y.row(t)[n], reference.row(t)[n]) << name_of(each) << " T" << tokens;
        }
      }
    }
  }
}

TEST_P(MatmulOnEachIsa, GivesTheBitsOfScalarForWidthsPastOnePieceOfUnpackedWeights) {
  for (const Case& each : all_cases()) {
    const WeightFormat format = each.format;
    for (const int least : {992, 1024, 1056, 2112}) {
      const int width = width_for(format, least);
      const auto weight = random_matrix(format, 20, width, 15);
      const auto data = random_floats(static_cast<std::size_t>(19 * width), 16, 2.0F);
      const MatView<const float> x{data.data(), 19, width, width};
      const auto y = product(weight.packed, each.form, x, GetParam(), 2, true);
      const auto reference = product(weight.packed, each.form, x, Isa::kScalar, 1, true);
      for (int t = 0; t < 19; ++t) {
        for (int n = 0; n < 20; ++n) {
          ASSERT_EQ(y.row(t)[n], reference.row(t)[n]) << name_of(each) << " D" << width;
        }
      }
    }
  }
}

TEST_P(MatmulOnEachIsa, ATokenGetsTheSameBitsAloneAndOnAnyThreads) {
  for (const Case& each : all_cases()) {
    const WeightFormat format = each.format;
    const int width = width_for(format, 64);
    const auto weight = random_matrix(format, 100, width, 11);
    const auto data = random_floats(static_cast<std::size_t>(13 * width), 12);
    const MatView<const float> x{data.data(), 13, width, width};
    const auto together = product(weight.packed, each.form, x, GetParam(), 3);
    for (int t = 0; t < 13; ++t) {
      const auto alone = product(weight.packed, each.form, x.rows_from(t, 1), GetParam(), 1);
      for (int n = 0; n < 100; ++n) ASSERT_EQ(together.row(t)[n], alone.row(0)[n]);
    }
  }
}

TEST_P(MatmulOnEachIsa, AddsOntoWhatIsThere) {
  const auto weight = random_matrix(WeightFormat::kW4, 16, 64, 13);
  const auto data = random_floats(64, 14);
  const MatView<const float> x{data.data(), 1, 64, 64};
  const auto plain = product(weight.packed, InputForm::kWords, x, GetParam(), 1);
  const auto added = product(weight.packed, InputForm::kWords, x, GetParam(), 1, true);
  EXPECT_EQ(added.row(0)[0], 100.0F + plain.row(0)[0]);
  EXPECT_EQ(added.row(0)[1], plain.row(0)[1]);
}

TEST_P(MatmulOnEachIsa, ExtremeIntegersDoNotOverflow) {
  // Largest weights times largest activations of one sign: 255 * 32639 * 32 in a group.
  PackedMatrix weight(WeightFormat::kW8, 16, 64);
  std::array<uint8_t, 32> q;
  q.fill(255);
  for (int row = 0; row < 16; ++row) {
    for (int group = 0; group < 2; ++group) weight.set_w8(row, group, f32_to_f16(1.0F), q);
  }
  const std::vector<float> data(64, -1.0F);
  for (const InputForm form : {InputForm::kWords, InputForm::kBytes}) {
    const auto y = product(weight, form, {data.data(), 1, 64, 64}, GetParam(), 1);
    EXPECT_NEAR(y.row(0)[0], -127.0 * 64, 0.01);
  }
}

TEST_P(MatmulOnEachIsa, ExtremeNibblesTimesBytesDoNotSaturate) {
  // 16-bit sums of AVX2: 15 * 127 * 2 * 8 = 30,480.
  PackedMatrix weight(WeightFormat::kW4, 16, 32);
  std::array<uint8_t, 32> q;
  q.fill(15);
  for (int row = 0; row < 16; ++row) {
    weight.set_w4(row, 0, f32_to_f16(1.0F), f32_to_f16(0.0F), q);
  }
  for (const float value : {1.0F, -1.0F}) {
    const std::vector<float> data(32, value);
    const auto y = product(weight, InputForm::kBytes, {data.data(), 1, 32, 32}, GetParam(), 1);
    EXPECT_FLOAT_EQ(y.row(0)[0], value * 15 * 32);
  }
}

TEST_P(MatmulOnEachIsa, ExtremeTwelveBitIntegersDoNotOverflow) {
  PackedMatrix weight(WeightFormat::kW12, 16, 1536);
  const std::vector<int16_t> q(1536, -kMostW12);
  for (int row = 0; row < 16; ++row) weight.set_row_w12(row, 1.0F, q);
  const std::vector<float> data(1536, -2.0F);
  const auto y = product(weight, InputForm::kFloats, {data.data(), 1, 1536, 1536}, GetParam(), 1);
  EXPECT_FLOAT_EQ(y.row(0)[0], 2.0F * kMostW12 * 1536);
}

INSTANTIATE_TEST_SUITE_P(Isas, MatmulOnEachIsa, ::testing::ValuesIn(available_isas()),
                         [](const auto& isa) { return std::string(isa_name(isa.param)); });

}  // namespace
}  // namespace mw::tensor
