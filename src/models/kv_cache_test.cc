#include "models/kv_cache.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace mw::models {
namespace {

ModelConfig small() {
  ModelConfig config;
  config.layers = 2;
  config.kv_heads = 3;
  config.head_dim = 64;
  return config;
}
// 2 layers x (keys + values) x 3 heads x 64 x 16 positions x 2 bytes
constexpr uint64_t kBlockBytes = 2 * 2 * 3 * 64 * 16 * 2;

TEST(KvCache, ASequenceTakesBlocksAsItGrowsAndGivesThemBack) {
  KvPool pool(small(), 10 * kBlockBytes);
  ASSERT_EQ(pool.block_count(), 10);
  {
    KvSequence sequence(pool);
    ASSERT_TRUE(sequence.reserve(17));
    EXPECT_EQ(pool.free_blocks(), 8);
    ASSERT_TRUE(sequence.reserve(32));
    EXPECT_EQ(pool.free_blocks(), 8);
    sequence.advance(32);
    sequence.truncate(16);
    EXPECT_EQ(pool.free_blocks(), 9);
    EXPECT_EQ(sequence.length(), 16);
  }
  EXPECT_EQ(pool.free_blocks(), 10);
}

TEST(KvCache, AnEmptyPoolIsAnErrorThatTakesNothing) {
  KvPool pool(small(), 2 * kBlockBytes);
  KvSequence first(pool);
  ASSERT_TRUE(first.reserve(16));
  KvSequence second(pool);
  const auto refused = second.reserve(33);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kResourceExhausted);
  EXPECT_EQ(pool.free_blocks(), 1);
  EXPECT_TRUE(second.reserve(16));
}

TEST(KvCache, LayersAndBlocksDoNotOverlapInAnyFormat) {
  using tensor::KvFormat;
  for (const KvFormat format : {KvFormat::kF16, KvFormat::kF32, KvFormat::kI8}) {
    ModelConfig config = small();
    config.kv_format = format;
    const auto head_bytes = static_cast<std::ptrdiff_t>(tensor::kv_head_bytes(format, 64));
    KvPool pool(config, static_cast<uint64_t>(4 * 2 * 2 * 3 * head_bytes));
    KvSequence sequence(pool);
    ASSERT_TRUE(sequence.reserve(64));
    std::vector<uint8_t*> starts;
    for (int layer = 0; layer < 2; ++layer) {
      for (std::size_t block = 0; block < 4; ++block) {
        starts.push_back(sequence.layer(layer).keys[block]);
        starts.push_back(sequence.layer(layer).values[block]);
      }
    }
    std::sort(starts.begin(), starts.end());
    for (std::size_t i = 1; i < starts.size(); ++i) {
      EXPECT_EQ(starts[i] - starts[i - 1], 3 * head_bytes);
    }
  }
}

}  // namespace
}  // namespace mw::models
