// Scope: layer norm, GELU and the soft cap on each instruction set, bit for bit against the scalar
// one, and against formulas in double. Tolerances: 4e-7 of the input (GELU: its
// erfc has 1.5e-7), 4e-7 relative (soft cap), 1e-6 (layer norm).
#include "tensor/activation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tensor/layer_norm.h"
#include "tensor/random_matrix.h"

namespace mw::tensor {
namespace {

using testing::random_floats;

class ActivationOnEachIsa : public ::testing::TestWithParam<Isa> {
 protected:
  ThreadPool pool_{1};
  ExecContext ctx_{&pool_, &kernels_of(GetParam())};
  ExecContext scalar_{&pool_, &kScalarKernels};
};

MatView<float> row_of(std::vector<float>& x) {
  const int width = static_cast<int>(x.size());
  return {x.data(), 1, width, width};
}

/// What real models meet, and what they never should.
std::vector<float> wide_range() {
  std::vector<float> x = random_floats(1024, 1, 4.0F);
  for (const float v : {0.0F, -0.0F, 0.6249F, 0.6251F, 1e-8F, -1e-8F, 30.0F, -30.0F, 1e4F, -1e4F,
                        3e8F, -3e8F, 88.0F, -88.0F, 0.625F, -0.625F}) {
    x.push_back(v);
  }
  return x;
}

TEST_P(ActivationOnEachIsa, GeluMatchesScalarAndTheFormula) {
  auto x = wide_range();
  auto up = random_floats(x.size(), 2);
  for (const Activation kind : {Activation::kGeluTanh, Activation::kGeluErf}) {
    std::vector<float> y(x.size());
    std::vector<float> reference(x.size());
    std::vector<float> gated(x.size());
    activate(kind, row_of(x), row_of(y), ctx_);
    activate(kind, row_of(x), row_of(reference), scalar_);
    activate_gated(kind, row_of(x), row_of(up), row_of(gated), ctx_);
    for (std::size_t i = 0; i < x.size(); ++i) {
      EXPECT_EQ(y[i], reference[i]);
      EXPECT_EQ(gated[i], y[i] * up[i]);
      const double v = x[i];
      const double inner = kind == Activation::kGeluErf
                               ? std::erf(v / std::sqrt(2.0))
                               : std::tanh(std::sqrt(2.0 / M_PI) * (v + 0.044715 * v * v * v));
      EXPECT_NEAR(y[i], 0.5 * v * (1 + inner), 4e-7 * (std::fabs(v) + 1e-3)) << x[i];
    }
  }
}

TEST_P(ActivationOnEachIsa, TheSoftCapMatchesScalarAndTheFormula) {
  for (const float cap : {30.0F, 50.0F, 1.0F}) {
    const auto x = wide_range();
    auto y = x;
    auto reference = x;
    soft_cap(cap, row_of(y), ctx_);
    soft_cap(cap, row_of(reference), scalar_);
    for (std::size_t i = 0; i < x.size(); ++i) {
      EXPECT_EQ(y[i], reference[i]);
      const double exact = cap * std::tanh(double{x[i]} / cap);
      EXPECT_NEAR(y[i], exact, 4e-7 * std::fabs(exact)) << x[i];
    }
  }
}

TEST_P(ActivationOnEachIsa, LayerNormMatchesScalarAndTheFormula) {
  for (const int width : {16, 48, 768}) {
    auto x = random_floats(static_cast<std::size_t>(width), 3, 2.0F);
    for (float& each : x) each += 5.0F;  // a mean that must go
    const auto weight = random_floats(x.size(), 4);
    const auto bias = random_floats(x.size(), 5);
    std::vector<float> y(x.size());
    std::vector<float> reference(x.size());
    layer_norm(row_of(x), weight, bias, 1e-5F, row_of(y), ctx_);
    layer_norm(row_of(x), weight, bias, 1e-5F, row_of(reference), scalar_);
    double mean = 0;
    for (const float v : x) mean += double{v} / width;
    double variance = 0;
    for (const float v : x) variance += (v - mean) * (v - mean) / width;
    for (std::size_t i = 0; i < x.size(); ++i) {
      EXPECT_EQ(y[i], reference[i]);
      const double exact = (x[i] - mean) / std::sqrt(variance + 1e-5) * weight[i] + bias[i];
      EXPECT_NEAR(y[i], exact, 2e-6 * (1 + std::fabs(exact)));
    }
  }
}

TEST_P(ActivationOnEachIsa, ABiasIsAddedToEachRowAndNoneToNone) {
  std::vector<float> x(40, 1.0F);
  const MatView<float> two_rows{x.data(), 2, 17, 20};
  add_bias({}, two_rows, ctx_);
  EXPECT_EQ(x, std::vector<float>(40, 1.0F));
  add_bias(std::vector<float>(17, 2.0F), two_rows, ctx_);
  EXPECT_EQ(x[16], 3.0F);
  EXPECT_EQ(x[17], 1.0F);
  EXPECT_EQ(x[20], 3.0F);
}

INSTANTIATE_TEST_SUITE_P(Isas, ActivationOnEachIsa, ::testing::ValuesIn(available_isas()),
                         [](const auto& isa) { return std::string(isa_name(isa.param)); });

}  // namespace
}  // namespace mw::tensor
