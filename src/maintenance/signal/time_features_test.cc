#include "maintenance/signal/time_features.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

namespace mw::maintenance {
namespace {

TEST(TimeFeatures, OfASineAreThoseOfTheTextbook) {
  std::vector<double> signal(1000);
  for (std::size_t i = 0; i < signal.size(); ++i) {
    signal[i] = 7 + 2 * std::sin(2 * std::numbers::pi * static_cast<double>(i) / 100);
  }
  const TimeFeatures found = time_features(signal);
  EXPECT_NEAR(found.mean, 7, 1e-12);
  EXPECT_NEAR(found.rms, std::sqrt(2.0), 1e-12);
  EXPECT_NEAR(found.peak, 2, 1e-12);
  EXPECT_NEAR(found.peak_to_peak, 4, 1e-12);
  EXPECT_NEAR(found.crest, std::sqrt(2.0), 1e-12);
  EXPECT_NEAR(found.kurtosis, 1.5, 1e-12);
  EXPECT_NEAR(found.skewness, 0, 1e-12);
}

TEST(TimeFeatures, OfAFlatSignalHaveNoShape) {
  const TimeFeatures found = time_features(std::vector<double>(50, 0.1));
  EXPECT_EQ(found.kurtosis, 0);
  EXPECT_EQ(found.crest, 0);
  EXPECT_EQ(found.skewness, 0);
  EXPECT_NEAR(found.mean, 0.1, 1e-15);
}

}  // namespace
}  // namespace mw::maintenance
