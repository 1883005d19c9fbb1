// Versions of a machine's model: shadow, replay, gate, promotion and the way back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "maintenance/testing/health_monitor_fixture.h"

namespace mw::maintenance {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

class HealthVersions : public HealthMonitorFixture {
 protected:
  /// Puts version 2 in shadow, with another threshold where one is given.
  void add_candidate(std::optional<double> threshold = std::nullopt) {
    const std::string first = *read_file(folder_.path() / "health" / "m1.1.json", 256 << 20);
    HealthModel model = *parse_health_model(*parse_json(first));
    model.card.version = 2;
    if (threshold) model.card.threshold.score = *threshold;
    ASSERT_TRUE(
        write_file_atomically(folder_.path() / "health" / "m1.2.json", to_text(to_json(model))));
    auto store = VersionStore::open((folder_.path() / "maintenance.db").string());
    ASSERT_TRUE(store->add({"m1", 2, VersionStep::kLearned, "li", clock_.now_ns()}));
    open();
  }
  /// Some running, a failure that was confirmed, and some running after it; all stored.
  void live_through_a_failure() {
    stores_ = true;
    run_rows(240, 0);
    run_rows(90, 1);
    ASSERT_TRUE(monitor_->decide(kEngineer, case_number(), CaseOutcome::kConfirmed, "bearing"));
    run_rows(120, 0);
  }
  Result<VersionsView> decide(int64_t version, VersionDecision decision) {
    return monitor_->decide_version(kEngineer, "m1", version, decision);
  }
  std::string stages() {
    std::string out;
    const VersionsView view = *monitor_->versions(kViewerOfA, "m1");
    for (const VersionView& each : view.versions) {
      out += std::to_string(each.state.version) + " " + std::string(stage_name(each.state.stage)) +
             ";";
    }
    return out;
  }
};

TEST_F(HealthVersions, ScoreACandidateBesideTheLiveOneWithoutAnAlarmOfItsOwn) {
  add_candidate(0.01);  // it would alarm at anything
  run_rows(60, 0);
  EXPECT_TRUE(monitor_->cases(kEngineer).empty());
  const HealthView view = monitor_->list(kViewerOfA)[0];
  EXPECT_EQ(view.point.verdict, HealthVerdict::kHealthy);
  EXPECT_EQ(view.card->version, 1);
  ASSERT_TRUE(view.shadow);
  EXPECT_EQ(view.shadow->version, 2);
  EXPECT_EQ(view.shadow->point.verdict, HealthVerdict::kAlarm);
  EXPECT_EQ(view.shadow->would_alarms, 1u);
  EXPECT_EQ(view.budget.spent, 0u);
  open();
  EXPECT_EQ(monitor_->list(kViewerOfA)[0].shadow->would_alarms, 1u);
  EXPECT_TRUE(audit_->actions.empty());
}

TEST_F(HealthVersions, GoLiveAfterAReplayAndBackAgain) {
  add_candidate();
  live_through_a_failure();
  EXPECT_EQ(stages(), "2 shadow;1 live;");
  const auto replay = monitor_->replay(kEngineer, "m1", 2);
  ASSERT_TRUE(replay) << replay.error().message.en;
  ASSERT_EQ(replay->cases.size(), 1u);
  EXPECT_EQ(replay->cases[0].answer, CaseAnswer::kRaised);
  EXPECT_EQ(replay->contract.alarms, 0u);
  EXPECT_TRUE(replay->contract.kept);
  const auto promoted = decide(2, VersionDecision::kPromote);
  ASSERT_TRUE(promoted) << promoted.error().message.en;
  EXPECT_EQ(promoted->before, 1);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(stages(), "2 live;1 earlier;");
    EXPECT_EQ(monitor_->list(kEngineer)[0].card->version, 2);
    EXPECT_FALSE(monitor_->list(kEngineer)[0].shadow);
    EXPECT_EQ(monitor_->versions(kEngineer, "m1")->versions[0].state.who, "li");
    open();
  }
  ASSERT_TRUE(decide(2, VersionDecision::kRollBack));
  EXPECT_EQ(stages(), "2 rolled_back;1 live;");
  EXPECT_EQ(monitor_->list(kEngineer)[0].card->version, 1);
  EXPECT_EQ(decide(1, VersionDecision::kRollBack).error().code, Code::kConflict);
  for (const char* action : {"replay", "promote", "rollback"}) {
    EXPECT_THAT(audit_->actions, Contains(std::string("maintenance.") + action + " asset:m1"));
  }
}

TEST_F(HealthVersions, AreJudgedByACasesRecordingOnceItsSamplesAreGone) {
  add_candidate();
  live_through_a_failure();
  monitor_.reset();
  const testing_support::TemporaryFolder empty;
  open_plant(empty.path());
  open();
  const auto replay = monitor_->replay(kEngineer, "m1", 2);
  ASSERT_TRUE(replay) << replay.error().message.en;
  ASSERT_EQ(replay->cases.size(), 1u);
  EXPECT_EQ(replay->cases[0].answer, CaseAnswer::kRaised);
  EXPECT_TRUE(replay->cases[0].from_recording);
  EXPECT_THAT(decide(2, VersionDecision::kPromote).error().message.en,
              HasSubstr("nothing is stored beside what it learned from"));
}

TEST_F(HealthVersions, DoNotGoLiveWithoutAReplayOrWhereAConfirmedCaseIsMissed) {
  add_candidate(1'000);  // it alarms at nothing
  live_through_a_failure();
  const auto early = decide(2, VersionDecision::kPromote);
  EXPECT_EQ(early.error().code, Code::kConflict);
  EXPECT_THAT(early.error().message.en, HasSubstr("replay it first"));
  const auto replay = monitor_->replay(kEngineer, "m1", 2);
  ASSERT_TRUE(replay) << replay.error().message.en;
  EXPECT_EQ(replay->cases[0].answer, CaseAnswer::kMissed);
  const auto late = decide(2, VersionDecision::kPromote);
  EXPECT_THAT(late.error().message.en,
              HasSubstr("would have missed: 1 (" + std::to_string(case_number()) + ")"));
  EXPECT_EQ(monitor_->versions(kEngineer, "m1")->versions[0].shut.size(), 1u);
  EXPECT_EQ(stages(), "2 shadow;1 live;");
}

TEST_F(HealthVersions, ShowWhatAnOverlyKeenCandidateWouldHaveRaisedBeside) {
  add_candidate(0.5);
  live_through_a_failure();
  const auto replay = monitor_->replay(kEngineer, "m1", 2);
  ASSERT_TRUE(replay) << replay.error().message.en;
  EXPECT_FALSE(replay->contract.kept);
  EXPECT_THAT(decide(2, VersionDecision::kPromote).error().message.en,
              HasSubstr("breaks the contract"));
  ASSERT_TRUE(decide(2, VersionDecision::kReject));
  EXPECT_EQ(stages(), "2 rejected;1 live;");
  EXPECT_FALSE(monitor_->list(kEngineer)[0].shadow);
  EXPECT_EQ(decide(2, VersionDecision::kReject).error().code, Code::kConflict);
  EXPECT_EQ(decide(9, VersionDecision::kReject).error().code, Code::kNotFound);
}

TEST_F(HealthVersions, AreDecidedByEngineersOfTheLineAlone) {
  add_candidate();
  EXPECT_TRUE(monitor_->versions(kViewerOfA, "m1"));
  for (const Identity& who : {kViewerOfA, kEngineerOfB}) {
    EXPECT_EQ(monitor_->replay(who, "m1", 2).error().code, Code::kPermissionDenied);
    EXPECT_EQ(monitor_->decide_version(who, "m1", 2, VersionDecision::kReject).error().code,
              Code::kPermissionDenied);
  }
  EXPECT_EQ(monitor_->versions(kOperatorOfB, "m1").error().message.en, "there is no asset 'm1'");
  EXPECT_EQ(monitor_->replay(kOperatorOfB, "m1", 2).error().code, Code::kNotFound);
  EXPECT_EQ(monitor_->decide_version(kOperatorOfB, "m1", 2, VersionDecision::kReject).error().code,
            Code::kNotFound);
}

TEST_F(HealthVersions, StayAsTheyAreWhereTheAuditLogIsFull) {
  add_candidate();
  audit_->full = true;
  EXPECT_EQ(decide(2, VersionDecision::kReject).error().code, Code::kUnavailable);
  open();
  EXPECT_EQ(stages(), "2 shadow;1 live;");
}

TEST_F(HealthVersions, ForgetWhoMadeThem) {
  add_candidate();
  ASSERT_TRUE(monitor_->forget_person("li"));
  for (int i = 0; i < 2; ++i) {
    const VersionsView view = *monitor_->versions(kEngineer, "m1");
    for (const VersionView& each : view.versions) {
      EXPECT_EQ(each.state.who, "?");
      EXPECT_EQ(each.card->trained_by, "?");
    }
    open();
  }
}

}  // namespace
}  // namespace mw::maintenance
