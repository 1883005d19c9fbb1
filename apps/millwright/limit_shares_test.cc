#include "apps/millwright/limit_shares.h"

#include <gtest/gtest.h>

namespace mw::app {
namespace {

models::ModelConfig smollm2_135m() {
  models::ModelConfig config;
  config.layers = 30;
  config.width = 576;
  config.heads = 9;
  config.kv_heads = 3;
  config.head_dim = 64;
  config.ffn_width = 1536;
  config.vocabulary = 49152;
  return config;
}

TEST(LimitShares, TheDefaultModelHas106MillionWeightsWithoutItsEmbedding) {
  EXPECT_DOUBLE_EQ(weights_a_token(smollm2_135m()), 106'168'320);
}

TEST(LimitShares, APromptMeetsOnlyKeysAndValuesOfTheLastLayer) {
  EXPECT_DOUBLE_EQ(weights_a_prompt_token(smollm2_135m()), 102'850'560);
}

TEST(LimitShares, BytesHalveTheProductsOfAWeight) {
  tensor::MachineLimits limits;
  limits.isa = tensor::Isa::kAvx512;
  limits.rates = {{1, 205.70112, 58, 116, 26, 90, 25}, {2, 411.40224, 116, 231, 50, 180, 45}};
  models::ModelConfig config = smollm2_135m();
  config.inputs = tensor::InputForm::kBytes;
  Json out;
  add_shares(out, config, limits, {.prefill_tok_s = 1000, .threads = 2});
  EXPECT_EQ(out["macs_a_weight"], 1);
  EXPECT_DOUBLE_EQ(out["prefill_share"].get<double>(), 0.25);
}

TEST(LimitShares, KeysAndValuesOfAPositionAreReadInHalves) {
  EXPECT_DOUBLE_EQ(kv_bytes_at(smollm2_135m(), 1), 23'040);
}

TEST(LimitShares, SharesAreOfTheLimitsOfTheThreadsThatRan) {
  tensor::MachineLimits limits;
  limits.isa = tensor::Isa::kAvx512;
  limits.l3_bytes = 32 << 20;
  limits.rates = {{1, 205.70112, 58, 116, 26, 90, 25}, {2, 411.40224, 116, 231, 50, 180, 45}};
  Json out;
  add_shares(out, smollm2_135m(), limits,
             {.prefill_tok_s = 1000, .decode_tok_s = 250, .threads = 2, .weight_bytes = 1e8});
  EXPECT_DOUBLE_EQ(out["prefill_share"].get<double>(), 0.5);
  EXPECT_DOUBLE_EQ(out["decode_share"].get<double>(), 0.5);
  EXPECT_EQ(out["limits"]["int_gmac_s"], 411.40224);
  EXPECT_EQ(out["limits"]["memory_gb_s"], 50);
  EXPECT_EQ(out["macs_a_weight"], 2);
  EXPECT_EQ(out["weights_fit_l3"], false);
  EXPECT_NEAR(out["decode_mac_share"].get<double>(), 250 * 2 * 134.479872e6 / 411.40224e9, 1e-9);
}

TEST(LimitShares, ContextCountsForEachSequence) {
  tensor::MachineLimits limits;
  limits.rates = {{1, 200, 58, 116, 23.04, 90, 25}};
  Json out;
  // 16 sequences at 1,000 positions on average read 369 MB a step beside 92 MB of weights.
  add_shares(out, smollm2_135m(), limits,
             {.decode_tok_s = 160,
              .batch = 16,
              .context = 990,
              .generate_tokens = 20,
              .weight_bytes = 92.16e6});
  EXPECT_DOUBLE_EQ(out["decode_share"].get<double>(), 10 * (92.16e6 + 368.64e6) / 23.04e9);
}

}  // namespace
}  // namespace mw::app
