#include "plant/internal/block_sealer.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>

#include "plant/internal/block_codec.h"
#include "plant/internal/sqlite_schema.h"
#include "plant/internal/sqlite_session.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

class BlockSealerTest : public testing::Test {
 protected:
  void SetUp() override {
    database_ = sqlite::Database::open((folder_.path() / "plant.db").string(),
                                       sqlite::Database::Mode::kReadWrite)
                    .value();
    ASSERT_TRUE(prepare_schema(database_));
    ASSERT_TRUE(database_.execute("PRAGMA synchronous = OFF"));
    SqliteStoreOptions options;
    options.path = (folder_.path() / "plant.db").string();
    file_ = SqliteDatabase::open(options).value();
    tables_ = std::make_unique<StoreTables>(file_->connect(SqlSession::Access::kWrite).value());
    sealer_.emplace(*tables_, no_log());
  }

  /// All samples of tag 1 in block order; checks that blocks are full of order and do not overlap.
  std::map<TimeNs, double> content() {
    std::map<TimeNs, double> all;
    auto select = database_
                      .prepare(
                          "SELECT start_ns, end_ns, count, body FROM block WHERE tag = 1 "
                          "ORDER BY start_ns")
                      .value();
    TimeNs last_end_ns = INT64_MIN;
    while (select.step().value()) {
      const auto samples = decode_block(select.blob(3)).value();
      EXPECT_EQ(static_cast<int64_t>(samples.size()), select.integer(2));
      EXPECT_EQ(samples.front().ts_ns, select.integer(0));
      EXPECT_EQ(samples.back().ts_ns, select.integer(1));
      EXPECT_GT(samples.front().ts_ns, last_end_ns);
      last_end_ns = samples.back().ts_ns;
      for (const StoredSample& sample : samples) {
        EXPECT_TRUE(all.emplace(sample.ts_ns, sample.value).second);
      }
    }
    return all;
  }

  int64_t blocks() { return database_.integer("SELECT count(*) FROM block WHERE tag = 1").value(); }

  static std::vector<StoredSample> steps(int64_t from, int64_t to, int64_t by, double value) {
    std::vector<StoredSample> samples;
    for (int64_t ts = from; ts < to; ts += by) samples.push_back({ts, ts, value, 0});
    return samples;
  }

  testing_support::TemporaryFolder folder_;
  sqlite::Database database_;
  std::unique_ptr<SqlDatabase> file_;
  std::unique_ptr<StoreTables> tables_;
  std::optional<BlockSealer> sealer_;
};

TEST_F(BlockSealerTest, FillsTheLastBlockBeforeItStartsANewOne) {
  for (int64_t at = 0; at < 4096; at += 256) {
    ASSERT_TRUE(sealer_->seal(1, steps(at, at + 256, 1, 1.0)));
  }
  EXPECT_EQ(blocks(), 2);
  EXPECT_EQ(content().size(), 4096u);
}

TEST_F(BlockSealerTest, MergesLateSamplesAndKeepsTheFirstOfEqualTimes) {
  ASSERT_TRUE(sealer_->seal(1, steps(0, 10'000, 2, 1.0)));  // 5000 samples, three blocks
  const auto duplicates = sealer_->seal(1, steps(-100, 10'100, 1, 2.0));
  ASSERT_TRUE(duplicates);
  EXPECT_EQ(*duplicates, 5000u);
  const std::map<TimeNs, double> all = content();
  EXPECT_EQ(all.size(), 10'200u);
  EXPECT_EQ(all.at(4000), 1.0);
  EXPECT_EQ(all.at(4001), 2.0);
  EXPECT_EQ(all.at(-100), 2.0);
  EXPECT_EQ(all.at(10'099), 2.0);
}

TEST_F(BlockSealerTest, GivesTheSameContentInWhateverOrderSamplesCome) {
  std::mt19937 random(11);
  std::map<TimeNs, double> expected;
  for (int round = 0; round < 60; ++round) {
    std::map<TimeNs, double> batch;
    const int64_t base = static_cast<int64_t>(random() % 50'000);
    for (int i = 0; i < 200; ++i) batch[base + static_cast<int64_t>(random() % 3000)] = round;
    std::vector<StoredSample> samples;
    for (const auto& [ts_ns, value] : batch) samples.push_back({ts_ns, ts_ns, value, 0});
    ASSERT_TRUE(sealer_->seal(1, samples));
    expected.insert(batch.begin(), batch.end());  // keeps what is there: the first stays
  }
  EXPECT_EQ(content(), expected);
}

TEST_F(BlockSealerTest, SetsADamagedBlockAsideAndGoesOn) {
  ASSERT_TRUE(sealer_->seal(1, steps(0, 100, 1, 1.0)));
  ASSERT_TRUE(database_.execute("UPDATE block SET body = x'0102030405'"));
  ASSERT_TRUE(sealer_->seal(1, steps(50, 200, 1, 2.0)));
  EXPECT_EQ(content().size(), 150u);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM damaged_block").value(), 1);
}

}  // namespace
}  // namespace mw::plant
