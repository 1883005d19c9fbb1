#include "maintenance/detect/band_detector.h"

#include <gtest/gtest.h>

#include "maintenance/testing/made_machine.h"

namespace mw::maintenance {
namespace {

using testing_support::made_machine;
using testing_support::MadeNoise;

TEST(BandDetector, ForgivesASensorTheDriftOfItsHistory) {
  MadeNoise noise(8);
  SampleMatrix rows{2, {}};  // one still rises, one is steady
  for (int i = 0; i < 900; ++i) {
    rows.add(std::vector<double>{20 + 0.01 * i + 0.2 * noise.normal(), noise.normal()});
  }
  const auto highest = [&](double allowance) {
    auto detector = BandDetector::fit(rows.slice(0, 600), {.drift_allowance = allowance});
    EXPECT_TRUE(detector);
    return quantile(score_rows(*detector, rows.slice(600, 900)), 0.9);
  };
  EXPECT_LT(highest(2), highest(0));
}

TEST(BandDetector, WithMedianAndMadStandsAnOutlierInItsHistory) {
  SampleMatrix history = made_machine(300, 9);
  for (std::size_t i = 100; i < 103; ++i) history.values[i * 4 + 3] = 400;
  auto plain = BandDetector::fit(history, {.window = 1});
  auto robust = BandDetector::fit(history, {.window = 1, .robust = true});
  ASSERT_TRUE(plain && robust);
  const std::vector<double> jumped = {50, 60, 40, 9};
  EXPECT_GT(robust->take(jumped).score, 3 * plain->take(jumped).score);
}

}  // namespace
}  // namespace mw::maintenance
