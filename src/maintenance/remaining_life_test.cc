#include "maintenance/remaining_life.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "maintenance/testing/made_runs.h"

namespace mw::maintenance {
namespace {

using testing::HasSubstr;

LifeOptions quick() {
  LifeOptions options;
  options.settings = {"load"};
  options.cap = 100;
  options.trees = 60;
  options.stride_rows = 2;
  return options;
}

/// Trained once for all tests.
const LifeModel& model() {
  static const LifeModel kModel = [] {
    ThreadPool pool(2);
    auto trained = LifeModel::train(made_runs(24), quick(), pool);
    EXPECT_TRUE(trained) << trained.error().message.en;
    return *std::move(trained);
  }();
  return kModel;
}

std::vector<double> true_lives(const RunTable& seen) {
  std::vector<double> out;
  for (std::size_t machine = 0; machine < seen.assets.size(); ++machine) {
    const auto [first, last] = seen.rows_of(machine);
    const int life = 60 + 7 * static_cast<int>(machine);
    out.push_back(std::min(100.0, life - static_cast<double>(last - first)));
  }
  return out;
}

TEST(LifeModel, PredictsMachinesThatItNeverSaw) {
  const RunTable fresh = made_runs(20, 0.8, 9);
  ThreadPool pool(2);
  const auto answers = model().answers(fresh, pool);
  ASSERT_TRUE(answers);
  std::vector<double> said;
  int inside = 0;
  const std::vector<double> truth = true_lives(fresh);
  for (std::size_t i = 0; i < answers->size(); ++i) {
    const LifeAnswer& each = (*answers)[i];
    said.push_back(each.point);
    inside += truth[i] >= each.low && truth[i] <= each.high ? 1 : 0;
    EXPECT_NE(each.kind, LifeAnswerKind::kUnseenRegime);
  }
  EXPECT_LT(root_mean_square(said, truth), 9);
  EXPECT_GE(inside, 15);
}

TEST(LifeModel, CountsItsIntervalOnAssetsThatItHeldOut) {
  ASSERT_EQ(model().held_out_scores().size(), 2u);
  const Score& coverage = model().held_out_scores()[1];
  EXPECT_EQ(coverage.split(), Split::kAssetWise);
  EXPECT_NEAR(coverage.value(), 0.9, 0.05);
}

TEST(LifeModel, SaysThatItIsTooEarlyWhereNothingCanBeToldYet) {
  const RunTable young = made_runs(24, 0.12, 5);
  const auto answer = model().answer(young, 20);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->kind, LifeAnswerKind::kTooEarly);
  EXPECT_THAT(answer->text.en, HasSubstr("too early"));
  EXPECT_THAT(answer->text.zh, HasSubstr("为时尚早"));
}

TEST(LifeModel, ClaimsNoNumberForALoadThatItNeverSaw) {
  RunTable table = made_runs(3, 0.8, 5);
  for (double& load : table.columns[0].values) load = 60;
  const auto answer = model().answer(table, 1);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->kind, LifeAnswerKind::kUnseenRegime);
  EXPECT_THAT(answer->text.en, HasSubstr("run in a way"));
}

TEST(LifeModel, ClaimsNoNumberForSensorsUnlikeAllItSaw) {
  RunTable table = made_runs(3, 0.8, 5);
  for (double& wear : table.columns[1].values) wear = 40;
  const auto answer = model().answer(table, 1);
  EXPECT_EQ(answer->kind, LifeAnswerKind::kUnseenRegime);
  EXPECT_THAT(answer->text.en, HasSubstr("sensors"));
}

TEST(LifeModel, NamesTheSensorThatShortensALife) {
  const auto answer = model().answer(made_runs(20, 0.95, 9), 15);
  ASSERT_TRUE(answer);
  EXPECT_LT(answer->high, 60);
  EXPECT_LT(answer->reasons[0].added, 0);
}

TEST(LifeModel, HasTheSameBitsOnOneThreadAndOnTwo) {
  LifeOptions options = quick();
  options.trees = 8;
  ThreadPool one(1), two(2);
  const RunTable table = made_runs(10);
  EXPECT_EQ(to_text(LifeModel::train(table, options, one)->to_json()),
            to_text(LifeModel::train(table, options, two)->to_json()));
}

TEST(LifeModel, AnswersTheSameAfterBeingStored) {
  const auto read = LifeModel::from_json(*parse_json(to_text(model().to_json())));
  ASSERT_TRUE(read) << read.error().message.en;
  const RunTable fresh = made_runs(5, 0.7, 3);
  for (std::size_t asset = 0; asset < 5; ++asset) {
    EXPECT_EQ(read->answer(fresh, asset)->point, model().answer(fresh, asset)->point);
    EXPECT_EQ(read->answer(fresh, asset)->low, model().answer(fresh, asset)->low);
  }
}

TEST(LifeModel, RefusesDamagedModelsAndOtherTables) {
  for (const char* key : {"format", "options", "regimes", "novelty", "bands", "trees"}) {
    Json broken = model().to_json();
    broken.erase(key);
    EXPECT_FALSE(LifeModel::from_json(broken)) << key;
  }
  RunTable other = made_runs(2);
  other.columns.erase(other.columns.begin() + 1);
  const auto answer = model().answer(other, 0);
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message.en, HasSubstr("'wear'"));
}

TEST(LifeModel, IsScoredByRowsAndByAssetsBesideEachOther) {
  LifeOptions options = quick();
  options.trees = 20;
  const auto scores = LifeModel::scores(made_runs(12), options, std::array<uint64_t, 1>{1});
  ASSERT_TRUE(scores);
  ASSERT_EQ(scores->size(), 2u);
  EXPECT_EQ((*scores)[0].split(), Split::kRandom);
  EXPECT_EQ((*scores)[1].split(), Split::kAssetWise);
  EXPECT_LT((*scores)[0].value(), (*scores)[1].value());
}

TEST(LifeModel, RefusesTooLittleHistory) {
  ThreadPool pool(1);
  EXPECT_FALSE(LifeModel::train(made_runs(4), quick(), pool));
}

TEST(LatePenalty, PunishesLateMoreThanEarly) {
  EXPECT_NEAR(late_penalty(std::array{30.0}, std::array{20.0}), 1.71828, 1e-4);
  EXPECT_NEAR(late_penalty(std::array{20.0}, std::array{30.0}), 1.15811, 1e-4);
}

}  // namespace
}  // namespace mw::maintenance
