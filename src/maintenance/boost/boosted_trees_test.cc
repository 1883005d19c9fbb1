#include "maintenance/boost/boosted_trees.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <thread>

#include "maintenance/boost/train_trees.h"
#include "maintenance/testing/made_runs.h"

namespace mw::maintenance {
namespace {

using testing::HasSubstr;

struct Taught {
  FeatureRows rows;
  std::vector<float> answers;
};

/// y = 3 where x0 > 0.2, else -1, plus x1; x2 says nothing; some x1 are missing.
Taught made_rows() {
  Taught out;
  out.rows.columns = 3;
  for (uint64_t i = 0; i < 2000; ++i) {
    const float x0 = static_cast<float>(noise(3 * i));
    const float x1 = static_cast<float>(noise(3 * i + 1));
    const bool missing = i % 17 == 0;
    out.rows.append(std::array{x0, missing ? std::numeric_limits<float>::quiet_NaN() : x1,
                               static_cast<float>(noise(3 * i + 2))});
    out.answers.push_back((x0 > 0.2F ? 3.0F : -1.0F) + (missing ? 0.0F : x1));
  }
  return out;
}

BoostOptions quick() {
  BoostOptions options;
  options.trees = 60;
  options.learning_rate = 0.1;
  options.column_share = 1;
  return options;
}

TEST(BoostedTrees, LearnsAStepAndALine) {
  const Taught taught = made_rows();
  const auto trees = train_trees(taught.rows, taught.answers, {}, quick());
  ASSERT_TRUE(trees) << trees.error().message.en;
  EXPECT_EQ(trees->trees(), 60u);
  EXPECT_NEAR(trees->predict(std::array{0.7F, 0.5F, 0.0F}), 3.5, 0.25);
  EXPECT_NEAR(trees->predict(std::array{-0.7F, -0.5F, 0.0F}), -1.5, 0.25);
}

TEST(BoostedTrees, GivesTheSameBitsWhateverElseRuns) {
  const Taught taught = made_rows();
  const auto alone = train_trees(taught.rows, taught.answers, {}, quick());
  std::vector<std::string> beside(3);
  std::vector<std::thread> threads;
  for (std::string& each : beside) {
    threads.emplace_back(
        [&] { each = to_text(train_trees(taught.rows, taught.answers, {}, quick())->to_json()); });
  }
  for (std::thread& each : threads) each.join();
  for (const std::string& each : beside) EXPECT_EQ(each, to_text(alone->to_json()));
}

TEST(BoostedTrees, AnswersTheSameAfterBeingStored) {
  const Taught taught = made_rows();
  const auto trees = train_trees(taught.rows, taught.answers, {}, quick());
  const auto parsed = parse_json(to_text(trees->to_json()));
  ASSERT_TRUE(parsed);
  const auto read = BoostedTrees::from_json(*parsed);
  ASSERT_TRUE(read) << read.error().message.en;
  for (std::size_t i = 0; i < 200; ++i) {
    EXPECT_EQ(trees->predict(taught.rows.row(i)), read->predict(taught.rows.row(i)));
  }
}

TEST(BoostedTrees, SplitsAPredictionIntoWhatEachColumnAdded) {
  const Taught taught = made_rows();
  const auto trees = train_trees(taught.rows, taught.answers, {}, quick());
  const std::vector<double> added = trees->contributions(std::array{0.7F, 0.9F, 0.1F});
  EXPECT_NEAR(std::accumulate(added.begin(), added.end(), 0.0),
              trees->predict(std::array{0.7F, 0.9F, 0.1F}), 1e-9);
  EXPECT_GT(added[1], 1.5);
  EXPECT_GT(added[2], 0.5);
  EXPECT_LT(std::abs(added[3]), 0.2);
}

TEST(BoostedTrees, LearnsOddsOfAFailure) {
  Taught taught = made_rows();
  for (std::size_t i = 0; i < taught.answers.size(); ++i) {
    taught.answers[i] = taught.rows.row(i)[0] > 0.2F ? 1.0F : 0.0F;
  }
  BoostOptions options = quick();
  options.aim = BoostOptions::Aim::kLogOdds;
  options.least_weight = 1;
  const auto trees = train_trees(taught.rows, taught.answers, {}, options);
  EXPECT_GT(logistic(trees->predict(std::array{0.7F, 0.0F, 0.0F})), 0.9);
  EXPECT_LT(logistic(trees->predict(std::array{-0.7F, 0.0F, 0.0F})), 0.1);
}

TEST(BoostedTrees, RefusesDamagedTrees) {
  const char* kTree =
      R"({"base":0,"columns":1,"trees":[{"column":[0,0,0],"threshold":[0.5,0,0],"left":[1,-1,-1],)"
      R"("right":[2,-1,-1],"missing_left":[1,0,0],"value":[0,1,2],"cover":[2,1,1]}]})";
  ASSERT_TRUE(BoostedTrees::from_json(*parse_json(kTree)));
  struct Case {
    const char *from, *to, *message;
  };
  const Case cases[] = {
      {R"("left":[1)", R"("left":[0)", "not after its parent"},
      {R"("left":[1)", R"("left":[3)", "not after its parent"},
      {R"("left":[1)", R"("left":[1e300)", "out of range"},
      {R"("left":[1)", R"("left":[1.5)", "out of range"},
      {R"("right":[2)", R"("right":[-1)", "not after its parent"},
      {R"("column":[0)", R"("column":[1)", "a column that is none"},
      {R"("cover":[2,)", R"("cover":[)", "different lengths"},
      {R"("cover":[2)", R"("cover":[-2)", "negative cover"},
      {R"("value":[0)", R"("value":["0")", "no numbers"},
      {R"("columns":1)", R"("columns":0)", "out of range"},
      {R"("trees":[{)", R"("trees":[7,{)", "no object"},
      {R"("trees")", R"("threes")", "no list 'trees'"},
  };
  for (const Case& each : cases) {
    std::string text = kTree;
    text.replace(text.find(each.from), std::string_view(each.from).size(), each.to);
    const auto read = BoostedTrees::from_json(*parse_json(text));
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, Code::kCorrupt);
    EXPECT_THAT(read.error().message.en, HasSubstr(each.message));
  }
}

}  // namespace
}  // namespace mw::maintenance
