#include "maintenance/detect/alarm_budget.h"

#include <gtest/gtest.h>

namespace mw::maintenance {
namespace {

constexpr TimeNs kStart = 1'760'000'000 * kNsPerSecond;

TEST(AlarmBudget, CountsAlarmsUntilTheyAreConfirmedOrOld) {
  AlarmBudget budget({.most_false = 2, .days = 30});
  EXPECT_EQ(budget.state(kStart).left, 2);
  const uint64_t first = budget.note_alarm(kStart);
  const uint64_t second = budget.note_alarm(kStart + kNsPerDay);
  budget.note_alarm(kStart + 2 * kNsPerDay);
  BudgetState state = budget.state(kStart + 2 * kNsPerDay);
  EXPECT_EQ(state.spent, 3u);
  EXPECT_EQ(state.open, 3u);
  EXPECT_TRUE(state.exceeded);
  EXPECT_EQ(state.next_release_ns, kStart + 30 * kNsPerDay);

  EXPECT_TRUE(budget.note_outcome(second, AlarmOutcome::kConfirmed));
  EXPECT_TRUE(budget.note_outcome(first, AlarmOutcome::kNothingFound));
  state = budget.state(kStart + 2 * kNsPerDay);
  EXPECT_EQ(state.spent, 2u) << "a confirmed alarm was none of the false ones";
  EXPECT_EQ(state.open, 1u);
  EXPECT_FALSE(state.exceeded);

  EXPECT_EQ(budget.state(kStart + 31 * kNsPerDay).spent, 1u);
  EXPECT_EQ(budget.state(kStart + 33 * kNsPerDay).spent, 0u);
}

TEST(AlarmBudget, LetsGoOfWhatIsOlderThanItsWindow) {
  AlarmBudget budget({.most_false = 1, .days = 1});
  const uint64_t old = budget.note_alarm(kStart);
  budget.note_alarm(kStart + 2 * kNsPerDay);
  EXPECT_FALSE(budget.note_outcome(old, AlarmOutcome::kConfirmed));
  EXPECT_FALSE(budget.note_outcome(99, AlarmOutcome::kConfirmed));
  EXPECT_EQ(budget.state(kStart + 2 * kNsPerDay).spent, 1u);
}

}  // namespace
}  // namespace mw::maintenance
