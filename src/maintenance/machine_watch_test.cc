// Scope: a machine from its history to its alarm: states, contract, budget, sensors, refusals.

#include "maintenance/machine_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "maintenance/testing/made_vibration.h"

namespace mw::maintenance {
namespace {

using ::testing::HasSubstr;

constexpr TimeNs kStart = 1'760'000'000 * kNsPerSecond;

/// Speed, current, temperature, vibration; off, idle and load in turn, a row a minute.
/// `wear` heats and shakes what runs.
SampleMatrix made_machine(std::size_t rows, uint64_t seed, double wear = 0) {
  testing_support::MadeNoise noise(seed);
  SampleMatrix out{4, {}};
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t in_day = i % 480;
    const double load = in_day < 60 ? 0 : in_day < 140 ? 0.3 : 1;
    const double runs = load > 0 ? 1 : 0;
    out.add(std::vector<double>{1500 * load + runs * 5 * noise.normal(),
                                20 * load + runs * 2 * wear + 0.2 * noise.normal(),
                                30 + 30 * load + runs * 6 * wear + 0.5 * noise.normal(),
                                0.2 + 2 * load + runs * wear + 0.1 * noise.normal()});
  }
  return out;
}

WatchOptions options() {
  WatchOptions out;
  out.step_s = 60;
  out.state_columns = {0};
  out.contract = {.most_false = 2, .days = 1};
  return out;
}

Result<MachineWatch> learned() {
  return MachineWatch::learn(made_machine(14 * 1440, 1), options());
}

TEST(MachineWatch, LearnsItsStatesAndKeepsItsContractInTheReplay) {
  const auto watch = learned();
  ASSERT_TRUE(watch) << watch.error().message.en;
  ASSERT_EQ(watch->states().size(), 3u);
  EXPECT_EQ(watch->states()[0].name, "off");
  EXPECT_EQ(watch->states()[1].name, "idle");
  EXPECT_EQ(watch->states()[2].name, "load");
  EXPECT_TRUE(watch->replay().kept);
  EXPECT_GT(watch->threshold().blocks, 20u);
}

TEST(MachineWatch, SeesWearInItsStateAndSpendsItsBudget) {
  auto watch = learned();
  ASSERT_TRUE(watch);
  TimeNs now = kStart;
  const auto run = [&](const SampleMatrix& rows) {
    WatchReading first;
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      const WatchReading found = watch->take(now += kNsPerMinute, rows.row(i));
      if (found.begins && !first.begins) first = found;
    }
    return first;
  };
  run(made_machine(480, 2));
  const std::size_t before = watch->budget().state(now).spent;
  EXPECT_LE(before, 2u);
  const WatchReading alarm = run(made_machine(480, 3, 2.0));
  ASSERT_TRUE(alarm.begins);
  EXPECT_TRUE(alarm.alarm);
  ASSERT_TRUE(alarm.state);
  EXPECT_NE(watch->states()[*alarm.state].kind, StateKind::kOff);
  for (const SensorVerdict& each : alarm.sensors) EXPECT_EQ(each.fault, SensorFault::kNone);
  const BudgetState state = watch->budget().state(now);
  EXPECT_GT(state.spent, before);
  EXPECT_TRUE(watch->budget().note_outcome(alarm.alarm_number, AlarmOutcome::kConfirmed));
  EXPECT_EQ(watch->budget().state(now).spent, state.spent - 1);
}

TEST(MachineWatch, SaysThatARegimeWasNeverSeenInsteadOfAnAlarm) {
  auto watch = learned();
  ASSERT_TRUE(watch);
  SampleMatrix faster = made_machine(300, 4);
  for (std::size_t i = 0; i < 300; ++i) faster.values[i * 4] = 2600;
  TimeNs now = kStart;
  std::size_t unseen = 0;
  for (std::size_t i = 0; i < 300; ++i) {
    const WatchReading found = watch->take(now += kNsPerMinute, faster.row(i));
    unseen += found.unseen_regime ? 1 : 0;
    EXPECT_FALSE(found.begins);
  }
  EXPECT_GT(unseen, 290u);
}

TEST(MachineWatch, RefusesTwoHoursOfHistory) {
  WatchOptions month = options();
  month.step_s = 1;
  month.contract = {.most_false = 1, .days = 30};
  const auto watch = MachineWatch::learn(made_machine(7200, 5), month);
  ASSERT_FALSE(watch);
  EXPECT_THAT(watch.error().message.en, HasSubstr("not enough evidence"));
  EXPECT_THAT(watch.error().message.zh, HasSubstr("依据不足"));
}

TEST(MachineWatch, RefusesAModelThatCannotKeepItsBudget) {
  // The last fifth of the history runs hotter than all that the model learned from.
  SampleMatrix history = made_machine(14 * 1440, 6);
  const SampleMatrix worn = made_machine(14 * 1440, 6, 3.0);
  const auto from = static_cast<std::ptrdiff_t>(history.values.size() * 8 / 10);
  std::copy(worn.values.begin() + from, worn.values.end(), history.values.begin() + from);
  const auto watch = MachineWatch::learn(history, options());
  ASSERT_FALSE(watch);
  EXPECT_EQ(watch.error().code, Code::kConflict);
  EXPECT_THAT(watch.error().message.en, HasSubstr("cannot keep its budget"));
  EXPECT_THAT(watch.error().message.zh, HasSubstr("误报预算"));
}

}  // namespace
}  // namespace mw::maintenance
