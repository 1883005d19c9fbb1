#include "maintenance/health_monitor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/file.h"
#include "maintenance/health_tools.h"
#include "maintenance/testing/health_monitor_fixture.h"

namespace mw::maintenance {
namespace {

class HealthMonitorTest : public HealthMonitorFixture {};

TEST_F(HealthMonitorTest, OpensOneCaseWhenAMachineLeavesItsNormal) {
  run_rows(30, 0);
  EXPECT_TRUE(monitor_->cases(kEngineer).empty());
  EXPECT_EQ(monitor_->list(kEngineer)[0].point.verdict, HealthVerdict::kHealthy);
  run_rows(60, 1);
  const auto cases = monitor_->cases(kEngineer);
  ASSERT_EQ(cases.size(), 1u);
  EXPECT_EQ(cases[0].asset, "m1");
  EXPECT_EQ(cases[0].kind, SignalKind::kVibration);
  EXPECT_GT(cases[0].evidence[0].value, cases[0].evidence[0].normal_high);
  const HealthView worst = monitor_->list(kEngineer)[0];
  EXPECT_EQ(worst.asset, "m1");
  EXPECT_EQ(worst.open_case, case_number());
  EXPECT_EQ(worst.budget.spent, 1u);
  EXPECT_THAT(audit_->actions, ::testing::ElementsAre("maintenance.case asset:m1"));
}

TEST_F(HealthMonitorTest, KeepsCasesAndTheirOutcomesOverARestart) {
  run_rows(90, 1);
  const auto decided = monitor_->decide(kEngineer, case_number(), CaseOutcome::kConfirmed,
                                        "outer race, bearing changed");
  ASSERT_TRUE(decided) << decided.error().message.en;
  EXPECT_EQ(monitor_->list(kEngineer)[0].budget.spent, 0u);
  open();
  const auto cases = monitor_->cases(kEngineer);
  ASSERT_EQ(cases.size(), 1u);
  EXPECT_EQ(cases[0].outcome, CaseOutcome::kConfirmed);
  EXPECT_EQ(cases[0].decided_by, "li");
  EXPECT_EQ(monitor_->list(kEngineer)[0].budget.spent, 0u);
  EXPECT_EQ(monitor_->decide(kEngineer, case_number(), CaseOutcome::kOther, "").error().code,
            Code::kConflict);
}

TEST_F(HealthMonitorTest, ShowsNobodyAMachineOfALineTheyMayNotSee) {
  run_rows(90, 1);
  for (const HealthView& view : monitor_->list(kOperatorOfB)) EXPECT_EQ(view.asset, "m2");
  EXPECT_TRUE(monitor_->cases(kOperatorOfB).empty());
  EXPECT_EQ(monitor_->find_case(kOperatorOfB, case_number()).error().code, Code::kNotFound);
  EXPECT_EQ(monitor_->decide(kOperatorOfB, case_number(), CaseOutcome::kOther, "").error().code,
            Code::kNotFound);
  EXPECT_EQ(monitor_->train(kOperatorOfB, {"m1", {0, 1}, {}}).error().code, Code::kNotFound);
}

TEST_F(HealthMonitorTest, LetsOnlyThoseDecideAndTrainWhoMay) {
  run_rows(90, 1);
  EXPECT_EQ(monitor_->cases(kViewerOfA).size(), 1u);
  EXPECT_EQ(monitor_->decide(kViewerOfA, case_number(), CaseOutcome::kOther, "").error().code,
            Code::kPermissionDenied);
  EXPECT_EQ(monitor_->train(kOperatorOfB, {"m2", {0, 1}, {}}).error().code,
            Code::kPermissionDenied);
}

TEST_F(HealthMonitorTest, AsksForTheRoleOnTheLineOfTheMachine) {
  run_rows(90, 1);
  EXPECT_EQ(monitor_->cases(kEngineerOfB).size(), 1u);
  EXPECT_EQ(monitor_->decide(kEngineerOfB, case_number(), CaseOutcome::kOther, "").error().code,
            Code::kPermissionDenied);
  EXPECT_EQ(monitor_->train(kEngineerOfB, {"m1", {0, 1}, {}}).error().code,
            Code::kPermissionDenied);
  EXPECT_NE(monitor_->train(kEngineerOfB, {"m2", {0, 1}, {}}).error().code,
            Code::kPermissionDenied);
}

TEST_F(HealthMonitorTest, KeepsThePlantUntilItHasEnded) {
  monitor_->watch();
  const std::weak_ptr<plant::Plant> plant = plant_;
  plant_.reset();
  EXPECT_FALSE(plant.expired());
  monitor_.reset();
  EXPECT_TRUE(plant.expired());
}

TEST_F(HealthMonitorTest, KeepsNothingThatTheAuditLogDoesNot) {
  audit_->full = true;
  run_rows(90, 1);
  EXPECT_TRUE(monitor_->cases(kEngineer).empty());
  audit_->full = false;
  run_rows(30, 1);  // tried again within a minute, while the machine is still unlike normal
  ASSERT_EQ(monitor_->cases(kEngineer).size(), 1u);
  audit_->full = true;
  EXPECT_EQ(monitor_->decide(kEngineer, case_number(), CaseOutcome::kConfirmed, "").error().code,
            Code::kUnavailable);
  EXPECT_EQ(monitor_->find_case(kEngineer, case_number())->outcome, CaseOutcome::kOpen);
  open();
  EXPECT_EQ(monitor_->find_case(kEngineer, case_number())->outcome, CaseOutcome::kOpen);
}

TEST_F(HealthMonitorTest, ForgetsAPersonInCasesAndInModels) {
  run_rows(90, 1);
  ASSERT_TRUE(
      monitor_->decide(kEngineer, case_number(), CaseOutcome::kConfirmed, "bearing changed"));
  ASSERT_TRUE(monitor_->forget_person("Li"));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(monitor_->find_case(kEngineer, case_number())->decided_by, "?");
    EXPECT_EQ(monitor_->find_case(kEngineer, case_number())->note, "bearing changed");
    EXPECT_EQ(monitor_->list(kEngineer)[0].card->trained_by, "?");
    open();
  }
  EXPECT_TRUE(monitor_->forget_person("Li"));
}

TEST_F(HealthMonitorTest, LeavesOutAModelThatLiesUnderAnothersName) {
  std::filesystem::copy(folder_.path() / "health" / "m1.1.json",
                        folder_.path() / "health" / "m2.1.json");
  open();
  for (const HealthView& view : monitor_->list(kEngineer)) {
    EXPECT_EQ(view.card.has_value(), view.asset == "m1");
  }
}

TEST_F(HealthMonitorTest, AnswersOfWhatMayNotBeSeenAsOfWhatIsNotThere) {
  run_rows(90, 1);
  EXPECT_EQ(monitor_->find_case(kOperatorOfB, case_number()).error().message.en,
            monitor_->find_case(kOperatorOfB, 7).error().message.en);
  const auto hidden = monitor_->train(kOperatorOfB, {"m1", {0, 1}, {}});
  const auto absent = monitor_->train(kOperatorOfB, {"m9", {0, 1}, {}});
  EXPECT_EQ(hidden.error().message.en, "there is no asset 'm1'");
  EXPECT_EQ(absent.error().message.en, "there is no asset 'm9'");
}

TEST_F(HealthMonitorTest, RefusesToLearnFromAPlantWithoutHistoryAndAuditsIt) {
  const TimeNs now_ns = clock_.now_ns();
  const auto card = monitor_->train(kEngineer, {"m2", {now_ns - kNsPerDay, now_ns}, {4, 1}});
  ASSERT_FALSE(card);
  EXPECT_THAT(card.error().message.en, ::testing::HasSubstr("m2/heat is good for only 0 %"));
  EXPECT_THAT(audit_->actions, ::testing::Contains("maintenance.train asset:m2"));
}

TEST_F(HealthMonitorTest, AnswersTheAssistantWithEvidenceOfWhatTheAskerMaySee) {
  run_rows(90, 1);
  ToolRegistry tools;
  register_health_tools(tools, *monitor_, *plant_);
  const auto health = tools.find("machine_health")->run(kViewerOfA, Json::object());
  ASSERT_TRUE(health);
  const auto names = [](const Result<std::vector<Evidence>>& evidence) {
    std::vector<std::string> out;
    for (const Evidence& each : *evidence) out.push_back(each.fact);
    return out;
  };
  EXPECT_THAT(names(health),
              ::testing::ElementsAre("machines", "watched_machines", "machines_unlike_normal",
                                     "health_index", "open_case", "contribution", "contribution",
                                     "contribution"));
  EXPECT_EQ((*health)[0].value, 1);  // of line a
  EXPECT_EQ((*health)[3].asset, "m1");
  EXPECT_EQ((*health)[3].text, "alarm");
  EXPECT_EQ((*health)[3].rights_label, "a");
  EXPECT_EQ((*health)[5].tag, "m1/vibration");
  Tool& cases = *tools.find("maintenance_cases");
  EXPECT_THAT(names(cases.run(kViewerOfA, Json::object())),
              ::testing::ElementsAre("case_count", "maintenance_case", "case_value", "case_value",
                                     "case_value"));
  EXPECT_THAT(names(cases.run(kOperatorOfB, Json::object())), ::testing::ElementsAre("case_count"));
  const auto before = cases.run(kViewerOfA, {{"window", {{"start_ms", 1}, {"end_ms", 9}}}});
  EXPECT_EQ((*before)[0].value, 0);
  EXPECT_FALSE(cases.run(kViewerOfA, {{"window", {{"start_ms", 9}, {"end_ms", 1}}}}));
  EXPECT_FALSE(tools.find("machine_health")->run(kOperatorOfB, Json{{"asset", "m1"}}));
}

}  // namespace
}  // namespace mw::maintenance
