#include "maintenance/health/train_health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "maintenance/health/health_scorer.h"
#include "maintenance/testing/made_running_machine.h"

namespace mw::maintenance {
namespace {

using ::testing::HasSubstr;

constexpr AlarmContract kFourADay{4, 1};

std::string refusal(const HealthHistory& history, const AlarmContract& contract = kFourADay) {
  const auto model = train_health(history, {{}, contract, "li", 0, false});
  return model ? "" : model.error().message.en + " / " + model.error().message.zh;
}

TEST(TrainHealth, LearnsInThreeBlocksOfTimeAndSaysSo) {
  MadeRunningMachine machine;
  const auto model = train_health(machine.history(24), {{}, kFourADay, "li", 9, true});
  ASSERT_TRUE(model) << model.error().message.en;
  const HealthCard& card = model->card;
  EXPECT_EQ(card.fit.end_ns, card.calibration.start_ns);
  EXPECT_EQ(card.calibration.end_ns, card.replay_window.start_ns);
  EXPECT_GT(card.replay_window.end_ns, card.replay_window.start_ns);
  EXPECT_TRUE(card.replay.kept);
  EXPECT_EQ(model->regimes.size(), 2u);
  EXPECT_EQ(to_json(card)["split"]["kind"], "time_block");
}

TEST(TrainHealth, SeesAFaultThatComesAndNamesWhoDeviates) {
  MadeRunningMachine machine;
  const auto model = train_health(machine.history(24), {{}, kFourADay, "li", 9, true});
  ASSERT_TRUE(model);
  auto scorer = HealthScorer::make(*model);
  ASSERT_TRUE(scorer);
  HealthPoint point;
  for (std::size_t i = 0; i < 40; ++i) {
    point =
        scorer->take(static_cast<TimeNs>(i) * 5 * kNsPerSecond, machine.state(i), machine.row(i));
  }
  EXPECT_EQ(point.verdict, HealthVerdict::kHealthy);
  EXPECT_GT(*point.index, 50);
  for (std::size_t i = 40; i < 60; ++i) {
    point = scorer->take(static_cast<TimeNs>(i) * 5 * kNsPerSecond, machine.state(i),
                         machine.row(i, 1));
  }
  EXPECT_EQ(point.verdict, HealthVerdict::kAlarm);
  EXPECT_LT(*point.index, 50);
  EXPECT_GT(point.contributions[2], 0.5);  // the vibration
}

TEST(TrainHealth, AnswersHonestlyWhereItCannotTell) {
  MadeRunningMachine machine;
  const auto model = train_health(machine.history(24), {{}, kFourADay, "li", 9, true});
  auto scorer = HealthScorer::make(*model);
  const std::vector<double> row = machine.row(0);
  EXPECT_EQ(scorer->take(1, "cleaning", row).verdict, HealthVerdict::kNeverSeen);
  EXPECT_EQ(scorer->take(2, "", row).verdict, HealthVerdict::kNotEnoughEvidence);
  const HealthPoint missing = scorer->take(3, "running", std::vector<double>{1, NAN, 2});
  EXPECT_EQ(missing.verdict, HealthVerdict::kNotEnoughEvidence);
  EXPECT_EQ(missing.sensor, "m1/current");
}

TEST(TrainHealth, TellsADeadSensorFromAFailingMachine) {
  MadeRunningMachine machine;
  const auto model = train_health(machine.history(24), {{}, kFourADay, "li", 9, true});
  auto scorer = HealthScorer::make(*model);
  HealthPoint point;
  for (std::size_t i = 0; i < 100; ++i) {
    std::vector<double> row = machine.row(i);
    row[0] = 61.5;
    point = scorer->take(static_cast<TimeNs>(i) * 5 * kNsPerSecond, machine.state(i), row);
  }
  EXPECT_EQ(point.verdict, HealthVerdict::kSensorFault);
  EXPECT_EQ(point.sensor, "m1/heat");
}

TEST(TrainHealth, RefusesWhatIsNoNormalHistoryByName) {
  MadeRunningMachine machine;
  EXPECT_THAT(refusal(machine.history(0.5)), HasSubstr("not enough evidence"));
  HealthHistory doubtful = machine.history(24);
  doubtful.good_share[1] = 0.6;
  EXPECT_THAT(refusal(doubtful), HasSubstr("m1/current is good for only 60 %"));
  HealthHistory flat = machine.history(24);
  std::fill(flat.rows.values.begin(), flat.rows.values.end(), 3.0);
  EXPECT_THAT(refusal(flat), HasSubstr("no sensor of the machine moves"));
  EXPECT_THAT(refusal(machine.history(24), {1, 30}), HasSubstr("days of normal history"));
  EXPECT_THAT(refusal(machine.history(72, 2), {2, 1}), HasSubstr("is there a fault in it?"));
  HealthHistory stood = machine.history(24);
  std::fill(stood.states.end() - 24 * 720 / 6, stood.states.end(), "maintenance");
  EXPECT_THAT(refusal(stood), HasSubstr("of the window's last fifth can be judged"));
}

TEST(TrainHealth, WritesAFileThatScoresTheSame) {
  MadeRunningMachine machine;
  const auto model = train_health(machine.history(24), {{}, kFourADay, "li", 9, true});
  const auto json = parse_json(to_text(to_json(*model)));
  ASSERT_TRUE(json);
  const auto back = parse_health_model(*json);
  ASSERT_TRUE(back) << back.error().message.en;
  EXPECT_EQ(replay_text(back->card.replay, kFourADay).zh,
            replay_text(model->card.replay, kFourADay).zh);
  auto one = HealthScorer::make(*model);
  auto other = HealthScorer::make(*back);
  for (std::size_t i = 0; i < 50; ++i) {
    const auto row = machine.row(i);
    const auto ts_ns = static_cast<TimeNs>(i) * 5 * kNsPerSecond;
    EXPECT_EQ(one->take(ts_ns, "running", row).score, other->take(ts_ns, "running", row).score);
  }
}

TEST(TrainHealth, RefusesAFileThatSomebodyBroke) {
  MadeRunningMachine machine;
  const Json whole = to_json(*train_health(machine.history(24), {{}, kFourADay, "x", 9, true}));
  const auto broken = [&](const char* pointer, Json value) {
    Json json = whole;
    json[Json::json_pointer(pointer)] = std::move(value);
    return !parse_health_model(json).has_value();
  };
  EXPECT_TRUE(broken("/format", 99));
  EXPECT_TRUE(broken("/tags", 3));
  EXPECT_TRUE(broken("/tags", Json::array()));
  EXPECT_TRUE(broken("/regimes", Json::array()));
  EXPECT_TRUE(broken("/regimes/0/rows/0", Json::array({1})));
  EXPECT_TRUE(broken("/regimes/0/rows/0/0", "hot"));
  EXPECT_TRUE(broken("/card", 1));
  EXPECT_TRUE(broken("/card/step_s", 0));
  EXPECT_TRUE(broken("/card/threshold/score", -1));
  EXPECT_TRUE(broken("/card/contract/days", 0));
}

}  // namespace
}  // namespace mw::maintenance
