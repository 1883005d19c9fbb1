#include "maintenance/health/replay_health.h"

#include <gtest/gtest.h>

#include "maintenance/health/train_health.h"
#include "maintenance/testing/made_running_machine.h"

namespace mw::maintenance {
namespace {

class HealthReplayTest : public ::testing::Test {
 protected:
  HealthReplayTest()
      : model_(train_health(machine_.history(24), {{}, {4, 1}, "li", 1, false}).value()) {
    model_.card.version = 2;
    model_.card.threshold.score *= 2;  // over its own noise: what alarms is the wear
  }
  /// Rows after what it learned from, worn in [begin, end).
  HealthHistory later(std::size_t rows, std::size_t begin, std::size_t end) {
    HealthHistory out = machine_.history(0);
    out.start_ns = kStart;
    for (std::size_t i = 0; i < rows; ++i) {
      out.rows.add(machine_.row(i, i >= begin && i < end ? 1 : 0));
      out.states.push_back(machine_.state(i));
    }
    return out;
  }
  static HealthCase case_at(std::size_t row, CaseOutcome outcome) {
    HealthCase one;
    one.number = 7;
    one.asset = "m1";
    one.opened_ns = kStart + static_cast<TimeNs>(row) * 5 * kNsPerSecond;
    one.outcome = outcome;
    return one;
  }
  HealthReplay replay(const HealthHistory& rows, const HealthCase* one) {
    auto replayer = HealthReplayer::make(model_, kStart);
    EXPECT_TRUE(replayer->add(rows));
    if (one != nullptr) {
      EXPECT_TRUE(replayer->judge(*one, rows, nullptr));
    }
    return replayer->finish();
  }

  static constexpr TimeNs kStart = 1'800'000'000 * kNsPerSecond;
  MadeRunningMachine machine_;
  HealthModel model_;
};

TEST_F(HealthReplayTest, CountsAnAlarmWithoutACaseAsFalse) {
  const HealthReplay out = replay(later(7200, 3000, 3100), nullptr);
  ASSERT_EQ(out.beside_count, 1u);
  EXPECT_NEAR(static_cast<double>(out.beside[0].from_ns - kStart) / kNsPerSecond, 15'000, 60);
  EXPECT_GT(out.beside[0].score, model_.card.threshold.score);
  EXPECT_EQ(out.contract.alarms, 1u);
  EXPECT_NEAR(out.judged_days, 7200 * 5 / 86'400.0, 0.01);
}

TEST_F(HealthReplayTest, TakesTheAlarmOfAConfirmedCaseForNoFalseOne) {
  const HealthHistory rows = later(7200, 3000, 3100);
  const HealthCase confirmed = case_at(3050, CaseOutcome::kConfirmed);
  const HealthReplay out = replay(rows, &confirmed);
  EXPECT_EQ(out.beside_count, 0u);
  EXPECT_EQ(out.contract.alarms, 0u);
  ASSERT_EQ(out.cases.size(), 1u);
  EXPECT_EQ(out.cases[0].answer, CaseAnswer::kRaised);
  EXPECT_NEAR(out.cases[0].lead_s, 230, 60);
  const HealthCase open = case_at(3050, CaseOutcome::kOpen);
  EXPECT_EQ(replay(rows, &open).contract.alarms, 1u);
}

TEST_F(HealthReplayTest, ExcusesAnAlarmOnlyAroundTheConfirmedCaseThatItIsOf) {
  const HealthHistory rows = later(7200, 1000, 7200);
  HealthCase one = case_at(1050, CaseOutcome::kConfirmed);
  EXPECT_FALSE(replay(rows, &one).contract.kept);     // it stands for hours after
  one.decided_ns = kStart + 7200 * 5 * kNsPerSecond;  // it was a failure all that time
  EXPECT_EQ(replay(rows, &one).contract.alarms, 0u);
}

TEST_F(HealthReplayTest, SaysThatACaseIsMissedOrThatItsValuesAreGone) {
  const HealthCase one = case_at(3050, CaseOutcome::kConfirmed);
  EXPECT_EQ(replay(later(7200, 0, 0), &one).cases[0].answer, CaseAnswer::kMissed);
  EXPECT_EQ(replay(later(100, 0, 0), &one).cases[0].answer, CaseAnswer::kNotKept);
}

TEST_F(HealthReplayTest, JudgesByTheRecordingWhereTheStoreHasNoValuesAnyMore) {
  const HealthCase one = case_at(3050, CaseOutcome::kConfirmed);
  const HealthHistory gone = later(10, 0, 0);
  const HealthHistory recorded = later(3200, 3000, 3100);
  auto replayer = HealthReplayer::make(model_, kStart);
  ASSERT_TRUE(replayer->judge(one, gone, &recorded));
  const HealthReplay out = replayer->finish();
  EXPECT_EQ(out.cases[0].answer, CaseAnswer::kRaised);
  EXPECT_TRUE(out.cases[0].from_recording);
}

TEST_F(HealthReplayTest, CountsNothingOverTheRowsThatItLearnedFrom) {
  model_.card.fit = {kStart, kStart + 4000 * 5 * kNsPerSecond};
  model_.card.calibration = {model_.card.fit.end_ns, model_.card.fit.end_ns};
  const HealthReplay out = replay(later(7200, 3000, 3100), nullptr);
  EXPECT_EQ(out.contract.alarms, 0u);
  EXPECT_EQ(out.beside_count, 1u);
  EXPECT_NEAR(out.contract.days, 3200 * 5 / 86'400.0, 0.01);
}

}  // namespace
}  // namespace mw::maintenance
