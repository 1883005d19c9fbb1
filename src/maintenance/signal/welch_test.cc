#include "maintenance/signal/welch.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mw::maintenance {
namespace {

TEST(Welch, RefusesWhatGivesNoSpectrum) {
  const std::vector<double> signal(100, 1.0);
  for (const double rate_hz : {0.0, -1.0, std::nan("")}) {
    EXPECT_EQ(welch(signal, rate_hz, 16).error().param, "rate_hz");
  }
  EXPECT_EQ(welch(signal, 100, 7).error().param, "segment");
  EXPECT_EQ(welch(signal, 100, 101).error().param, "segment");
  EXPECT_FALSE(welch({}, 100, 8));
}

TEST(Welch, HoldsTheWholePowerOfASignal) {
  std::vector<double> signal(1024);
  for (std::size_t i = 0; i < signal.size(); ++i) {
    signal[i] = 3 * std::sin(0.7 * static_cast<double>(i));
  }
  const auto found = welch(signal, 50, 128);
  ASSERT_TRUE(found);
  double power = 0;
  for (const double each : found->values) power += each * found->step_hz;
  EXPECT_NEAR(power, 4.5, 0.1);
}

}  // namespace
}  // namespace mw::maintenance
