#include "maintenance/detect/sensor_health.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "maintenance/testing/made_vibration.h"

namespace mw::maintenance {
namespace {

/// Load, a temperature and a current that follow it, and a pressure that follows nothing.
/// `wear`: friction that heats the machine and draws current at the same load.
SampleMatrix made_pump(std::size_t rows, uint64_t seed, double wear = 0) {
  testing_support::MadeNoise noise(seed);
  SampleMatrix out{4, {}};
  for (std::size_t i = 0; i < rows; ++i) {
    const double load = std::sin(static_cast<double>(i) / 40);
    out.add(std::vector<double>{
        50 + 10 * load + 0.5 * noise.normal(), 60 + 5 * load + wear * 25 + 0.3 * noise.normal(),
        8 + load + wear * 5 + 0.05 * noise.normal(), 4 + 0.1 * noise.normal()});
  }
  return out;
}

std::vector<SensorVerdict> check(const SampleMatrix& recent) {
  const auto health = SensorHealth::fit(made_pump(2000, 1));
  EXPECT_TRUE(health);
  return health->check(recent);
}

TEST(SensorHealth, FindsNothingOnNormalRunning) {
  for (const SensorVerdict& each : check(made_pump(200, 2))) {
    EXPECT_EQ(each.fault, SensorFault::kNone);
    EXPECT_FALSE(each.undecided);
    EXPECT_NEAR(each.noise_share, 1, 0.3);
  }
}

TEST(SensorHealth, NamesADeadAMissingAndAHeldSensor) {
  SampleMatrix recent = made_pump(200, 3);
  for (std::size_t i = 0; i < 200; ++i) {
    recent.values[i * 4] = 51;
    recent.values[i * 4 + 1] = std::numeric_limits<double>::quiet_NaN();
    recent.values[i * 4 + 3] = 4 + 1e-4 * static_cast<double>(i);
  }
  const auto verdicts = check(recent);
  EXPECT_EQ(verdicts[0].fault, SensorFault::kFlat);
  EXPECT_EQ(verdicts[1].fault, SensorFault::kMissing);
  EXPECT_EQ(verdicts[2].fault, SensorFault::kNone);
  EXPECT_EQ(verdicts[3].fault, SensorFault::kNoNoise);
  EXPECT_NE(fault_text(verdicts[0].fault).zh, fault_text(verdicts[1].fault).zh);
}

TEST(SensorHealth, RowsOfAnotherStateAtATransitionDoNotHideTheNoise) {
  SampleMatrix normal = made_pump(2000, 1);
  // A row whose value is older than its state: the current is still that of standing idle.
  for (std::size_t i = 0; i < 2000; i += 12) normal.values[i * 4] = -800;
  const auto health = SensorHealth::fit(normal);
  ASSERT_TRUE(health);
  EXPECT_EQ(health->check(made_pump(200, 2))[0].fault, SensorFault::kNone);
  SampleMatrix held = made_pump(200, 3);
  for (std::size_t i = 0; i < 200; ++i) held.values[i * 4] = 50 + 1e-3 * static_cast<double>(i);
  EXPECT_EQ(health->check(held)[0].fault, SensorFault::kNoNoise);
}

TEST(SensorHealth, ADriftThatNeighboursDoNotShareIsTheSensors) {
  SampleMatrix recent = made_pump(200, 4);
  for (std::size_t i = 0; i < 200; ++i) recent.values[i * 4 + 1] += 20;
  const auto verdicts = check(recent);
  EXPECT_EQ(verdicts[1].fault, SensorFault::kDrifting);
  EXPECT_EQ(verdicts[0].fault, SensorFault::kNone);
  EXPECT_EQ(verdicts[2].fault, SensorFault::kNone);
}

TEST(SensorHealth, AMachineThatFailsMovesWhatIsTiedTogetherAndBlamesNoSensor) {
  for (const SensorVerdict& each : check(made_pump(200, 5, 1.0))) {
    EXPECT_EQ(each.fault, SensorFault::kNone);
  }
}

TEST(SensorHealth, SaysSoWhenNothingNearCouldTell) {
  SampleMatrix recent = made_pump(200, 6);
  for (std::size_t i = 0; i < 200; ++i) recent.values[i * 4 + 3] += 2;
  const auto verdicts = check(recent);
  EXPECT_EQ(verdicts[3].fault, SensorFault::kNone);
  EXPECT_TRUE(verdicts[3].undecided) << "a pressure that follows nothing: machine or sensor?";
}

}  // namespace
}  // namespace mw::maintenance
