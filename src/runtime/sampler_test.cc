// Scope: each sampling option against its definition (reference/engine.md 7), reproducibility.
#include "runtime/sampler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "tensor/exec_context.h"

namespace mw::runtime {
namespace {

const tensor::KernelTable& kernels() { return tensor::kernels_of(tensor::Isa::kScalar); }

/// Shares of the tokens drawn in 4,000 steps from fixed logits.
std::map<int32_t, double> shares(const SamplingOptions& options, const std::vector<float>& logits) {
  std::map<int32_t, double> drawn;
  Sampler sampler(options, kernels());
  for (uint64_t step = 0; step < 4000; ++step) {
    std::vector<float> copy = logits;
    drawn[sampler.choose(copy, step)] += 1.0 / 4000;
  }
  return drawn;
}

const std::vector<float> kLogits = {std::log(0.5F), std::log(0.25F), std::log(0.15F),
                                    std::log(0.07F), std::log(0.03F)};

TEST(Sampler, GreedyTakesTheLargestAndTheLowestIdOnTies) {
  EXPECT_EQ(greedy(std::vector<float>{1, 3, 3, 2}), 1);
  for (const std::size_t size : {1U, 15U, 16U, 17U, 50U}) {
    for (std::size_t at = 0; at < size; ++at) {
      std::vector<float> logits(size, -2.0F);
      for (std::size_t i = at; i < size; i += 7) logits[i] = -1.0F;
      EXPECT_EQ(greedy(logits), static_cast<int32_t>(at)) << size;
    }
  }
  EXPECT_EQ(greedy(std::vector<float>(20, -INFINITY)), 0);
}

TEST(Sampler, DrawsFollowTheProbabilities) {
  const auto drawn = shares({.temperature = 1.0F, .seed = 7}, kLogits);
  EXPECT_NEAR(drawn.at(0), 0.50, 0.03);
  EXPECT_NEAR(drawn.at(1), 0.25, 0.03);
  EXPECT_NEAR(drawn.at(4), 0.03, 0.01);
}

TEST(Sampler, TopKKeepsTheLargest) {
  const auto drawn = shares({.temperature = 1.0F, .top_k = 2, .seed = 7}, kLogits);
  EXPECT_EQ(drawn.size(), 2u);
  EXPECT_NEAR(drawn.at(0), 2.0 / 3, 0.03);
}

TEST(Sampler, TopPKeepsTheSmallestPrefixThatReachesIt) {
  EXPECT_EQ(shares({.temperature = 1.0F, .top_p = 0.74F, .seed = 7}, kLogits).size(), 2u);
  EXPECT_EQ(shares({.temperature = 1.0F, .top_p = 0.76F, .seed = 7}, kLogits).size(), 3u);
  EXPECT_EQ(shares({.temperature = 1.0F, .top_p = 0.0F, .seed = 7}, kLogits).size(), 1u);
}

TEST(Sampler, MinPKeepsWhatIsNearTheBest) {
  EXPECT_EQ(shares({.temperature = 1.0F, .min_p = 0.2F, .seed = 7}, kLogits).size(), 3u);
}

TEST(Sampler, ALowTemperatureSharpens) {
  EXPECT_GT(shares({.temperature = 0.25F, .seed = 7}, kLogits).at(0), 0.9);
}

TEST(Sampler, PenaltiesAndBiasMoveTheGreedyChoice) {
  std::vector<float> logits = {2.0F, 1.5F, -1.0F};
  Sampler repeat({.repeat_penalty = 2.0F}, kernels());
  repeat.accept(0);
  EXPECT_EQ(repeat.choose(logits, 0), 1);
  logits = {2.0F, 1.5F, -1.0F};
  Sampler frequency({.frequency_penalty = 0.3F}, kernels());
  frequency.accept(0);
  EXPECT_EQ(frequency.choose(logits, 0), 0);
  logits = {2.0F, 1.5F, -1.0F};
  frequency.accept(0);
  EXPECT_EQ(frequency.choose(logits, 0), 1);
  logits = {2.0F, 1.5F, -1.0F};
  Sampler biased({.logit_bias = {{2, 100.0F}, {9999, 1.0F}}}, kernels());
  EXPECT_EQ(biased.choose(logits, 0), 2);
}

TEST(Sampler, AChoiceThatIsRefusedIsFollowedByTheNextLikely) {
  std::vector<float> logits = {2.0F, 1.5F, -1.0F};
  Sampler greedy({.logit_bias = {{2, 2.8F}}}, kernels());
  EXPECT_EQ(greedy.choose(logits, 0), 0);
  EXPECT_EQ(greedy.choose_instead(logits, 0, 0), 2);  // the bias counts once
  EXPECT_EQ(greedy.choose_instead(logits, 0, 2), 1);
}

TEST(Sampler, TheSameSeedAndStepGiveTheSameDraw) {
  EXPECT_EQ(uniform(1, 2), uniform(1, 2));
  EXPECT_NE(uniform(1, 2), uniform(1, 3));
  EXPECT_NE(uniform(1, 2), uniform(2, 2));
}

TEST(Sampler, LogprobsSumToOneAndTheBestComeFirst) {
  std::vector<float> logits(37);
  for (std::size_t i = 0; i < logits.size(); ++i) logits[i] = static_cast<float>(i % 7);
  std::vector<float> logprobs(logits.size());
  Sampler::to_logprobs(logits, kernels(), logprobs);
  double sum = 0;
  for (const float each : logprobs) sum += std::exp(static_cast<double>(each));
  EXPECT_NEAR(sum, 1.0, 1e-5);
  const auto best = most_likely(logprobs, 2);
  EXPECT_EQ(best[0].first, 6);
  EXPECT_EQ(best[1].first, 13);
}

}  // namespace
}  // namespace mw::runtime
