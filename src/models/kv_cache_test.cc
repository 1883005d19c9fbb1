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

/// Where the keys and values of each layer, block and head begin, in the order of a file.
std::vector<uint8_t*> starts_of(const KvSequence& sequence, int blocks) {
  std::vector<uint8_t*> starts;
  for (int block = 0; block < blocks; ++block) {
    for (int layer = 0; layer < 2; ++layer) {
      const tensor::KvBlocks kv = sequence.layer(layer);
      for (const auto& kind : {kv.keys, kv.values}) {
        for (int head = 0; head < 3; ++head) {
          starts.push_back(kind[static_cast<std::size_t>(block)] + head * kv.head_stride);
        }
      }
    }
  }
  return starts;
}

TEST(KvCache, PartsOfBlocksDoNotOverlapInAnyFormatAndAreWhatIsWrittenToDisk) {
  using tensor::KvFormat;
  constexpr int kBlocks = 20;  // more than a group
  for (const KvFormat format : {KvFormat::kF16, KvFormat::kF32, KvFormat::kI8}) {
    ModelConfig config = small();
    config.kv_format = format;
    const auto head_bytes = static_cast<std::ptrdiff_t>(tensor::kv_head_bytes(format, 64));
    KvPool pool(config, static_cast<uint64_t>(kBlocks * 2 * 2 * 3 * head_bytes));
    ASSERT_EQ(pool.block_count(), kBlocks);
    KvSequence sequence(pool);
    ASSERT_TRUE(sequence.reserve(kBlocks * tensor::kKvBlock));
    std::vector<uint8_t*> starts = starts_of(sequence, kBlocks);
    std::size_t at = 0;
    for (int block = 0; block < kBlocks; ++block) {
      for (const std::span<std::byte> part : pool.parts(sequence.block(block))) {
        ASSERT_LT(at, starts.size());
        EXPECT_EQ(reinterpret_cast<uint8_t*>(part.data()), starts[at++]);
        EXPECT_EQ(part.size(), static_cast<std::size_t>(head_bytes));
      }
    }
    EXPECT_EQ(at, starts.size());
    std::sort(starts.begin(), starts.end());
    for (std::size_t i = 1; i < starts.size(); ++i) {
      EXPECT_GE(starts[i] - starts[i - 1], head_bytes);
    }
  }
}

TEST(KvCache, AHeadsKeysOfSixteenBlocksThatWereTakenInARowLieSideBySide) {
  const ModelConfig config = small();
  const auto head_bytes =
      static_cast<std::ptrdiff_t>(tensor::kv_head_bytes(config.kv_format, config.head_dim));
  KvPool pool(config, 1 << 24);
  KvSequence sequence(pool);
  ASSERT_TRUE(sequence.reserve(16 * tensor::kKvBlock));
  const auto keys = sequence.layer(1).keys;
  for (std::size_t i = 1; i < 16; ++i) EXPECT_EQ(keys[i] - keys[i - 1], head_bytes);
}

}  // namespace
}  // namespace mw::models
