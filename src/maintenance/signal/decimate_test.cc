#include "maintenance/signal/decimate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "maintenance/signal/time_features.h"

namespace mw::maintenance {
namespace {

std::vector<double> sine(double turns_a_sample, std::size_t count) {
  std::vector<double> out(count);
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = std::sin(2 * std::numbers::pi * turns_a_sample * static_cast<double>(i));
  }
  return out;
}

TEST(Decimate, KeepsWhatIsBelowTheNewHalfRate) {
  const std::vector<double> got = decimate(sine(1.0 / 64, 4096), 4);
  const std::vector<double> wanted = sine(4.0 / 64, 1024);
  ASSERT_EQ(got.size(), wanted.size());
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], wanted[i], 1e-10);
}

TEST(Decimate, TakesOutWhatWouldComeBackAsALowerTone) {
  EXPECT_LT(time_features(decimate(sine(0.25, 4096), 4)).rms, 1e-10);
  EXPECT_LT(time_features(decimate(sine(0.3125, 4096), 4)).rms, 1e-10);
}

TEST(Decimate, ByOneIsTheSignalAndLeavesATailOut) {
  EXPECT_EQ(decimate(sine(0.1, 10), 3).size(), 3u);
  EXPECT_TRUE(decimate(sine(0.1, 2), 3).empty());
  const std::vector<double> same = decimate(sine(0.01, 99), 1);
  EXPECT_NEAR(same[50], sine(0.01, 99)[50], 1e-12);
}

}  // namespace
}  // namespace mw::maintenance
