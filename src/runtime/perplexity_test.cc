// Scope: perplexity and divergence of models whose distributions are known: after id i comes i + 1
// with logit `strength`, all others with 0. Tolerance 1e-5: logits are f32.
#include "runtime/perplexity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace mw::runtime {
namespace {

constexpr int kVocabulary = 8;

class SuccessorModel final : public models::Model {
 public:
  explicit SuccessorModel(float strength) : strength_(strength) {
    config_.layers = 1;
    config_.kv_heads = 1;
    config_.head_dim = 16;
    config_.vocabulary = kVocabulary;
  }
  const models::ModelConfig& config() const override { return config_; }
  std::vector<models::NamedMatrix> matrices() const override { return {}; }
  std::unique_ptr<models::Workspace> make_workspace(int, int) const override {
    return std::make_unique<models::Workspace>();
  }
  void forward(std::span<const models::ForwardSegment> segments, models::Workspace&,
               tensor::MatView<float> logits, const tensor::ExecContext&) const override {
    int row = 0;
    for (const auto& segment : segments) {
      if (segment.logits == models::ForwardSegment::Logits::kNone) continue;
      for (const int32_t id : segment.ids) {
        std::fill_n(logits.row(row), kVocabulary, 0.0F);
        logits.row(row++)[(id + 1) % kVocabulary] = strength_;
      }
    }
  }

 private:
  models::ModelConfig config_;
  float strength_;
};

/// Probability of the successor.
double likely(double strength) { return std::exp(strength) / (std::exp(strength) + 7); }

class Perplexities : public ::testing::Test {
 protected:
  Perplexities() : ids_(64) {
    for (std::size_t i = 0; i < ids_.size(); ++i) ids_[i] = static_cast<int32_t>(i % kVocabulary);
  }
  std::vector<int32_t> ids_;
  ThreadPool pool_{1};
  tensor::ExecContext ctx_{&pool_, &tensor::kernels_of(tensor::Isa::kScalar)};
};

TEST_F(Perplexities, AreThoseOfTheTokensInTheSecondHalfOfEachWindow) {
  const auto measured = measure_perplexity(SuccessorModel(2.0F), ids_, 16, 0, -1, ctx_, nullptr);
  EXPECT_EQ(measured.windows, 4);
  EXPECT_EQ(measured.tokens, 4 * 7);
  EXPECT_NEAR(measured.perplexity, 1 / likely(2), 1e-5);
  EXPECT_NEAR(measured.standard_error, 0, 1e-5);
}

TEST_F(Perplexities, ADivergenceFromItselfIsZero) {
  const SuccessorModel model(3.0F);
  const auto measured = measure_divergence(model, model, ids_, 16, 2, -1, ctx_, nullptr);
  EXPECT_EQ(measured.windows, 2);
  EXPECT_EQ(measured.kl_nats, 0);
  EXPECT_EQ(measured.same_top, 1);
}

TEST_F(Perplexities, ADivergenceIsTheSumOverTheWholeDistribution) {
  const auto measured = measure_divergence(SuccessorModel(1.0F), SuccessorModel(2.0F), ids_, 16, 0,
                                           -1, ctx_, nullptr);
  const double p = likely(2);
  const double q = likely(1);
  const double expected = p * std::log(p / q) + (1 - p) * std::log((1 - p) / (1 - q));
  EXPECT_NEAR(measured.kl_nats, expected, 1e-5);
  EXPECT_NEAR(measured.kl_p99_nats, expected, 1e-5);
  EXPECT_NEAR(measured.model_perplexity, 1 / q, 1e-5);
  EXPECT_NEAR(measured.reference_perplexity, 1 / p, 1e-5);
  EXPECT_EQ(measured.same_top, 1);
}

TEST_F(Perplexities, ModelsThatPreferOtherTokensDisagreeAtTheTop) {
  const auto measured = measure_divergence(SuccessorModel(-1.0F), SuccessorModel(1.0F), ids_, 16, 0,
                                           -1, ctx_, nullptr);
  EXPECT_EQ(measured.same_top, 0);
}

}  // namespace
}  // namespace mw::runtime
