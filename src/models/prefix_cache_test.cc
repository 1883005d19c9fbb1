#include "models/prefix_cache.h"

#include <gtest/gtest.h>

#include <numeric>

namespace mw::models {
namespace {

ModelConfig tiny() {
  ModelConfig config;
  config.layers = 1;
  config.kv_heads = 1;
  config.head_dim = 16;
  return config;
}
constexpr uint64_t kBlockBytes = 2 * 16 * 16 * 2;  // keys + values, 16 x 16 positions, 2 bytes

/// `count` tokens that begin with `first`.
std::vector<int32_t> tokens(int count, int32_t first) {
  std::vector<int32_t> ids(static_cast<std::size_t>(count));
  std::iota(ids.begin(), ids.end(), first);
  return ids;
}

std::vector<int32_t> joined(std::vector<int32_t> a, const std::vector<int32_t>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

class PrefixCacheTest : public ::testing::Test {
 protected:
  /// Runs `ids` as the model would and remembers them; what keep() said.
  int run(const std::string& scope, const std::vector<int32_t>& ids) {
    KvSequence sequence(pool_);
    const auto known = cache_.find(scope, ids);
    sequence.share(known);
    EXPECT_TRUE(sequence.reserve(static_cast<int>(ids.size())));
    std::vector<int> blocks;
    for (std::size_t i = 0; i < ids.size() / 16; ++i) {
      blocks.push_back(sequence.block(static_cast<int>(i)));
    }
    return cache_.keep(scope, ids, blocks);
  }
  std::size_t known(const std::string& scope, const std::vector<int32_t>& ids) {
    return cache_.find(scope, ids).size();
  }
  KvPool pool_{tiny(), 12 * kBlockBytes};
  PrefixCache cache_{pool_};
};

TEST_F(PrefixCacheTest, APromptThatBeginsAsAFormerOneFindsItsWholeBlocks) {
  run("a", tokens(40, 0));
  EXPECT_EQ(cache_.blocks(), 2);  // 8 of the 40 tokens fill no block
  EXPECT_EQ(known("a", tokens(40, 0)), 2u);
  EXPECT_EQ(known("a", joined(tokens(20, 0), tokens(20, 500))), 1u);
  EXPECT_EQ(known("a", tokens(15, 0)), 0u);
  EXPECT_EQ(known("a", tokens(40, 1)), 0u);
}

TEST_F(PrefixCacheTest, WhatOneScopePutInIsNeverFoundFromAnother) {
  run("maintenance", tokens(32, 0));
  EXPECT_EQ(known("maintenance", tokens(32, 0)), 2u);
  EXPECT_EQ(known("customer", tokens(32, 0)), 0u);
  EXPECT_EQ(known("", tokens(32, 0)), 0u);
}

TEST_F(PrefixCacheTest, TheSameBeginningIsHeldOnce) {
  run("a", tokens(48, 0));
  run("a", tokens(48, 0));
  EXPECT_EQ(cache_.blocks(), 3);
  EXPECT_EQ(pool_.free_blocks(), 9);
}

TEST_F(PrefixCacheTest, TellsWhenABeginningGetsItsSecondContinuation) {
  EXPECT_EQ(run("a", joined(tokens(32, 0), tokens(16, 100))), 0);
  EXPECT_EQ(run("a", joined(tokens(32, 0), tokens(16, 100))), 0);  // the same again
  EXPECT_EQ(run("a", joined(tokens(48, 0), tokens(16, 100))), 2);  // forks after two blocks
  EXPECT_EQ(run("a", joined(tokens(32, 0), tokens(16, 300))), 0);  // a third is no news
}

TEST_F(PrefixCacheTest, MakesRoomLeastRecentlyUsedFirst) {
  run("a", tokens(64, 0));    // 4 blocks
  run("a", tokens(64, 500));  // 4 blocks
  known("a", tokens(64, 0));  // used again
  EXPECT_TRUE(cache_.make_room(6));
  EXPECT_EQ(known("a", tokens(64, 0)), 4u);
  EXPECT_EQ(known("a", tokens(64, 500)), 2u);  // lost its end first
}

TEST_F(PrefixCacheTest, IsTrimmedToWhatItMayHold) {
  run("a", tokens(64, 0));
  run("a", tokens(64, 500));
  cache_.trim(3);
  EXPECT_EQ(cache_.blocks(), 3);
  EXPECT_EQ(known("a", tokens(64, 500)), 3u);
  EXPECT_EQ(pool_.free_blocks(), 9);
}

TEST_F(PrefixCacheTest, GivesUpNothingThatASequenceReads) {
  run("a", tokens(96, 0));  // 6 blocks
  KvSequence reader(pool_);
  const auto shared = cache_.find("a", tokens(96, 0));
  reader.share(shared);
  EXPECT_EQ(reader.length(), 96);
  EXPECT_FALSE(cache_.make_room(12));
  EXPECT_EQ(known("a", tokens(96, 0)), 6u);
  reader.truncate(0);
  EXPECT_TRUE(cache_.make_room(12));
  EXPECT_EQ(cache_.blocks(), 0);
}

TEST_F(PrefixCacheTest, ManyRandomUsesLeaveEveryBlockAccountedFor) {
  uint64_t state = 1;
  const auto random = [&](int below) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<int>((state >> 33) % static_cast<uint64_t>(below));
  };
  for (int i = 0; i < 2000; ++i) {
    std::vector<int32_t> ids;
    for (int block = 0; block < 1 + random(5); ++block) {
      ids = joined(std::move(ids), tokens(16, 100 * random(3)));
    }
    const std::string scope(1, static_cast<char>('a' + random(2)));
    ASSERT_TRUE(cache_.make_room(static_cast<int>(ids.size() / 16))) << i;
    run(scope, ids);
    ASSERT_EQ(cache_.blocks() + pool_.free_blocks(), 12) << i;
  }
}

}  // namespace
}  // namespace mw::models
