// Scope: the promise itself, over many made machines whose scores depend on each other in time;
// what is refused; counting; the replay; SKAB's anomaly-free run and TEP are measured by
// bench/macro/anomaly_bench.cc.

#include "maintenance/detect/alarm_contract.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "maintenance/detect/poisson.h"
#include "maintenance/testing/made_vibration.h"

namespace mw::maintenance {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Scores of a machine that runs normally, each like the one before it; heavy of tail.
std::vector<double> normal_scores(std::size_t count, double memory, uint64_t seed) {
  testing_support::MadeNoise noise(seed);
  std::vector<double> out(count);
  double state = 0;
  for (double& each : out) {
    state = memory * state + std::sqrt(1 - memory * memory) * noise.normal();
    each = std::exp(0.5 * state);
  }
  return out;
}

TEST(AlarmContract, IsKeptOnMachinesThatRunAsTheHistoryDid) {
  // Rows of a minute; 5 alarms in a day, so that a test of seconds sees enough of them.
  const AlarmContract contract{.most_false = 5, .days = 1};
  const AlarmCounting counting{.step_s = 60, .quiet_s = 600};
  for (const double memory : {0.0, 0.8, 0.9}) {
    std::size_t alarms = 0;
    double days = 0;
    for (uint64_t machine = 0; machine < 40; ++machine) {
      const auto history = normal_scores(8 * 1440, memory, 1000 + machine);
      const auto threshold = alarm_threshold(history, contract, counting);
      ASSERT_TRUE(threshold) << threshold.error().message.en;
      EXPECT_LE(threshold->p_value, 5 * threshold->block_s / 86'400 + 1e-12);
      const auto replay = replay_contract(normal_scores(3 * 1440, memory, 5000 + machine),
                                          threshold->score, contract, counting);
      alarms += replay.alarms;
      days += replay.days;
    }
    const auto [low, high] = poisson_interval(alarms, 0.99);
    EXPECT_LE(low / days, 5) << "memory " << memory << ": " << alarms << " in " << days << " days";
    EXPECT_GT(high / days, 1.5) << "a threshold that never alarms keeps any promise";
  }
}

TEST(AlarmContract, DoesNotDependOnTheScoresDistribution) {
  const AlarmContract contract{.most_false = 5, .days = 1};
  const AlarmCounting counting{.step_s = 60, .quiet_s = 600};
  std::vector<double> scores = normal_scores(6 * 1440, 0.8, 3);
  const auto plain = alarm_threshold(scores, contract, counting);
  ASSERT_TRUE(plain);
  const auto before = count_alarms(scores, plain->score, counting);
  for (double& each : scores) each = each * each * each;  // another scale, the same order
  const auto cubed = alarm_threshold(scores, contract, counting);
  ASSERT_TRUE(cubed);
  EXPECT_EQ(count_alarms(scores, cubed->score, counting), before);
}

TEST(AlarmContract, RefusesWhatTheHistoryIsTooShortFor) {
  const auto two_hours = normal_scores(7200, 0.5, 1);
  const auto refused = alarm_threshold(two_hours, {.most_false = 1, .days = 30}, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().param, "history");
  EXPECT_THAT(refused.error().message.en, HasSubstr("not enough evidence"));
  EXPECT_THAT(refused.error().message.en, HasSubstr("30 days of normal history"));
  EXPECT_THAT(refused.error().message.zh, HasSubstr("依据不足"));
  const std::vector<double> nothing(100'000, std::nan(""));
  EXPECT_FALSE(alarm_threshold(nothing, {.most_false = 10, .days = 1}, {}));
  EXPECT_EQ(alarm_threshold(two_hours, {.most_false = 0, .days = 30}, {}).error().param,
            "contract");
}

TEST(AlarmContract, CountsWhatIsCloseTogetherOnce) {
  const AlarmCounting counting{.step_s = 60, .quiet_s = 180};
  const std::vector<double> scores = {0, 2, 0, 0, 2, 0, std::nan(""), 0, 0, 2, 2, 2};
  EXPECT_THAT(count_alarms(scores, 1, counting), ElementsAre(1, 9));
  EXPECT_TRUE(count_alarms(scores, 2, counting).empty()) << "at the threshold is no alarm";
}

TEST(AlarmContract, AModelThatCannotKeepItIsTold) {
  const AlarmContract contract{.most_false = 1, .days = 30};
  const AlarmCounting counting{.step_s = 60, .quiet_s = 600};
  std::vector<double> scores(10 * 1440, 0.5);
  for (std::size_t i = 0; i < scores.size(); i += 1440) scores[i] = 3;  // one a day
  const ContractReplay replay = replay_contract(scores, 2, contract, counting);
  EXPECT_EQ(replay.alarms, 10u);
  EXPECT_NEAR(replay.rate, 30, 1e-9);
  EXPECT_FALSE(replay.kept);
  EXPECT_THAT(replay_text(replay, contract).en, HasSubstr("does not go live"));
  EXPECT_THAT(replay_text(replay, contract).zh, HasSubstr("不予上线"));
  const ContractReplay standing = replay_contract(std::vector<double>(10 * 1440, 3), 2,
                                                  {.most_false = 5, .days = 30}, counting);
  EXPECT_EQ(standing.alarms, 1u);
  EXPECT_FALSE(standing.kept) << "one alarm, and it never ends";
  const ContractReplay quiet = replay_contract(scores, 4, contract, counting);
  EXPECT_TRUE(quiet.kept);
  EXPECT_GT(quiet.rate_high, 1) << "ten days prove no promise of a month";
}

TEST(Poisson, HasGarwoodsInterval) {
  const auto [low, high] = poisson_interval(10, 0.95);
  EXPECT_NEAR(low, 4.7954, 1e-4);  // published tables
  EXPECT_NEAR(high, 18.3904, 1e-4);
  EXPECT_EQ(poisson_interval(0, 0.9).first, 0);
  EXPECT_NEAR(poisson_interval(0, 0.9).second, 2.9957, 1e-4);
  EXPECT_NEAR(poisson_at_most(2, 1.5), 0.808847, 1e-6);
}

}  // namespace
}  // namespace mw::maintenance
