#include "maintenance/health/promotion_gate.h"

#include <gtest/gtest.h>

namespace mw::maintenance {
namespace {

HealthCase case_of(int64_t number, CaseOutcome outcome) {
  HealthCase one;
  one.number = number;
  one.outcome = outcome;
  return one;
}

HealthReplay good_replay() {
  HealthReplay out;
  out.contract.days = 20;
  out.contract.kept = true;
  return out;
}

TEST(PromotionGate, IsShutUntilThePastWasReplayed) {
  EXPECT_FALSE(promotion_gate({}, {}).open());
  EXPECT_TRUE(promotion_gate(good_replay(), {}).open());
}

TEST(PromotionGate, IsShutByABrokenContractAndByNoEvidence) {
  HealthReplay replay = good_replay();
  replay.contract.kept = false;
  EXPECT_TRUE(promotion_gate(replay, {}).breaks_contract);
  replay.contract.days = 0;
  EXPECT_TRUE(promotion_gate(replay, {}).nothing_judged);
  EXPECT_FALSE(promotion_gate(replay, {}).open());
}

TEST(PromotionGate, IsShutByAConfirmedCaseThatIsMissedAndByNoOther) {
  HealthReplay replay = good_replay();
  replay.cases = {{1, CaseAnswer::kMissed, 0, false},
                  {2, CaseAnswer::kRaised, 9, false},
                  {3, CaseAnswer::kNotKept, 0, false}};
  const std::vector<HealthCase> cases = {case_of(1, CaseOutcome::kNothingFound),
                                         case_of(2, CaseOutcome::kConfirmed),
                                         case_of(3, CaseOutcome::kConfirmed)};
  EXPECT_TRUE(promotion_gate(replay, cases).open());
  const auto missed = promotion_gate(replay, {case_of(1, CaseOutcome::kConfirmed)});
  EXPECT_EQ(missed.missed, std::vector<int64_t>{1});
  EXPECT_FALSE(missed.open());
  const auto newer = promotion_gate(replay, {case_of(4, CaseOutcome::kConfirmed)});
  EXPECT_EQ(newer.newer, std::vector<int64_t>{4});
  EXPECT_FALSE(newer.open());
}

TEST(PromotionGate, NamesOnlyCasesThatMayBeSeen) {
  PromotionGate gate;
  gate.missed = {1, 2};
  const auto texts = gate_texts(gate, [](int64_t number) { return number == 2; });
  ASSERT_EQ(texts.size(), 1u);
  EXPECT_EQ(texts[0].en, "confirmed cases that it would have missed: 2 (2)");
}

}  // namespace
}  // namespace mw::maintenance
