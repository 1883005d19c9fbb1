#include "maintenance/signal/severity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

namespace mw::maintenance {
namespace {

std::vector<double> sine(double amplitude, double hz, double rate_hz, double seconds) {
  std::vector<double> out(static_cast<std::size_t>(rate_hz * seconds));
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = amplitude * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / rate_hz);
  }
  return out;
}

TEST(Velocity, IsTheAccelerationOverOmega) {
  // 9.81 m/s^2 at 100 Hz: 11.04 mm/s, in a stretch of no whole number of turns too.
  const auto found = velocity_rms_mm_s(sine(9.81, 100, 5000, 1.037), 5000);
  ASSERT_TRUE(found);
  EXPECT_NEAR(*found, 1000 * 9.81 / (2 * std::numbers::pi * 100) / std::sqrt(2.0), 0.02);
}

TEST(Velocity, LeavesOutWhatIsOutsideTenToAThousandHertz) {
  std::vector<double> mixed = sine(9.81, 100, 5000, 2);
  const std::vector<double> slow = sine(5, 2, 5000, 2);
  const std::vector<double> fast = sine(500, 2000, 5000, 2);
  for (std::size_t i = 0; i < mixed.size(); ++i) mixed[i] += slow[i] + fast[i] + 9.81;
  const auto found = velocity_rms_mm_s(mixed, 5000);
  ASSERT_TRUE(found);
  EXPECT_NEAR(*found, 11.04, 0.02);
}

TEST(Velocity, RefusesTooLittleSignal) {
  EXPECT_FALSE(velocity_rms_mm_s(sine(1, 10, 1000, 0.1), 1000));
  EXPECT_FALSE(velocity_rms_mm_s(sine(1, 1, 30, 10), 30));
  EXPECT_EQ(velocity_rms_mm_s({}, 1000).error().code, Code::kInvalidArgument);
}

TEST(Severity, HasTheZonesOfTheMachinesGroup) {
  EXPECT_EQ(severity_of(1.4, MachineGroup::kMediumRigid), Severity::kGood);
  EXPECT_EQ(severity_of(2.0, MachineGroup::kMediumRigid), Severity::kAcceptable);
  EXPECT_EQ(severity_of(2.0, MachineGroup::kLargeRigid), Severity::kGood);
  EXPECT_EQ(severity_of(5.0, MachineGroup::kMediumRigid), Severity::kDamaging);
  EXPECT_EQ(severity_of(5.0, MachineGroup::kLargeFlexible), Severity::kAcceptable);
  EXPECT_EQ(severity_of(6.0, MachineGroup::kMediumFlexible), Severity::kShortTerm);
  EXPECT_EQ(severity_text(Severity::kShortTerm).zh.substr(0, 1), "C");
}

}  // namespace
}  // namespace mw::maintenance
