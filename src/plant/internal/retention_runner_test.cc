#include "plant/internal/retention_runner.h"

#include <gtest/gtest.h>

#include "core/clock.h"
#include "plant/internal/reference_store.h"
#include "plant/internal/test_plant.h"
#include "plant/query.h"
#include "plant/sqlite_store.h"
#include "sqlite/database.h"
#include "tests/support/killed_child.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

constexpr TimeNs kDay0 = 20'000 * kNsPerDay;  // 2024-10-04
constexpr TagIndex kState = 0, kTemperature = 1, kParts = 2;
constexpr int64_t kHold = 10 * kNsPerSecond;

class SetClock final : public Clock {
 public:
  TimeNs now_ns() const override { return now; }
  TimeNs now = kDay0 + 10 * kNsPerDay + 5 * kNsPerHour;
};

RetentionRule rule(std::vector<std::string> tags, int raw_days, std::optional<int> minute_days = {},
                   std::optional<int> hour_days = {}) {
  return {std::move(tags), raw_days, minute_days, hour_days};
}

class RetentionRunnerTest : public testing::Test {
 protected:
  SqliteStoreOptions options() const {
    SqliteStoreOptions options;
    options.path = (folder_.path() / "plant.db").string();
    options.catalogue = test_catalogue();
    options.seal_samples = 1000;
    options.retry_ms = 20;
    return options;
  }
  void SetUp() override {
    store_ = SqliteStore::open(options()).value();
    std::vector<Sample> samples;
    for (TimeNs ts_ns = kDay0; ts_ns < kDay0 + 10 * kNsPerDay; ts_ns += 100 * kNsPerSecond) {
      samples.push_back(number_at(kTemperature, ts_ns, static_cast<double>(ts_ns % 97)));
      samples.push_back(
          number_at(kParts, ts_ns, static_cast<double>((ts_ns - kDay0) / kNsPerSecond)));
      samples.push_back(state_at(kState, ts_ns, "running"));
    }
    ASSERT_TRUE(store_->append(samples));
    ASSERT_TRUE(reference_.append(samples));
  }
  RetentionRunner runner(std::vector<RetentionRule> rules, RemovalRecord record) {
    return RetentionRunner(std::move(rules), test_catalogue(), *store_, clock_, std::move(record),
                           no_log());
  }
  std::size_t raw_before(TagIndex tag, TimeNs ts_ns) const {
    return samples_in(*store_, tag, {INT64_MIN, ts_ns}).size();
  }

  testing_support::TemporaryFolder folder_;
  SetClock clock_;
  std::unique_ptr<SqliteStore> store_;
  ReferenceStore reference_;
};

TEST_F(RetentionRunnerTest, RecordsFirstThenThinsOutAndGoesOnEachDay) {
  std::vector<Removal> recorded;
  uint64_t raw_at_record = 0;
  RetentionRunner retention = runner({rule({"m1/temperature"}, 3), rule({"m1/*"}, 6, 8)},
                                     [&](const Removal& removal) -> Result<void> {
                                       recorded.push_back(removal);
                                       if (recorded.size() == 1)
                                         raw_at_record = raw_before(kTemperature, INT64_MAX);
                                       return {};
                                     });
  retention.run_once();
  ASSERT_EQ(recorded.size(), 2u);
  EXPECT_EQ(raw_at_record, 8640u) << "nothing may go before it is on record";
  EXPECT_EQ(recorded[0].patterns, std::vector<std::string>{"m1/temperature"});
  EXPECT_EQ(recorded[0].tags, 1u);
  EXPECT_EQ(recorded[0].target.raw_from_ns, kDay0 + 7 * kNsPerDay);
  EXPECT_EQ(raw_before(kTemperature, kDay0 + 7 * kNsPerDay), 0u);
  EXPECT_EQ(raw_before(kTemperature, INT64_MAX), 3u * 864);
  EXPECT_EQ(raw_before(kParts, INT64_MAX), 6u * 864);
  EXPECT_EQ(raw_before(kState, INT64_MAX), 8640u) << "states stay as long as hours";
  for (const TagIndex tag : {kTemperature, kParts}) {
    const TimeWindow all{kDay0, kDay0 + 10 * kNsPerDay};
    const Aggregate a = aggregate(*store_, tag, all, kHold).value();
    const Aggregate b = aggregate(reference_, tag, all, kHold).value();
    EXPECT_EQ(a.count, b.count);
    EXPECT_EQ(a.max, b.max);
    EXPECT_EQ(a.good_share, b.good_share);
    EXPECT_NEAR(*a.mean, *b.mean, 1e-9 * *b.mean);
    EXPECT_GT(a.basis.resolution_ns, 0);
  }
  const RetentionStatus status = retention.status();
  EXPECT_EQ(status.removed_samples, 7u * 864 + 4u * 864);
  EXPECT_EQ(status.last_run_ns, clock_.now);
  EXPECT_FALSE(status.problem.has_value());
  retention.run_once();
  EXPECT_EQ(recorded.size(), 2u) << "nothing new is due on the same day";
  clock_.now += kNsPerDay;
  retention.run_once();
  EXPECT_EQ(recorded.size(), 4u);
  EXPECT_EQ(raw_before(kTemperature, INT64_MAX), 2u * 864);
}

TEST_F(RetentionRunnerTest, RemovesNothingThatCannotBePutOnRecord) {
  RetentionRunner retention = runner({rule({"*"}, 3)}, [](const Removal&) -> Result<void> {
    return Error::make(Code::kIo, "the audit log is full", "审计日志已满");
  });
  retention.run_once();
  EXPECT_EQ(raw_before(kTemperature, INT64_MAX), 8640u);
  const RetentionStatus status = retention.status();
  ASSERT_TRUE(status.problem.has_value());
  EXPECT_NE(status.problem->en.find("the audit log is full"), std::string::npos);
  EXPECT_NE(status.problem->zh.find("审计日志已满"), std::string::npos);
  EXPECT_FALSE(status.last_run_ns.has_value());
}

TEST_F(RetentionRunnerTest, TellsWhyItCannotRemoveAndGoesOnOnceItCan) {
  RetentionRunner retention =
      runner({rule({"*"}, 3)}, [](const Removal&) { return Result<void>(); });
  auto blocker = sqlite::Database::open((folder_.path() / "plant.db").string(),
                                        sqlite::Database::Mode::kReadWrite)
                     .value();
  ASSERT_TRUE(blocker.execute("BEGIN IMMEDIATE"));
  retention.run_once();
  ASSERT_TRUE(retention.status().problem.has_value());
  EXPECT_EQ(raw_before(kTemperature, INT64_MAX), 8640u);
  ASSERT_TRUE(blocker.execute("ROLLBACK"));
  retention.run_once();
  EXPECT_FALSE(retention.status().problem.has_value());
  EXPECT_EQ(raw_before(kTemperature, INT64_MAX), 3u * 864);
}

TEST_F(RetentionRunnerTest, RemovesNothingByAClockThatJumpedAheadUntilAWeekOfSamplesSaysSo) {
  int recorded = 0;
  RetentionRunner retention = runner({rule({"*"}, 3)}, [&](const Removal&) {
    ++recorded;
    return Result<void>();
  });
  clock_.now += 5 * 365 * kNsPerDay;
  const TimeNs jumped_ns = clock_.now;
  const auto fill = [&](TimeNs from_ns) {
    std::vector<Sample> samples;
    for (TimeNs ts_ns = from_ns; ts_ns < clock_.now; ts_ns += 100 * kNsPerSecond) {
      samples.push_back(number_at(kTemperature, ts_ns, 1));
    }
    ASSERT_TRUE(store_->append(samples));
  };
  retention.run_once();
  ASSERT_TRUE(retention.status().problem.has_value());
  EXPECT_NE(retention.status().problem->en.find("the clock says 2029-10-13"), std::string::npos)
      << retention.status().problem->en;
  EXPECT_NE(retention.status().problem->en.find("of 2024-10-13"), std::string::npos);
  EXPECT_FALSE(retention.status().problem->zh.empty());
  // Samples that come with the wrong date are no proof of it yet, nor is a restart.
  clock_.now += 6 * kNsPerDay;
  fill(jumped_ns);
  runner({rule({"*"}, 3)}, [&](const Removal&) {
    ++recorded;
    return Result<void>();
  }).run_once();
  retention.run_once();
  EXPECT_TRUE(retention.status().problem.has_value());
  EXPECT_EQ(raw_before(kTemperature, jumped_ns), 8640u);
  EXPECT_EQ(recorded, 0);
  // Nor is a mark that a device is away.
  Sample mark = number_at(kParts, clock_.now - 8 * kNsPerDay, 0, Quality::kBad);
  ASSERT_TRUE(store_->append(std::vector{mark}));
  retention.run_once();
  EXPECT_TRUE(retention.status().problem.has_value());
  // It was right after all, and the plant stood still.
  const TimeNs week_ns = clock_.now;
  clock_.now += 2 * kNsPerDay;
  fill(week_ns);
  retention.run_once();
  EXPECT_FALSE(retention.status().problem.has_value());
  EXPECT_EQ(raw_before(kTemperature, jumped_ns), 0u);
  EXPECT_EQ(recorded, 1);
}

TEST_F(RetentionRunnerTest, GoesOnAtOnceWhenAClockThatJumpedIsSetRight) {
  RetentionRunner retention =
      runner({rule({"*"}, 3)}, [](const Removal&) { return Result<void>(); });
  const TimeNs right_ns = clock_.now;
  clock_.now += 400 * kNsPerDay;
  retention.run_once();
  EXPECT_TRUE(retention.status().problem.has_value());
  clock_.now = right_ns;
  retention.run_once();
  EXPECT_FALSE(retention.status().problem.has_value());
  EXPECT_EQ(raw_before(kTemperature, INT64_MAX), 3u * 864);
}

TEST_F(RetentionRunnerTest, PutsARemovalOnRecordOnceHoweverOftenItIsTried) {
  int recorded = 0;
  RetentionRunner retention =
      runner({rule({"m1/temperature"}, 3), rule({"m1/parts"}, 3)}, [&](const Removal&) {
        ++recorded;
        return Result<void>();
      });
  auto blocker = sqlite::Database::open((folder_.path() / "plant.db").string(),
                                        sqlite::Database::Mode::kReadWrite)
                     .value();
  ASSERT_TRUE(blocker.execute("BEGIN IMMEDIATE"));
  for (int look = 0; look < 2; ++look) retention.run_once();
  EXPECT_EQ(recorded, 2) << "one for each rule";
  ASSERT_TRUE(blocker.execute("ROLLBACK"));
  retention.run_once();
  EXPECT_EQ(recorded, 2);
  EXPECT_FALSE(retention.status().problem.has_value());
  clock_.now += kNsPerDay;
  retention.run_once();
  EXPECT_EQ(recorded, 4) << "another day, another record";
}

TEST_F(RetentionRunnerTest, ShowsAProblemOfOneRuleThoughAnotherGoesOn) {
  RetentionRunner retention = runner(
      {rule({"m1/temperature"}, 3), rule({"m1/parts"}, 3)}, [&](const Removal& r) -> Result<void> {
        if (r.patterns.front() == "m1/parts") return {};
        return Error::make(Code::kIo, "the audit log is full", "审计日志已满");
      });
  retention.run_once();
  ASSERT_TRUE(retention.status().problem.has_value()) << "the second rule cleared the first's";
  EXPECT_NE(retention.status().problem->en.find("the audit log is full"), std::string::npos);
  EXPECT_EQ(raw_before(kTemperature, INT64_MAX), 8640u);
  EXPECT_EQ(raw_before(kParts, INT64_MAX), 3u * 864);
}

TEST_F(RetentionRunnerTest, LosesNoAggregateWhenKilledWhileItRemoves) {
  store_.reset();
  std::vector<std::pair<TimeWindow, Aggregate>> days;
  for (int64_t day = 0; day < 10; ++day) {
    const TimeWindow window{kDay0 + day * kNsPerDay, kDay0 + (day + 1) * kNsPerDay};
    days.push_back({window, aggregate(reference_, kTemperature, window, kHold).value()});
  }
  // Each child goes on where the last one was killed, one hour a step.
  for (int round = 0; round < 12; ++round) {
    (void)testing_support::kill_while_working(
        static_cast<useconds_t>(2000 * round), [&](const auto& acknowledge) {
          const auto store = SqliteStore::open(options());
          if (!store) return;
          for (int64_t hour = 1;; ++hour) {
            const TimeNs until_ns = std::min(kDay0 + hour * kNsPerHour, kDay0 + 9 * kNsPerDay);
            if (!(*store)->thin(
                    kTemperature,
                    {until_ns, kDay0 + 4 * kNsPerDay > until_ns ? until_ns : kDay0 + 4 * kNsPerDay,
                     INT64_MIN}))
              return;
            acknowledge(hour);
          }
        });
    const auto store = SqliteStore::open(options());
    ASSERT_TRUE(store) << store.error().message.en;
    for (const auto& [window, expected] : days) {
      const Aggregate now = aggregate(**store, kTemperature, window, kHold).value();
      ASSERT_EQ(now.count, expected.count) << "round " << round;
      ASSERT_EQ(now.min, expected.min);
      ASSERT_EQ(now.max, expected.max);
      ASSERT_EQ(now.good_share, expected.good_share);
      ASSERT_NEAR(*now.mean, *expected.mean, 1e-9 * *expected.mean);
    }
  }
}

}  // namespace
}  // namespace mw::plant
