#include "maintenance/splits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <numeric>
#include <set>

#include "maintenance/testing/made_runs.h"

namespace mw::maintenance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<uint32_t> loads_of(const RunTable& table) {
  std::vector<uint32_t> out;
  for (const double load : table.column("load")->values) out.push_back(load > 50 ? 1 : 0);
  return out;
}

TEST(Splits, ScoreEveryRowOnceAndKeepApartWhatTheyPromise) {
  const RunTable table = made_runs(9);
  const std::vector<uint32_t> loads = loads_of(table);
  SplitOptions options;
  options.folds = 4;
  options.window_rows = 10;
  options.group_of_row = loads;
  EXPECT_THAT(splits_of(table, options),
              ElementsAre(Split::kRandom, Split::kTimeBlock, Split::kAssetWise, Split::kGroupWise));
  for (const Split split : splits_of(table, options)) {
    const auto folds = make_folds(table, split, options);
    ASSERT_TRUE(folds);
    std::vector<int> scored(table.rows(), 0);
    for (const Fold& fold : *folds) {
      const auto apart = check_apart(table, fold, split, options);
      EXPECT_TRUE(apart) << apart.error().message.en;
      for (const std::size_t row : fold.test) ++scored[row];
    }
    for (const int times : scored) ASSERT_EQ(times, 1);
  }
}

TEST(Splits, LeaveOutRowsWhoseWindowsTouchAScoredBlock) {
  const RunTable table = made_runs(8);
  SplitOptions near, far;
  near.folds = far.folds = 4;
  far.window_rows = 10;
  const auto without = make_folds(table, Split::kTimeBlock, near);
  const auto with = make_folds(table, Split::kTimeBlock, far);
  EXPECT_EQ((*without)[1].test, (*with)[1].test);
  EXPECT_EQ((*without)[1].train.size() - (*with)[1].train.size(), 8u * 2 * 9);
  const auto leaking = check_apart(table, (*without)[1], Split::kTimeBlock, far);
  ASSERT_FALSE(leaking);
  EXPECT_THAT(leaking.error().message.en, HasSubstr("overlap"));
}

TEST(Splits, RefuseWhatStandsOnBothSides) {
  const RunTable table = made_runs(8);
  const std::vector<uint32_t> loads = loads_of(table);
  SplitOptions options;
  options.group_of_row = loads;
  EXPECT_THAT(check_apart(table, {{0, 1}, {1}}, Split::kRandom, options).error().message.en,
              HasSubstr("row 2"));
  EXPECT_THAT(check_apart(table, {{0}, {50}}, Split::kAssetWise, options).error().message.en,
              HasSubstr("'m0'"));
  std::vector<std::size_t> all(table.rows() - 1);
  std::iota(all.begin(), all.end(), std::size_t{0});
  EXPECT_THAT(
      check_apart(table, {all, {table.rows() - 1}}, Split::kGroupWise, options).error().message.en,
      HasSubstr("group"));
}

TEST(Splits, ShowTheGapBetweenRowsByChanceAndUnseenAssets) {
  // A predictor that only remembers assets: right on rows by chance, lost on assets it never saw.
  const RunTable table = made_runs(8);
  SplitOptions options;
  const Metric metric{"hits", [&](std::span<const std::size_t> rows, std::span<const double> said) {
                        double hits = 0;
                        for (std::size_t i = 0; i < rows.size(); ++i) hits += said[i];
                        return hits / static_cast<double>(rows.size());
                      }};
  const auto scores =
      score_by_splits(table, options, std::array<uint64_t, 3>{1, 2, 3}, {&metric, 1},
                      [&](const Fold& fold, uint64_t) -> Result<std::vector<double>> {
                        std::set<uint32_t> known;
                        for (const std::size_t row : fold.train)
                          known.insert(table.asset_of_row[row]);
                        std::vector<double> said;
                        for (const std::size_t row : fold.test) {
                          said.push_back(known.count(table.asset_of_row[row]) != 0 ? 1 : 0);
                        }
                        return said;
                      });
  ASSERT_TRUE(scores);
  ASSERT_EQ(scores->size(), 3u);
  EXPECT_EQ((*scores)[0].value(), 1);
  EXPECT_EQ((*scores)[2].value(), 0);
  EXPECT_EQ((*scores)[2].split(), Split::kAssetWise);
}

TEST(Splits, TellTheRangeOfSingleFolds) {
  const RunTable table = made_runs(8);
  SplitOptions options;
  options.folds = 4;
  options.only = {Split::kRandom};
  double next = 0;  // a fold answers its own number; what is said of all together is their mean
  const Metric mean{"mean", [](std::span<const std::size_t>, std::span<const double> said) {
                      return std::accumulate(said.begin(), said.end(), 0.0) /
                             static_cast<double>(said.size());
                    }};
  const auto scores =
      score_by_splits(table, options, std::array<uint64_t, 1>{1}, {&mean, 1},
                      [&](const Fold& fold, uint64_t) -> Result<std::vector<double>> {
                        ++next;
                        return std::vector<double>(fold.test.size(), next);
                      });
  ASSERT_TRUE(scores);
  const auto range = (*scores)[0].range();
  ASSERT_TRUE(range);
  EXPECT_EQ(range->low, 1);
  EXPECT_EQ(range->high, 4);
  EXPECT_EQ(range->folds, 4);
  EXPECT_NEAR((*scores)[0].value(), 2.5, 0.05);
}

TEST(Splits, NameThoseThatATableDoesNotAllow) {
  SplitOptions options;
  const RunTable runs = made_runs(8);
  const auto of_runs = refused_splits(runs, options);
  ASSERT_EQ(of_runs.size(), 1u);
  EXPECT_EQ(of_runs[0].split, Split::kGroupWise);
  const std::vector<uint32_t> loads = loads_of(runs);
  options.group_of_row = loads;
  EXPECT_TRUE(refused_splits(runs, options).empty());
}

TEST(Splits, RefuseTooFewAssetsOrGroups) {
  SplitOptions options;
  const RunTable one = made_runs(1);
  EXPECT_FALSE(make_folds(one, Split::kAssetWise, options));
  const std::vector<uint32_t> same(one.rows(), 4);
  options.group_of_row = same;
  EXPECT_FALSE(make_folds(one, Split::kGroupWise, options));
}

}  // namespace
}  // namespace mw::maintenance
