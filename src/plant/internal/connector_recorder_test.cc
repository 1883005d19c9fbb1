#include "plant/internal/connector_recorder.h"

#include <gtest/gtest.h>

#include "plant/internal/reference_store.h"

namespace mw::plant {
namespace {

constexpr TimeNs kHour = 1'760'000'400 * kNsPerSecond;  // 2025-10-09T09:00:00Z

/// Keeps records as a store does, and can be made to refuse them.
class RefusingStore final : public SampleStore {
 public:
  Result<AppendOutcome> append(std::span<const Sample>) override {
    return AppendOutcome::kCommitted;
  }
  Result<std::optional<Sample>> latest(TagIndex) const override { return std::optional<Sample>(); }
  Result<std::optional<Sample>> last_before(TagIndex, TimeNs) const override {
    return std::optional<Sample>();
  }
  Result<void> scan(TagIndex, TimeWindow, const Visitor&) const override { return {}; }
  Result<void> pieces(TagIndex, TimeWindow, int64_t, PieceUse, const Visitor&,
                      const RollupVisitor&) const override {
    return {};
  }
  KeptFrom kept_from(TagIndex) const override { return {}; }
  Result<ThinStep> thin(TagIndex, const KeptFrom&) override { return ThinStep{0, true}; }
  Result<void> put_records(std::span<const PlantRecord> records) override {
    if (refuses) return Error::make(Code::kResourceExhausted, "the disk is full", "磁盘已满");
    ++puts;
    return inside.put_records(records);
  }
  Result<void> drop_records(std::string_view kind, TimeNs before_ns) override {
    return inside.drop_records(kind, before_ns);
  }
  Result<std::vector<PlantRecord>> records(std::string_view kind, std::string_view place,
                                           TimeWindow window, std::size_t most) const override {
    return inside.records(kind, place, window, most);
  }
  StoreStats stats() const override { return {}; }

  ReferenceStore inside;
  bool refuses = false;
  int puts = 0;
};

class ConnectorRecorderTest : public ::testing::Test {
 protected:
  ConnectorRecorderTest() {
    status_.name = "press-plc";
    status_.state = ConnectorState::kConnected;
    begin();
  }
  void begin() {
    recorder_ = std::make_unique<ConnectorRecorder>(
        store_, clock_, no_log(), [this] { return std::vector<ConnectorStatus>{status_}; });
  }
  /// Looks each ten seconds, until `minutes` from now.
  void run_for(int64_t minutes, uint64_t samples_each = 10) {
    for (int64_t i = 0; i < minutes * 6; ++i) {
      status_.samples += samples_each;
      recorder_->look();
      clock_.set(clock_.now_ns() + 10 * kNsPerSecond);
    }
  }
  std::vector<ConnectorMinute> all() const {
    return recorder_->history("press-plc", {0, clock_.now_ns() + kNsPerDay}).value();
  }
  std::size_t stored(const char* connector = "press-plc") const {
    return store_.records("connector", std::string("connector/") + connector, {0, INT64_MAX}, 9999)
        ->size();
  }
  FixedClock clock_{kHour};
  RefusingStore store_;
  ConnectorStatus status_;
  std::unique_ptr<ConnectorRecorder> recorder_;
};

TEST_F(ConnectorRecorderTest, CountsWhatCameInEachMinuteAndKeepsTheWorstState) {
  run_for(1);
  status_.state = ConnectorState::kFailed;
  status_.refused = 3;
  status_.gaps = 1;
  status_.backlog = 40;
  status_.skew_ns = 2 * kNsPerSecond;
  recorder_->look();
  status_.state = ConnectorState::kConnected;
  status_.backlog = 5;
  run_for(1);
  run_for(1);
  const std::vector<ConnectorMinute> minutes = all();
  ASSERT_EQ(minutes.size(), 3u);
  EXPECT_EQ(minutes[0].start_ns, kHour);
  EXPECT_EQ(minutes[0].samples, 60u);
  EXPECT_EQ(minutes[0].state, ConnectorState::kConnected);
  EXPECT_EQ(minutes[1].state, ConnectorState::kFailed);
  EXPECT_EQ(minutes[1].backlog, 40u);
  EXPECT_EQ(minutes[1].refused, 3u);
  EXPECT_EQ(minutes[1].gaps, 1u);
  EXPECT_EQ(minutes[2].state, ConnectorState::kConnected);
  EXPECT_EQ(minutes[2].backlog, 5u);
  EXPECT_EQ(minutes[2].refused, 0u);
  EXPECT_EQ(minutes[2].skew_ns, 2 * kNsPerSecond);
}

TEST_F(ConnectorRecorderTest, WritesOnceAMinuteIntoOneRecordAnHour) {
  run_for(150);
  recorder_->look();
  EXPECT_EQ(store_.puts, 150);
  EXPECT_EQ(stored(), 3u);
  EXPECT_EQ(all().size(), 151u);  // with the one under way
}

TEST_F(ConnectorRecorderTest, GoesOnAfterARestartWithinTheMinuteAndShowsTheTimeInBetween) {
  run_for(2);
  recorder_->look();
  recorder_.reset();  // writes the third minute as it is
  status_ = {};
  status_.name = "press-plc";
  status_.state = ConnectorState::kConnecting;
  status_.samples = 7;
  clock_.set(clock_.now_ns() + 20 * kNsPerSecond);
  begin();
  recorder_->look();
  ASSERT_EQ(all().size(), 3u);
  EXPECT_EQ(all()[2].samples, 7u);
  EXPECT_EQ(all()[2].state, ConnectorState::kConnecting);
  clock_.set(clock_.now_ns() + 5 * kNsPerMinute);
  run_for(2, 1);
  const std::vector<ConnectorMinute> minutes = all();
  ASSERT_EQ(minutes.size(), 6u);  // the last is the one that the second run of looks began in
  EXPECT_EQ(minutes[2].samples, 7u);
  EXPECT_EQ(minutes[3].start_ns - minutes[2].start_ns, 5 * kNsPerMinute) << "nobody looked";
  EXPECT_EQ(stored(), 1u);
}

TEST_F(ConnectorRecorderTest, KeepsWhatTheStoreRefusesUntilItTakesItButNoMoreThanADay) {
  run_for(1);
  store_.refuses = true;
  run_for(90);
  EXPECT_EQ(all().size(), 91u);
  store_.refuses = false;
  run_for(1);
  recorder_->look();
  EXPECT_EQ(stored(), 2u);
  EXPECT_EQ(all().size(), 93u);
  store_.refuses = true;
  for (int i = 0; i < 30 * 6; ++i) {  // each ten minutes of thirty hours
    recorder_->look();
    clock_.set(clock_.now_ns() + 10 * kNsPerMinute);
  }
  EXPECT_LE(all().size(), 93u + 24 * 6 + 1);
  EXPECT_GE(all().size(), 93u + 23 * 6);
}

TEST_F(ConnectorRecorderTest, CountsAMinuteThatComesAgainWithTheOneThatWas) {
  run_for(3);
  clock_.set(kHour + kNsPerMinute);  // set back
  run_for(2);
  recorder_->look();
  const std::vector<ConnectorMinute> minutes = all();
  ASSERT_EQ(minutes.size(), 4u);
  EXPECT_EQ(minutes[1].samples, 120u);
}

TEST_F(ConnectorRecorderTest, DropsWhatIsOlderThanNinetyDaysAlsoOfConnectorsThatAreGone) {
  ConnectorMinute old;
  old.start_ns = kHour - 91 * kNsPerDay;
  ConnectorMinute recent;
  recent.start_ns = kHour - kNsPerDay;
  const std::vector<PlantRecord> records = {
      record_of("press-plc", {old}), record_of("press-plc", {recent}), record_of("gone", {old})};
  ASSERT_TRUE(store_.put_records(records));
  run_for(2);
  EXPECT_EQ(stored("gone"), 0u);
  EXPECT_EQ(all().front().start_ns, recent.start_ns);
}

TEST_F(ConnectorRecorderTest, LosesNothingToAClockThatIsSetFarAhead) {
  ConnectorMinute recent;
  recent.start_ns = kHour - kNsPerDay;
  const PlantRecord record = record_of("press-plc", {recent});
  ASSERT_TRUE(store_.put_records({&record, 1}));
  clock_.set(kHour + 3650 * kNsPerDay);
  run_for(2);
  EXPECT_EQ(all().front().start_ns, recent.start_ns);
}

TEST_F(ConnectorRecorderTest, PassesOverADamagedRecord) {
  run_for(2);
  recorder_.reset();
  PlantRecord record = store_.records("connector", "connector/press-plc", {0, INT64_MAX}, 1)->at(0);
  record.body = "{";
  ASSERT_TRUE(store_.put_records({&record, 1}));
  begin();
  clock_.set(kHour + kNsPerHour);
  run_for(2);
  EXPECT_EQ(all().front().start_ns, kHour + kNsPerHour);
}

}  // namespace
}  // namespace mw::plant
