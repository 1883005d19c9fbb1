#include "plant/internal/rollup_rows.h"

#include <gtest/gtest.h>

#include "plant/internal/rollup_fold.h"
#include "plant/internal/sqlite_session.h"
#include "plant/internal/test_plant.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

constexpr uint32_t kTag = 7;
constexpr int64_t kRowNs = kRollupsPerRow * kMinuteNs;
constexpr TimeNs kStart = 200'000 * kRowNs;  // of a row

class RollupRowsTest : public testing::Test {
 protected:
  void SetUp() override {
    SqliteStoreOptions options;
    options.path = (folder_.path() / "plant.db").string();
    options.catalogue = test_catalogue();
    database_ = SqliteDatabase::open(options).value();
    tables_ = std::make_unique<StoreTables>(database_->connect(SqlSession::Access::kWrite).value());
    rows_ = std::make_unique<RollupRows>(
        *tables_, [this](LogLevel, std::string_view, std::string_view) { ++complaints_; });
  }
  static Rollup minute(int64_t index) {
    RollupFold fold({kStart + index * kMinuteNs, kStart + (index + 1) * kMinuteNs}, kNsPerSecond);
    fold.add(kStart + index * kMinuteNs, static_cast<double>(index), true, true);
    return fold.finish();
  }
  void put(int64_t count) {
    std::vector<Rollup> minutes;
    for (int64_t i = 0; i < count; ++i) minutes.push_back(minute(i));
    ASSERT_TRUE(rows_->put(kTag, minutes));
  }
  /// Makes the row of that number one that does not decode.
  void damage(int64_t row) {
    const std::string body = "no rollups";
    ASSERT_TRUE(tables_->put_rollup_row(kTag, kMinuteNs, kStart + row * kRowNs,
                                        std::as_bytes(std::span(body))));
  }
  std::vector<int64_t> indexes(TimeWindow starts) {
    std::vector<int64_t> out;
    const std::vector<Rollup> rollups =
        rows_->read(kTag, kMinuteNs, starts, RollupParts::kAll).value();
    for (const Rollup& rollup : rollups) {
      out.push_back((rollup.start_ns - kStart) / kMinuteNs);
    }
    return out;
  }

  testing_support::TemporaryFolder folder_;
  std::unique_ptr<SqlDatabase> database_;
  std::unique_ptr<StoreTables> tables_;
  std::unique_ptr<RollupRows> rows_;
  int complaints_ = 0;
};

TEST_F(RollupRowsTest, GivesEachStretchOnceHoweverManyRowsTheyFill) {
  put(100 * kRollupsPerRow);
  const std::vector<int64_t> all = indexes({INT64_MIN, INT64_MAX});
  ASSERT_EQ(all.size(), static_cast<std::size_t>(100 * kRollupsPerRow));
  for (std::size_t i = 0; i < all.size(); ++i) ASSERT_EQ(all[i], static_cast<int64_t>(i));
  EXPECT_EQ(indexes({kStart + 127 * kMinuteNs, kStart + 130 * kMinuteNs}),
            (std::vector<int64_t>{127, 128, 129}));
  EXPECT_TRUE(indexes({kStart, kStart}).empty());
}

TEST_F(RollupRowsTest, FetchesNoMoreThanAVisitorWants) {
  put(10 * kRollupsPerRow);
  for (int64_t row = 1; row < 10; ++row) damage(row);
  int seen = 0;
  ASSERT_TRUE(rows_->each(kTag, kMinuteNs, {INT64_MIN, INT64_MAX}, RollupParts::kChart,
                          [&](const Rollup&) -> Result<bool> {
                            ++seen;
                            return false;
                          }));
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(complaints_, 0) << "rows behind the first one were unpacked";
}

TEST_F(RollupRowsTest, LetsAVisitorAskForOtherRowsAndEndsWithItsError) {
  put(3 * kRollupsPerRow);
  int64_t pairs = 0;
  const auto outcome = rows_->each(
      kTag, kMinuteNs, {INT64_MIN, INT64_MAX}, RollupParts::kAll,
      [&](const Rollup& outer) -> Result<bool> {
        if (pairs == 200) return Error::make(Code::kIo, "enough");
        MW_ASSIGN(
            const std::vector<Rollup> inner,
            rows_->read(kTag, kMinuteNs, {outer.start_ns, outer.end_ns()}, RollupParts::kAll));
        pairs += static_cast<int64_t>(inner.size());
        return true;
      });
  EXPECT_EQ(pairs, 200);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().message.en, "enough");
}

TEST_F(RollupRowsTest, DropsWhatIsOldByBoundedStepsWithoutReadingIt) {
  put(10 * kRollupsPerRow);
  for (int64_t row = 0; row < 6; ++row) damage(row);
  const TimeNs until_ns = kStart + 8 * kRowNs + 5 * kMinuteNs;
  EXPECT_FALSE(rows_->drop_before(kTag, kMinuteNs, until_ns, 4).value());
  EXPECT_FALSE(rows_->drop_before(kTag, kMinuteNs, until_ns, 4).value());
  EXPECT_TRUE(rows_->drop_before(kTag, kMinuteNs, until_ns, 4).value());
  EXPECT_EQ(complaints_, 0);
  const std::vector<int64_t> left = indexes({INT64_MIN, INT64_MAX});
  EXPECT_EQ(left.front(), 8 * kRollupsPerRow + 5);
  EXPECT_EQ(left.size(), static_cast<std::size_t>(2 * kRollupsPerRow - 5));
}

TEST_F(RollupRowsTest, KnowsTheLastUsableSampleOfAStretchThatEndsWithAMark) {
  RollupFold fold({kStart, kStart + kMinuteNs}, kNsPerSecond);
  fold.add(kStart + 10, 4, true, true);
  fold.add(kStart + 20, 0, false, false);
  ASSERT_TRUE(rows_->put(kTag, std::vector{fold.finish()}));
  for (const TimeNs before_ns : {kStart + 21, kStart + 20, kStart + 11}) {
    const auto found = rows_->last_before(kTag, kMinuteNs, before_ns).value();
    ASSERT_TRUE(found.has_value()) << before_ns - kStart;
    EXPECT_EQ(found->last.ts_ns, kStart + 10);
  }
  EXPECT_FALSE(rows_->last_before(kTag, kMinuteNs, kStart + 10).value().has_value());
}

}  // namespace
}  // namespace mw::plant
