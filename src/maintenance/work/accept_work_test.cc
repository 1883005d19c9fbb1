#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "maintenance/testing/health_monitor_fixture.h"
#include "maintenance/work/work_order_tool.h"

namespace mw::maintenance {
namespace {

class AcceptWork : public HealthMonitorFixture {
 protected:
  void SetUp() override {
    HealthMonitorFixture::SetUp();
    run_rows(90, 1);
    number_ = case_number();
  }
  /// The proposed window of the case, as it is seen now.
  HealthMonitor::WorkAcceptance seen(const std::string& mode = "bearing") {
    HealthMonitor::WorkAcceptance out;
    out.question.mode = mode;
    const auto draft = monitor_->work_order(kEngineer, number_, out.question);
    EXPECT_TRUE(draft) << draft.error().message.en;
    if (!draft || !draft->proposed) return out;
    const WorkWindow& window = draft->windows[*draft->proposed];
    out.start_ns = window.window.start_ns;
    out.check = work_check(*draft, window);
    out.note = "spare crew asked";
    return out;
  }
  int64_t number_ = 0;
};

TEST_F(AcceptWork, KeepsWhatWasAcceptedOverARestart) {
  const auto accepted = monitor_->accept_work(kEngineer, number_, seen());
  ASSERT_TRUE(accepted) << accepted.error().message.en;
  EXPECT_EQ(audit_->actions.back(), "maintenance.work_order case:" + std::to_string(number_));
  for (int i = 0; i < 2; ++i) {
    const auto kept = monitor_->accepted_work(kViewerOfA, number_);
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->by, "li");
    EXPECT_EQ(kept->note, "spare crew asked");
    EXPECT_EQ(kept->order["mode"], "bearing");
    EXPECT_EQ(kept->order["window"]["known"], accepted->order["window"]["known"]);
    open();
  }
}

TEST_F(AcceptWork, LetsOnlyEngineersOfTheLineAccept) {
  const auto wanted = seen();
  EXPECT_EQ(monitor_->accept_work(kViewerOfA, number_, wanted).error().code,
            Code::kPermissionDenied);
  EXPECT_EQ(monitor_->accept_work(kEngineerOfB, number_, wanted).error().code,
            Code::kPermissionDenied);
  EXPECT_EQ(monitor_->accept_work(kOperatorOfB, number_, wanted).error().code, Code::kNotFound);
  EXPECT_EQ(monitor_->work_order(kOperatorOfB, number_, {}).error().code, Code::kNotFound);
  EXPECT_FALSE(monitor_->accepted_work(kOperatorOfB, number_));
}

TEST_F(AcceptWork, RefusesAWindowThatIsNotAsItWasSeen) {
  auto wanted = seen();
  wanted.check = "0123456789abcdef";
  EXPECT_EQ(monitor_->accept_work(kEngineer, number_, wanted).error().code, Code::kConflict);
  wanted = seen();
  clock_.set(wanted.start_ns + 1);
  EXPECT_EQ(monitor_->accept_work(kEngineer, number_, wanted).error().code, Code::kConflict);
}

TEST_F(AcceptWork, KeepsNothingThatTheAuditLogDoesNot) {
  audit_->full = true;
  EXPECT_EQ(monitor_->accept_work(kEngineer, number_, seen()).error().code, Code::kUnavailable);
  EXPECT_FALSE(monitor_->accepted_work(kEngineer, number_));
}

TEST_F(AcceptWork, RefusesOnceTheCaseIsDecided) {
  ASSERT_TRUE(monitor_->decide(kEngineer, number_, CaseOutcome::kConfirmed, ""));
  EXPECT_EQ(monitor_->accept_work(kEngineer, number_, seen()).error().code, Code::kConflict);
}

TEST_F(AcceptWork, IsToldAsEvidenceToThoseWhoMaySeeTheLine) {
  const auto tool = make_work_order_tool(*monitor_, *plant_);
  const auto facts_for = [&](const Identity& who) {
    std::vector<std::string> out;
    const auto facts = tool->run(who, Json::object());
    for (const Evidence& each : *facts) {
      out.push_back(each.fact + " " + each.text);
    }
    return out;
  };
  const auto proposed = tool->run(kViewerOfA, {{"asset", "m1"}}).value();
  ASSERT_EQ(proposed.size(), 7u);
  EXPECT_EQ(proposed[1].value, static_cast<double>(number_));
  EXPECT_EQ(proposed[2].value, 350) << "2 h of standstill at 100, 3 h of work at 50";
  EXPECT_EQ(proposed[2].unit, "EUR");
  EXPECT_EQ(facts_for(kViewerOfA),
            (std::vector<std::string>{"work_order_count ", "work_order bearing",
                                      "work_window proposed", "work_hours ", "work_cost standstill",
                                      "work_cost labour", "work_cost parts"}));
  EXPECT_FALSE(proposed[6].value) << "no part is given";
  EXPECT_EQ(facts_for(kOperatorOfB), (std::vector<std::string>{"work_order_count "}));
  EXPECT_EQ(tool->run(kOperatorOfB, {{"asset", "m1"}}).error().code, Code::kNotFound);
  ASSERT_TRUE(monitor_->accept_work(kEngineer, number_, seen()));
  EXPECT_EQ(facts_for(kViewerOfA),
            (std::vector<std::string>{"work_order_count ", "work_order bearing",
                                      "work_window accepted"}));
}

TEST_F(AcceptWork, ForgetsWhoAccepted) {
  ASSERT_TRUE(monitor_->accept_work(kEngineer, number_, seen()));
  ASSERT_TRUE(monitor_->forget_person("LI"));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(monitor_->accepted_work(kEngineer, number_)->by, "?");
    open();
  }
}

}  // namespace
}  // namespace mw::maintenance
