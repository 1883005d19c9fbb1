// Scope: what all detectors promise, on made machines: quiet on normal running, loud on a change,
// contributions that name the sensor, gaps and too little history.

#include "maintenance/detect/detector.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <string>

#include "maintenance/detect/band_detector.h"
#include "maintenance/detect/forecast_detector.h"
#include "maintenance/detect/patch_memory.h"
#include "maintenance/detect/pca_detector.h"
#include "maintenance/testing/made_machine.h"

namespace mw::maintenance {
namespace {

using testing_support::made_machine;

template <class T>
std::unique_ptr<Detector> owned(Result<T> detector) {
  EXPECT_TRUE(detector);
  return std::make_unique<T>(std::move(detector).value());
}

struct Case {
  const char* name;
  std::function<std::unique_ptr<Detector>(const SampleMatrix&)> fit;
  std::function<Code(const SampleMatrix&)> refusal;
  double step;  // by which the pressure jumps to be seen
};

template <class T>
Case make_case(const char* name, double step) {
  return {name, [](const SampleMatrix& rows) { return owned(T::fit(rows)); },
          [](const SampleMatrix& rows) {
            const auto out = T::fit(rows);
            return out ? Code::kInternal : out.error().code;
          },
          step};
}

class DetectorTest : public ::testing::TestWithParam<Case> {};

TEST_P(DetectorTest, IsQuietOnNormalRunningAndNamesTheSensorThatJumps) {
  const auto detector = GetParam().fit(made_machine(600, 1));
  EXPECT_EQ(detector->sensors(), 4u);
  const std::vector<double> normal = score_rows(*detector, made_machine(400, 2));
  const auto loud = std::count_if(normal.begin(), normal.end(), [](double s) { return s > 1.6; });
  EXPECT_LE(loud, 8) << "2 % of 400";
  SampleMatrix broken = made_machine(60, 3);
  for (std::size_t i = 40; i < 60; ++i) broken.values[i * 4 + 3] += GetParam().step;
  double highest = 0;
  for (std::size_t i = 0; i < broken.rows(); ++i) {
    const Deviation found = detector->take(broken.row(i));
    if (i < 40 || !found.known() || found.score <= highest) continue;
    highest = found.score;
    EXPECT_EQ(std::max_element(found.contributions.begin(), found.contributions.end()) -
                  found.contributions.begin(),
              3);
    double sum = 0;
    for (const double each : found.contributions) sum += each;
    EXPECT_NEAR(sum, 1, 1e-9);
  }
  EXPECT_GT(highest, 1.8);
}

TEST_P(DetectorTest, HasNoScoreForARowWithAMissingValueAndGoesOnAfterIt) {
  const auto detector = GetParam().fit(made_machine(600, 1));
  SampleMatrix rows = made_machine(100, 4);
  rows.values[50 * 4 + 1] = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> scores = score_rows(*detector, rows);
  EXPECT_TRUE(std::isnan(scores[50]));
  EXPECT_FALSE(std::isnan(scores[99]));
}

TEST_P(DetectorTest, GivesTheSameBitsAfterARestart) {
  const auto detector = GetParam().fit(made_machine(600, 1));
  const SampleMatrix rows = made_machine(100, 5);
  const std::vector<double> first = score_rows(*detector, rows);
  detector->restart();
  const std::vector<double> second = score_rows(*detector, rows);
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_TRUE(first[i] == second[i] || (std::isnan(first[i]) && std::isnan(second[i]))) << i;
  }
}

TEST_P(DetectorTest, RefusesTooLittleHistoryAndOneThatDoesNotMove) {
  EXPECT_EQ(GetParam().refusal(made_machine(10, 1)), Code::kInvalidArgument);
  EXPECT_EQ(GetParam().refusal({4, std::vector<double>(4000, 7.0)}), Code::kInvalidArgument);
  EXPECT_EQ(GetParam().refusal({4, std::vector<double>(4000, std::nan(""))}),
            Code::kInvalidArgument);
}

INSTANTIATE_TEST_SUITE_P(All, DetectorTest,
                         ::testing::Values(make_case<PcaDetector>("Pca", 0.6),
                                           make_case<BandDetector>("Band", 0.6),
                                           make_case<PatchMemory>("Patch", 0.8),
                                           make_case<ForecastDetector>("Forecast", 0.8)),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(Quantile, IsLinearBetweenTwoValuesAndLeavesNanOut) {
  EXPECT_DOUBLE_EQ(quantile({4, std::nan(""), 1, 3, 2}, 0.5), 2.5);
  EXPECT_DOUBLE_EQ(quantile({7}, 0.99), 7);
  EXPECT_DOUBLE_EQ(quantile({1, 2}, 1), 2);
}

}  // namespace
}  // namespace mw::maintenance
