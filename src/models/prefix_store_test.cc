#include "models/prefix_store.h"

#include <gtest/gtest.h>

#include <cstring>
#include <numeric>

#include "core/file.h"
#include "models/internal/prefix_head.h"
#include "tests/support/temporary_folder.h"

namespace mw::models {
namespace {

constexpr uint64_t kBlockBytes = 4096;

std::vector<int32_t> tokens(int blocks, int32_t first) {
  std::vector<int32_t> ids(static_cast<std::size_t>(blocks) * 16);
  std::iota(ids.begin(), ids.end(), first);
  return ids;
}

/// Blocks with bytes of their own, each in two parts.
struct Blocks {
  explicit Blocks(int count, int salt = 0) : bytes(static_cast<std::size_t>(count) * kBlockBytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<std::byte>((i / 7 + i / kBlockBytes + static_cast<std::size_t>(salt)));
    }
    for (int i = 0; i < count; ++i) {
      const auto block =
          std::span(bytes).subspan(static_cast<std::size_t>(i) * kBlockBytes, kBlockBytes);
      views.push_back({block.first(kBlockBytes / 4), block.subspan(kBlockBytes / 4)});
    }
  }
  std::vector<std::byte> bytes;
  std::vector<BlockParts> views;
};

class PrefixStoreTest : public ::testing::Test {
 protected:
  std::unique_ptr<PrefixStore> open(const std::string& model = "m", uint64_t budget = 1 << 20) {
    auto store = PrefixStore::open({.folder = folder_.path(),
                                    .model = model,
                                    .block_bytes = kBlockBytes,
                                    .budget_bytes = budget,
                                    .least_blocks = 2},
                                   no_log());
    EXPECT_TRUE(store) << store.error().message.en;
    return std::move(*store);
  }
  std::filesystem::path only_file() const {
    for (const auto& each : std::filesystem::directory_iterator(folder_.path())) return each.path();
    return {};
  }
  void keep_one() {
    const auto store = open();
    store->save("r", tokens(4, 0), Blocks(4).views);
    store->wait();
  }
  testing_support::TemporaryFolder folder_;
  ThreadPool pool_{2};
};

TEST_F(PrefixStoreTest, ABeginningIsFoundAgainAfterARestart) {
  keep_one();
  const auto store = open();
  auto longer = tokens(4, 0);
  const auto more = tokens(3, 900);
  longer.insert(longer.end(), more.begin(), more.end());
  const auto match = store->find("r", longer);
  ASSERT_TRUE(match);
  EXPECT_EQ(match->blocks, 4);
  Blocks into(3, 99);
  ASSERT_TRUE(store->read(*match, 1, into.views, pool_));
  const Blocks written(4);
  EXPECT_EQ(std::memcmp(into.bytes.data(), written.bytes.data() + kBlockBytes, 3 * kBlockBytes), 0);
}

TEST_F(PrefixStoreTest, OtherRightsModelsAndPromptsFindNothing) {
  keep_one();
  EXPECT_FALSE(open()->find("other", tokens(4, 0)));
  EXPECT_FALSE(open("another build")->find("r", tokens(4, 0)));
  EXPECT_FALSE(open()->find("r", tokens(4, 1)));
  EXPECT_FALSE(open()->find("r", tokens(1, 0)));  // shorter than least_blocks
  EXPECT_EQ(open()->find("r", tokens(2, 0))->blocks, 2);
}

TEST_F(PrefixStoreTest, TheLeastRecentlyUsedMakesRoom) {
  const uint64_t file_bytes = 4096 + 4 * kBlockBytes;
  const auto store = open("m", 2 * file_bytes);
  for (const int32_t first : {0, 1000, 2000}) {
    store->save("r", tokens(4, first), Blocks(4).views);
    store->wait();
    if (first == 1000) {
      Blocks into(1);
      ASSERT_TRUE(store->read(*store->find("r", tokens(4, 0)), 0, into.views, pool_));
    }
  }
  EXPECT_TRUE(store->find("r", tokens(4, 0)));
  EXPECT_FALSE(store->find("r", tokens(4, 1000)));
  EXPECT_TRUE(store->find("r", tokens(4, 2000)));
}

TEST_F(PrefixStoreTest, WhatAKilledWriterLeftIsRemoved) {
  keep_one();
  const auto left = folder_.path() / "half.mwprefix.new123";
  ASSERT_TRUE(write_file_atomically(left, "half a file"));
  EXPECT_TRUE(open()->find("r", tokens(4, 0)));
  EXPECT_FALSE(std::filesystem::exists(left));
}

TEST_F(PrefixStoreTest, AFolderThatCannotBeWrittenKeepsNothingAndHurtsNobody) {
  const auto store = open();
  std::filesystem::remove_all(folder_.path());
  store->save("r", tokens(4, 0), Blocks(4).views);
  store->wait();
  EXPECT_FALSE(store->find("r", tokens(4, 0)));
}

enum class Broken {
  kEmpty,
  kCutInStart,
  kCutInHead,
  kCutInBlocks,
  kLonger,
  kMagic,
  kVersion,
  kOddBlockBytes,
  kNoBlocks,
  kManyBlocks,
  kFlippedId,
  kFlippedDigest,
  kPadding,
  kWritableByOthers,
};

class BrokenPrefixFile : public PrefixStoreTest, public ::testing::WithParamInterface<Broken> {};

TEST_P(BrokenPrefixFile, IsRemovedAndNeverUsed) {
  keep_one();
  const auto path = only_file();
  std::string bytes = *read_file(path, 1 << 20);
  const auto put = [&](std::size_t at, uint32_t value) { std::memcpy(&bytes[at], &value, 4); };
  switch (GetParam()) {
    case Broken::kEmpty:
      bytes.clear();
      break;
    case Broken::kCutInStart:
      bytes.resize(30);
      break;
    case Broken::kCutInHead:
      bytes.resize(200);
      break;
    case Broken::kCutInBlocks:
      bytes.pop_back();
      break;
    case Broken::kLonger:
      bytes += "x";
      break;
    case Broken::kMagic:
      bytes[0] = 'X';
      break;
    case Broken::kVersion:
      put(8, 2);
      break;
    case Broken::kOddBlockBytes:
      put(16, 33);
      break;
    case Broken::kNoBlocks:
      put(24, 0);
      break;
    case Broken::kManyBlocks:
      put(24, 0xffffffffU);
      break;
    case Broken::kFlippedId:
      bytes[64] = static_cast<char>(bytes[64] ^ 1);
      break;
    case Broken::kFlippedDigest:
      bytes[64 + 4 * 16 * 4 + 4 * 8] = static_cast<char>(bytes[64 + 4 * 16 * 4 + 4 * 8] ^ 1);
      break;
    case Broken::kPadding:
      bytes[4095] = 1;
      break;
    case Broken::kWritableByOthers:
      break;
  }
  ASSERT_TRUE(write_file_atomically(path, bytes));
  if (GetParam() == Broken::kWritableByOthers) {
    std::filesystem::permissions(path, std::filesystem::perms::others_write,
                                 std::filesystem::perm_options::add);
  }
  EXPECT_FALSE(open()->find("r", tokens(4, 0)));
  EXPECT_FALSE(std::filesystem::exists(path));
}

INSTANTIATE_TEST_SUITE_P(All, BrokenPrefixFile,
                         ::testing::Values(Broken::kEmpty, Broken::kCutInStart, Broken::kCutInHead,
                                           Broken::kCutInBlocks, Broken::kLonger, Broken::kMagic,
                                           Broken::kVersion, Broken::kOddBlockBytes,
                                           Broken::kNoBlocks, Broken::kManyBlocks,
                                           Broken::kFlippedId, Broken::kFlippedDigest,
                                           Broken::kPadding, Broken::kWritableByOthers));

TEST_F(PrefixStoreTest, ADamagedBlockIsAnErrorAndForgotten) {
  keep_one();
  const auto path = only_file();
  std::string bytes = *read_file(path, 1 << 20);
  bytes.back() = static_cast<char>(bytes.back() ^ 4);
  ASSERT_TRUE(write_file_atomically(path, bytes));
  const auto store = open();
  const auto match = store->find("r", tokens(4, 0));
  ASSERT_TRUE(match);  // blocks are checked when they are read
  Blocks into(4);
  const auto read = store->read(*match, 0, into.views, pool_);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::kCorrupt);
  EXPECT_FALSE(store->find("r", tokens(4, 0)));
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace mw::models
