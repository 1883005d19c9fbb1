#include "maintenance/table_training.h"

#include <gmock/gmock.h>

#include "maintenance/testing/made_failures.h"
#include "maintenance/testing/made_runs.h"

namespace mw::maintenance {
namespace {

const TableSource kSource{"runs.csv", "digest", {}};

TableTraining quick() {
  TableTraining training;
  training.life.settings = {"load"};
  training.life.trees = 20;
  training.failure.trees = 10;
  training.failure.seeds = {1};
  training.lines = {"a"};
  return training;
}

TEST(TableTraining, MakesAModelWithTheCardThatIsTrueOfIt) {
  const RunTable table = made_runs(12);
  ThreadPool pool(2);
  TableTraining training = quick();
  training.splits = true;
  std::vector<std::pair<TrainingStage, int>> seen;
  const auto made =
      train_from_table(table, make_data_report(table), kSource, training, pool, FixedClock(0),
                       [&](TrainingStage stage, int done, int) { seen.emplace_back(stage, done); });
  ASSERT_TRUE(made) << made.error().message.en;
  EXPECT_TRUE(std::holds_alternative<LifeModel>(made->model));
  EXPECT_EQ(made->card.data_file, "runs.csv");
  EXPECT_EQ(made->card.trained_at, "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(made->card.lines, std::vector<std::string>{"a"});
  EXPECT_EQ(made->card.scores.size(), 4u) << "held out, and two splits";
  EXPECT_EQ(made->card.splits_refused.size(), 2u);
  EXPECT_EQ(seen.front(), (std::pair{TrainingStage::kTrees, 1}));
  EXPECT_EQ(seen.back(), (std::pair{TrainingStage::kScores, 8}));
}

TEST(TableTraining, LearnsFailuresWhereTheTableHasALabel) {
  const RunTable table = made_failures(2000);
  ThreadPool pool(2);
  const auto made =
      train_from_table(table, make_data_report(table), kSource, quick(), pool, FixedClock(0));
  ASSERT_TRUE(made) << made.error().message.en;
  EXPECT_EQ(std::get<FailureModel>(made->model).modes().size(), 4u);
}

TEST(TableTraining, RefusesWhatTheReportForbids) {
  const RunTable table = made_runs(3);
  ThreadPool pool(1);
  const auto made =
      train_from_table(table, make_data_report(table), kSource, quick(), pool, FixedClock(0));
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message.en, testing::HasSubstr("at least 8 assets"));
}

TEST(TableTraining, StopsAtTheNextTreeOrRule) {
  ThreadPool pool(2);
  std::stop_source stop;
  TableTraining training = quick();
  training.life.stop = stop.get_token();
  training.failure.stop = stop.get_token();
  const RunTable runs = made_runs(12);
  int trees = 0;
  const auto life = train_from_table(runs, make_data_report(runs), kSource, training, pool,
                                     FixedClock(0), [&](TrainingStage, int done, int) {
                                       trees = done;
                                       if (done == 5) stop.request_stop();
                                     });
  ASSERT_FALSE(life);
  EXPECT_EQ(life.error().code, Code::kCancelled);
  EXPECT_LT(trees, 5 + 6) << "of 120; six grow beside each other at most";
  const RunTable failures = made_failures(2000);
  const auto failure = train_from_table(failures, make_data_report(failures), kSource, training,
                                        pool, FixedClock(0));
  ASSERT_FALSE(failure);
  EXPECT_EQ(failure.error().code, Code::kCancelled);
}

}  // namespace
}  // namespace mw::maintenance
