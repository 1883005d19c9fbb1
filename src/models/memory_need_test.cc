// Scope: what running a model takes, from shapes alone, and what is said where that is too much.
#include "models/memory_need.h"

#include <gtest/gtest.h>

#include "core/file.h"
#include "formats/gguf.h"
#include "models/model_folder.h"
#include "tests/support/source_dir.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_decoder.h"

namespace mw::models {
namespace {

constexpr uint64_t kGb = 1'000'000'000;

TEST(MemoryNeed, IsWhatALoadedModelHolds) {
  const testing_support::TinyDecoder tiny(mw::testing_support::source_dir(), "llama");
  const testing_support::TemporaryFolder folder;
  tiny.write_folder(folder.path(), 1);
  const auto opened = ModelFolder::open(folder.path());
  ASSERT_TRUE(opened) << opened.error().message.en;
  ThreadPool pool(1);
  const tensor::ExecContext ctx{&pool, &tensor::kernels_of(tensor::Isa::kScalar)};
  for (const FloatWeights floats : {FloatWeights::kAsStored, FloatWeights::kRounded}) {
    const auto model = load_model(*opened, ctx, nullptr, {.floats = floats});
    ASSERT_TRUE(model) << model.error().message.en;
    const MemoryNeed need = memory_need(WeightFile(opened->weights), (*model)->config(), floats);
    EXPECT_EQ(need.weights, (*model)->weight_bytes());
    const KvPool one((*model)->config(), need.conversation);
    const int window = std::min(4096, (*model)->config().context_length);
    EXPECT_EQ(one.block_count(), (window + tensor::kKvBlock - 1) / tensor::kKvBlock);
  }
}

TEST(MemoryNeed, WhatFitsIsLoadedAndWhatIsUnknownIsToo) {
  const MemoryNeed need{.weights = kGb, .rounded_weights = kGb, .conversation = kGb / 10};
  EXPECT_TRUE(check_memory(need, need.total()));
  EXPECT_TRUE(check_memory(need, std::nullopt));
}

TEST(MemoryNeed, WhatDoesNotFitIsRefusedWithWhatWould) {
  // 7 billion numbers in f16.
  const MemoryNeed floats{.weights = 14 * kGb,
                          .rounded_weights = 7 * kGb + kGb / 2,
                          .conversation = kGb / 2,
                          .elements = 7 * kGb};
  const auto said = [](const MemoryNeed& need, uint64_t free_bytes) {
    const auto checked = check_memory(need, free_bytes);
    EXPECT_FALSE(checked);
    EXPECT_EQ(checked.error().code, Code::kResourceExhausted);
    EXPECT_FALSE(checked.error().message.zh.empty());
    return checked.error().message.en;
  };
  EXPECT_EQ(said(floats, 9 * kGb),
            "this model takes 14.6 GB of memory (weights 14.0 GB, one conversation 0.5 GB), and "
            "9.0 GB are free; with --round-weights it takes 8.1 GB");
  EXPECT_NE(said(floats, 6 * kGb).find("a 4-bit form of this model takes about 4.9 GB"),
            std::string::npos);
  EXPECT_NE(said(floats, 2 * kGb).find("models of up to 2.3 billion parameters in 4 bits fit"),
            std::string::npos);
  EXPECT_NE(check_memory(floats, 2 * kGb).error().message.zh.find("约 23 亿参数"),
            std::string::npos);
  EXPECT_NE(said(floats, kGb / 2).find("ending other programs"), std::string::npos);
}

TEST(KvBudget, LeavesHalfOfWhatIsFreeAndIsOneConversationAtLeast) {
  ModelConfig config;
  config.layers = 2;
  config.kv_heads = 1;
  config.head_dim = 64;
  config.context_length = 2048;
  const uint64_t conversation = 128 * 2 * 2 * tensor::kv_head_bytes(config.kv_format, 64);
  EXPECT_EQ(kv_budget(2 * kGb, config, std::nullopt), 2 * kGb);
  EXPECT_EQ(kv_budget(2 * kGb, config, 20 * kGb), 2 * kGb);
  EXPECT_EQ(kv_budget(2 * kGb, config, kGb), kGb / 2);
  EXPECT_EQ(kv_budget(2 * kGb, config, 0), conversation);
}

}  // namespace
}  // namespace mw::models
