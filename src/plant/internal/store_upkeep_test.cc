#include "plant/internal/store_upkeep.h"

#include "plant/internal/rollup_fold.h"
#include "plant/testing/test_tables.h"
#include "sqlite/database.h"

namespace mw::plant {
namespace {

constexpr uint32_t kTag = 1;
constexpr TimeNs kStart = 1'760'000'400 * kNsPerSecond;  // a whole hour

class StoreUpkeepTest : public TablesTest {
 protected:
  /// As at a start, with that watchdog period.
  void start(int64_t hold_ns) {
    tail_.clear();
    upkeep_ = std::make_unique<StoreUpkeep>(
        *tables_, tail_, std::vector<TagRole>{{}, {true, hold_ns}}, counters_, no_log());
    ASSERT_TRUE(upkeep_->prepare());
  }
  void put(const std::vector<StoredSample>& samples) {
    std::vector<JournalEntry> entries;
    for (const StoredSample& sample : samples) entries.push_back({kTag, sample});
    (void)tail_.insert(entries);
    ASSERT_TRUE(upkeep_->seal());
  }
  int roll_all() {
    int steps = 0;
    for (; upkeep_->has_to_roll() && steps < 1000; ++steps) EXPECT_TRUE(upkeep_->roll());
    return steps;
  }
  std::vector<Rollup> hours() {
    return RollupRows(*tables_, no_log())
        .read(kTag, kHourNs, {INT64_MIN, INT64_MAX}, RollupParts::kAll)
        .value();
  }

  TailTable tail_;
  WriterCounters counters_;
  std::unique_ptr<StoreUpkeep> upkeep_;
};

TEST_F(StoreUpkeepTest, RollsUpHoursThatHavePassedAndLeavesTheLastOne) {
  start(kNsPerSecond);
  put(ramp(kStart, 2 * kNsPerSecond, 3 * 1800 + 5));
  EXPECT_EQ(upkeep_->due_hours(), 4u);
  roll_all();
  EXPECT_EQ(hours().size(), 3u);
  EXPECT_EQ(upkeep_->due_hours(), 1u);
}

TEST_F(StoreUpkeepTest, TakesAwayTheRollupOfAnHourIntoWhichALateSampleCame) {
  start(kNsPerSecond);
  put(ramp(kStart, 2 * kNsPerSecond, 3 * 1800));
  roll_all();
  put({stored(kStart + kHourNs + 1, 99)});
  for (const Rollup& hour : hours()) EXPECT_NE(hour.start_ns, kStart + kHourNs) << "it is wrong";
  roll_all();
  EXPECT_EQ(hours()[1].max.value, 3599);
  EXPECT_EQ(hours()[1].count, 1801u);
}

TEST_F(StoreUpkeepTest, MakesHoursAnewInStepsWhenTheWatchdogPeriodIsAnother) {
  start(kNsPerSecond);
  put(ramp(kStart, 2 * kNsPerSecond, 500 * 1800));
  roll_all();
  ASSERT_EQ(hours().size(), 499u);
  ASSERT_EQ(hours()[7].usable_ns, kHourNs / 2);
  start(kHourNs);
  EXPECT_TRUE(hours().empty()) << "nobody may read what was made with another period";
  EXPECT_TRUE(upkeep_->has_to_roll());
  EXPECT_GT(roll_all(), 1) << "more than commits can wait for at once";
  ASSERT_EQ(hours().size(), 499u);
  for (const Rollup& hour : hours()) {
    ASSERT_EQ(hour.usable_ns, kHourNs);
    ASSERT_EQ(hour.count, 1800u);
  }
  EXPECT_EQ(upkeep_->due_hours(), 1u) << "the last one is still under way";
  start(kHourNs);
  EXPECT_EQ(hours().size(), 499u) << "once is enough";
}

TEST_F(StoreUpkeepTest, GoesOnMakingHoursAnewAfterAnEndAmongThem) {
  start(kNsPerSecond);
  put(ramp(kStart, 2 * kNsPerSecond, 500 * 1800));
  roll_all();
  start(kHourNs);
  ASSERT_TRUE(upkeep_->roll());                // how far it comes is the machine's affair
  put({stored(kStart + 5 * kHourNs + 1, 4)});  // late, into an hour that may be made already
  start(kHourNs);
  roll_all();
  ASSERT_EQ(hours().size(), 499u);
  EXPECT_EQ(hours()[5].count, 1801u);
}

TEST_F(StoreUpkeepTest, ForgetsNothingWhenPackingFails) {
  start(kNsPerSecond);
  auto other = sqlite::Database::open(path(), sqlite::Database::Mode::kReadWrite).value();
  ASSERT_TRUE(other.execute(
      "CREATE TRIGGER no_blocks BEFORE INSERT ON block BEGIN SELECT RAISE(ABORT, 'not now'); END"));
  std::vector<JournalEntry> entries;
  for (const StoredSample& sample : ramp(kStart, kNsPerSecond, 10))
    entries.push_back({kTag, sample});
  (void)tail_.insert(entries);
  EXPECT_FALSE(upkeep_->seal());
  EXPECT_TRUE(upkeep_->seal_failed());
  EXPECT_EQ(tail_.size(), 10u);
  EXPECT_EQ(upkeep_->due_hours(), 0u);
  ASSERT_TRUE(other.execute("DROP TRIGGER no_blocks"));
  EXPECT_TRUE(upkeep_->seal());
  EXPECT_FALSE(upkeep_->seal_failed());
  EXPECT_EQ(tail_.size(), 0u);
  EXPECT_EQ(counters_.duplicates.load(), 0u);
}

TEST_F(StoreUpkeepTest, PacksFirstWhatIsToBeThinnedOut) {
  start(kNsPerSecond);
  std::vector<JournalEntry> entries;
  for (const StoredSample& sample : ramp(kStart, kNsPerSecond, 7200)) {
    entries.push_back({kTag, sample});
  }
  (void)tail_.insert(entries);
  const KeptFrom target{kStart + kHourNs, INT64_MIN, INT64_MIN};
  uint64_t removed = 0;
  for (ThinStep step; !step.done; removed += step.removed_samples) {
    step = upkeep_->thin(kTag, target).value();
  }
  EXPECT_EQ(removed, 3600u);
  EXPECT_EQ(counters_.removed.load(), 3600u);
  EXPECT_EQ(upkeep_->kept_from(kTag), target);
  EXPECT_EQ(upkeep_->due_hours(), 1u) << "the hour that is gone is due no more";
}

}  // namespace
}  // namespace mw::plant
