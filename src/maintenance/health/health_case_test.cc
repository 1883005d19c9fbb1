#include "maintenance/health/health_case.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mw::maintenance {
namespace {

HealthCase with_shares(int64_t number, double vibration, double heat,
                       CaseOutcome outcome = CaseOutcome::kOpen) {
  HealthCase one;
  one.number = number;
  one.opened_ns = number;
  one.outcome = outcome;
  one.evidence = {{"m1/vibration", "mm/s", 5, 1, 2, vibration},
                  {"m1/heat", "degC", 60, 1, 2, heat}};
  return one;
}

TEST(HealthCase, FindsThePastCaseWithTheSameContributions) {
  const std::vector<HealthCase> past = {with_shares(1, 0.1, 0.9), with_shares(2, 0.8, 0.2)};
  const auto found = nearest_case(with_shares(3, 0.9, 0.1), past);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->number, 2);
  EXPECT_GT(found->similarity, 0.95);
}

TEST(HealthCase, PrefersACaseThatWasDecidedWhereTwoAreAlike) {
  const std::vector<HealthCase> past = {with_shares(2, 0.9, 0.1),
                                        with_shares(1, 0.9, 0.1, CaseOutcome::kConfirmed)};
  EXPECT_EQ(nearest_case(with_shares(3, 0.9, 0.1), past)->number, 1);
}

TEST(HealthCase, HasNoPastBeforeTheFirstOne) {
  EXPECT_FALSE(nearest_case(with_shares(1, 0.9, 0.1), {}));
  EXPECT_FALSE(nearest_case(with_shares(1, 0.9, 0.1), {with_shares(1, 0.9, 0.1)}));
}

TEST(HealthCase, ProposesStepsInBothLanguagesForEachKindOfSignal) {
  for (const SignalKind kind : {SignalKind::kTemperature, SignalKind::kVibration,
                                SignalKind::kPressure, SignalKind::kCurrent, SignalKind::kOther}) {
    const WorkOrder order = proposed_work(kind);
    EXPECT_GE(order.steps.size(), 2u) << kind_name(kind);
    for (const Text& step : order.steps) EXPECT_FALSE(step.en.empty() || step.zh.empty());
  }
  EXPECT_EQ(kind_of_unit("mm/s"), SignalKind::kVibration);
  EXPECT_EQ(kind_of_unit("1/min"), SignalKind::kOther);
}

TEST(HealthCase, SurvivesItsBody) {
  HealthCase back;
  ASSERT_TRUE(read_case_body(case_body(with_shares(1, 0.7, 0.3)), back));
  ASSERT_EQ(back.evidence.size(), 2u);
  EXPECT_EQ(back.evidence[0].tag, "m1/vibration");
  EXPECT_EQ(back.evidence[0].share, 0.7);
  EXPECT_EQ(back.kind, SignalKind::kVibration);
  EXPECT_FALSE(read_case_body(Json{{"evidence", 3}}, back));
}

}  // namespace
}  // namespace mw::maintenance
