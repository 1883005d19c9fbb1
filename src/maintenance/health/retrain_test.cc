// A machine that is trained anew by its schedule: when, in whose name, and what comes of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <thread>

#include "maintenance/testing/health_monitor_fixture.h"

namespace mw::maintenance {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Retrain : public HealthMonitorFixture {
 protected:
  static RetrainSchedule daily() {
    RetrainSchedule out;
    out.asset = "m1";
    out.every_days = 1;
    out.history_days = 1;
    out.contract = {4, 1};
    return out;
  }
  /// A day of normal running that lies in the store, and the schedule in the same moment.
  void live_a_day() {
    std::vector<plant::Reading> readings;
    for (; row_ < 17'280; ++row_) {
      clock_.set(clock_.now_ns() + 5 * kNsPerSecond);
      const std::vector<double> values = machine_.row(row_, 0);
      static constexpr const char* kNames[] = {"m1/heat", "m1/current", "m1/vibration"};
      for (std::size_t j = 0; j < values.size(); ++j) put(readings, kNames[j], values[j]);
      put(readings, "m1/state", machine_.state(row_));
      if (readings.size() < 4'000) continue;
      EXPECT_TRUE(plant_->ingest().take(readings, plant::Arrival::kHistory));
      readings.clear();
    }
    EXPECT_TRUE(plant_->ingest().take(readings, plant::Arrival::kHistory));
  }
  template <typename Value>
  void put(std::vector<plant::Reading>& readings, const char* tag, Value value) {
    plant::Reading& reading = readings.emplace_back();
    reading.tag = tag;
    reading.ts_ns = clock_.now_ns();
    reading.value = value;
  }
  /// Sets a schedule whose time is now, in whole minutes.
  void set_for_now(RetrainSchedule schedule) {
    const CivilTime civil = TimeZone::utc().to_civil(clock_.now_ns() + 2 * kNsPerMinute);
    schedule.minute = 60 * civil.hour + civil.minute;
    ASSERT_TRUE(monitor_->set_schedule(kEngineer, schedule));
    clock_.set(kept()->next_ns);
  }
  std::optional<RetrainSchedule> kept() { return *monitor_->schedule(kViewerOfA, "m1"); }
  RetrainOutcome run() {
    monitor_->tick();
    while (kept()->last.result == RetrainResult::kRunning) std::this_thread::yield();
    return kept()->last;
  }
  std::vector<int64_t> versions() {
    std::vector<int64_t> out;
    const VersionsView view = *monitor_->versions(kViewerOfA, "m1");
    for (const VersionView& each : view.versions) out.push_back(each.state.version);
    return out;
  }
};

TEST_F(Retrain, LearnsAVersionInShadowReplaysItAndLeavesItForAPerson) {
  live_a_day();
  set_for_now(daily());
  audit_->actions.clear();
  const RetrainOutcome outcome = run();
  EXPECT_EQ(outcome.result, RetrainResult::kShadow) << outcome.why.en;
  EXPECT_EQ(outcome.version, 2);
  EXPECT_EQ(outcome.why.en, "") << "nothing is in its way";
  EXPECT_THAT(audit_->actions,
              ElementsAre("maintenance.retrain asset:m1", "maintenance.train asset:m1",
                          "maintenance.replay asset:m1"));
  const VersionsView view = *monitor_->versions(kViewerOfA, "m1");
  EXPECT_EQ(view.versions[0].state.stage, VersionStage::kShadow);
  EXPECT_EQ(view.versions[0].state.who, "li");
  ASSERT_TRUE(view.versions[0].replay);
  EXPECT_EQ(kept()->next_ns, clock_.now_ns() + kNsPerDay);
  monitor_->tick();
  EXPECT_EQ(kept()->last.result, RetrainResult::kShadow) << "once a day";
  open();
  EXPECT_EQ(kept()->last.version, 2);
}

TEST_F(Retrain, PutsItLiveWhereThePersonSaidSoAndTheGateIsOpen) {
  live_a_day();
  RetrainSchedule schedule = daily();
  schedule.promote = true;
  set_for_now(schedule);
  const RetrainOutcome outcome = run();
  EXPECT_EQ(outcome.result, RetrainResult::kLive) << outcome.why.en;
  EXPECT_EQ(monitor_->list(kViewerOfA)[0].card->version, 2);
  EXPECT_EQ(audit_->actions.back(), "maintenance.promote asset:m1");
}

TEST_F(Retrain, LeavesOutAConfirmedCaseAndDoesNotGoLiveWhereItWouldMissIt) {
  live_a_day();
  HealthCase one;
  one.asset = "m1";
  one.line = "a";
  one.opened_ns = clock_.now_ns() - 12 * kNsPerHour;
  auto store = CaseStore::open((folder_.path() / "maintenance.db").string());
  one.number = *store->add(one);
  one.outcome = CaseOutcome::kConfirmed;
  one.decided_by = "li";
  one.decided_ns = one.opened_ns + kNsPerHour;
  ASSERT_TRUE(store->decide(one));
  open();
  RetrainSchedule schedule = daily();
  schedule.promote = true;
  set_for_now(schedule);
  const RetrainOutcome outcome = run();
  EXPECT_EQ(outcome.result, RetrainResult::kShadow);
  EXPECT_THAT(outcome.why.en, HasSubstr("would have missed"));
  const HealthCard card = *monitor_->versions(kViewerOfA, "m1")->versions[0].card;
  ASSERT_EQ(card.left_out.size(), 1u);
  EXPECT_EQ(card.left_out[0].start_ns, one.opened_ns - kNsPerHour);
  EXPECT_EQ(card.left_out[0].end_ns, one.decided_ns);
  EXPECT_EQ(monitor_->list(kViewerOfA)[0].card->version, 1);
}

TEST_F(Retrain, ReadsHistoryWithoutAStretchAsIfItWereNotMissing) {
  live_a_day();
  const auto catalogue = plant_->catalogue(kEngineer);
  const plant::Asset& asset = *catalogue->asset("m1");
  const TimeNs end_ns = clock_.now_ns();
  const TimeWindow window{end_ns - 4 * kNsPerHour, end_ns};
  const TimeWindow gap{end_ns - 2 * kNsPerHour, end_ns - kNsPerHour};
  const auto read = [&](const GoOn& go_on) {
    return read_health_history_without(*plant_, kEngineer, asset, *catalogue, window, 5, {gap},
                                       go_on);
  };
  const auto history = read({});
  ASSERT_TRUE(history) << history.error().message.en;
  ASSERT_EQ(history->rows.rows(), 2'880u);
  std::size_t empty = 0;
  for (std::size_t i = 0; i < history->rows.rows(); ++i) {
    EXPECT_EQ(history->states[i].empty(), !history->counts(i)) << i;
    empty += std::isnan(history->rows.row(i)[0]) ? 1 : 0;
  }
  EXPECT_EQ(empty, 720u);
  for (const double share : history->good_share) EXPECT_GT(share, 0.99);
  EXPECT_EQ(read([] { return false; }).error().code, Code::kCancelled);
  const auto none =
      read_health_history_without(*plant_, kEngineer, asset, *catalogue, gap, 5, {gap});
  EXPECT_EQ(none.error().code, Code::kInvalidArgument);
}

TEST_F(Retrain, KeepsARefusalAndDoesNotTryAgainBeforeTheNextTime) {
  set_for_now(daily());
  const RetrainOutcome outcome = run();
  EXPECT_EQ(outcome.result, RetrainResult::kRefused);
  EXPECT_THAT(outcome.why.en, HasSubstr("good for only 0 %"));
  EXPECT_EQ(outcome.version, 0);
  EXPECT_THAT(versions(), ElementsAre(1));
  const std::size_t audited = audit_->actions.size();
  for (int i = 0; i < 3; ++i) monitor_->tick();
  EXPECT_EQ(audit_->actions.size(), audited);
  open();
  EXPECT_EQ(kept()->last.why.en, outcome.why.en);
}

TEST_F(Retrain, IsRefusedOnceWhoSetItMayNotTrainAnyMore) {
  live_a_day();
  set_for_now(daily());
  may_still_ = false;
  const RetrainOutcome outcome = run();
  EXPECT_EQ(outcome.result, RetrainResult::kRefused);
  EXPECT_THAT(outcome.why.en, HasSubstr("may not train this machine any more"));
  EXPECT_THAT(versions(), ElementsAre(1));
}

TEST_F(Retrain, IsToldAsInterruptedWhereTheServerStoppedMeanwhile) {
  set_for_now(daily());
  RetrainSchedule begun = *kept();
  begun.last.result = RetrainResult::kRunning;
  begun.next_ns += kNsPerDay;
  ASSERT_TRUE(RetrainStore::open((folder_.path() / "maintenance.db").string())->put(begun));
  open();
  EXPECT_EQ(run().result, RetrainResult::kInterrupted) << "and waits for its next time";
}

TEST_F(Retrain, IsSetAndRemovedByEngineersOfTheLineAlone) {
  EXPECT_FALSE(kept());
  for (const Identity& who : {kViewerOfA, kEngineerOfB}) {
    EXPECT_EQ(monitor_->set_schedule(who, daily()).error().code, Code::kPermissionDenied);
    EXPECT_EQ(monitor_->remove_schedule(who, "m1").error().code, Code::kPermissionDenied);
  }
  EXPECT_EQ(monitor_->schedule(kOperatorOfB, "m1").error().code, Code::kNotFound);
  EXPECT_EQ(monitor_->set_schedule(kOperatorOfB, daily()).error().code, Code::kNotFound);
  EXPECT_EQ(monitor_->remove_schedule(kEngineer, "m1").error().code, Code::kNotFound);
  RetrainSchedule wrong = daily();
  wrong.every_days = 0;
  EXPECT_EQ(monitor_->set_schedule(kEngineer, wrong).error().param, "every_days");
  audit_->full = true;
  EXPECT_EQ(monitor_->set_schedule(kEngineer, daily()).error().code, Code::kUnavailable);
  EXPECT_FALSE(kept());
  audit_->full = false;
  ASSERT_TRUE(monitor_->set_schedule(kEngineer, daily()));
  EXPECT_EQ(kept()->by, "li");
  ASSERT_TRUE(monitor_->forget_person("li"));
  EXPECT_EQ(kept()->by, "?");
  ASSERT_TRUE(monitor_->remove_schedule(kEngineer, "m1"));
  EXPECT_FALSE(kept());
}

}  // namespace
}  // namespace mw::maintenance
