#include "maintenance/classify/extra_trees.h"

#include <gtest/gtest.h>

#include <limits>

#include "maintenance/testing/made_vibration.h"

namespace mw::maintenance {
namespace {

/// Two classes that no straight line parts: inside a ring and outside of it.
SampleMatrix ring(std::size_t rows, uint64_t seed, std::vector<int>& labels) {
  testing_support::MadeNoise noise(seed);
  SampleMatrix out{2, {}};
  labels.clear();
  while (out.rows() < rows) {
    const double x = 4 * noise.uniform() - 2;
    const double y = 4 * noise.uniform() - 2;
    out.add(std::vector<double>{x, y});
    labels.push_back(x * x + y * y < 1.6 ? 1 : 0);
  }
  return out;
}

TEST(ExtraTrees, LearnWhatNoStraightLineParts) {
  std::vector<int> labels;
  const SampleMatrix rows = ring(800, 1, labels);
  ThreadPool pool(1);
  const auto forest = ExtraTrees::fit(rows, labels, 2, {.trees = 60}, pool);
  ASSERT_TRUE(forest);
  std::vector<int> wanted;
  const SampleMatrix fresh = ring(400, 2, wanted);
  int right = 0;
  for (std::size_t i = 0; i < fresh.rows(); ++i) {
    right += forest->predict(fresh.row(i)) == wanted[i] ? 1 : 0;
  }
  EXPECT_GT(right, 376) << "94 % of 400";
}

TEST(ExtraTrees, GiveTheSameBitsForOneAndTwoThreads) {
  std::vector<int> labels;
  const SampleMatrix rows = ring(300, 3, labels);
  ThreadPool one(1);
  ThreadPool two(2);
  const auto alone = ExtraTrees::fit(rows, labels, 2, {.trees = 30, .seed = 5}, one);
  const auto shared = ExtraTrees::fit(rows, labels, 2, {.trees = 30, .seed = 5}, two);
  const auto other = ExtraTrees::fit(rows, labels, 2, {.trees = 30, .seed = 6}, one);
  ASSERT_TRUE(alone && shared && other);
  bool differs = false;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    EXPECT_EQ(alone->probabilities(rows.row(i)), shared->probabilities(rows.row(i)));
    differs = differs || alone->probabilities(rows.row(i)) != other->probabilities(rows.row(i));
  }
  EXPECT_TRUE(differs) << "another seed is another forest";
}

TEST(ExtraTrees, RefuseOneClassOnlyAndMissingValues) {
  ThreadPool pool(1);
  SampleMatrix rows{1, {1, 2, 3}};
  EXPECT_EQ(ExtraTrees::fit(rows, std::vector<int>{1, 1, 1}, 2, {}, pool).error().param, "labels");
  rows.values[2] = std::numeric_limits<double>::infinity();
  EXPECT_EQ(ExtraTrees::fit(rows, std::vector<int>{1, 0, 1}, 2, {}, pool).error().param, "rows");
  EXPECT_FALSE(ExtraTrees::fit({1, {}}, {}, 2, {}, pool));
}

TEST(ExtraTrees, AnswerFromRowsThatAreAllAlike) {
  ThreadPool pool(1);
  const SampleMatrix rows{2, std::vector<double>(40, 7.0)};
  std::vector<int> labels(20, 0);
  for (std::size_t i = 0; i < 5; ++i) labels[i] = 1;
  const auto forest = ExtraTrees::fit(rows, labels, 2, {.trees = 3}, pool);
  ASSERT_TRUE(forest);
  EXPECT_EQ(forest->probabilities(rows.row(0)), (std::vector<double>{0.75, 0.25}));
}

}  // namespace
}  // namespace mw::maintenance
