// Scope: made signals of each part's kinematics with slip, in noise and beside shaft tones; what
// noise alone reaches; CWRU's recordings are measured by bench/macro/bearing_bench.cc.

#include "maintenance/bearing/bearing_diagnosis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "maintenance/testing/made_vibration.h"

namespace mw::maintenance {
namespace {

using testing_support::add_impacts;
using testing_support::made_noise;

constexpr double kRateHz = 12'000;
constexpr std::size_t kCount = 16'384;

BearingSetup setup() {
  BearingSetup out;
  out.orders = bearing_orders({9, 0.3126, 1.537, 0}).value();
  out.shaft_hz = 29.5;
  return out;
}

/// Noise, and tones of the shaft louder than any impact.
std::vector<double> running_machine(uint64_t seed) {
  std::vector<double> out = made_noise(kCount, seed);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double turn = 2 * std::numbers::pi * 29.5 * static_cast<double>(i) / kRateHz;
    out[i] += 6 * std::sin(turn) + 3 * std::sin(2 * turn) + 2 * std::sin(3 * turn);
  }
  return out;
}

BearingDiagnosis diagnose(const std::vector<double>& signal) {
  auto out = diagnose_bearing(signal, kRateHz, setup());
  EXPECT_TRUE(out);
  return std::move(out).value();
}

TEST(BearingDiagnosis, NamesEachPartByItsLinesAlone) {
  const BearingOrders orders = setup().orders;
  std::vector<double> outer = running_machine(1);
  add_impacts(outer, kRateHz, orders.bpfo * 29.5 * 0.995, 6, 3400, 0, 0, 11);
  EXPECT_EQ(diagnose(outer).named, BearingPart::kOuterRace);

  std::vector<double> inner = running_machine(2);
  add_impacts(inner, kRateHz, orders.bpfi * 29.5 * 1.005, 6, 3400, 29.5, 0.8, 12);
  EXPECT_EQ(diagnose(inner).named, BearingPart::kInnerRace);

  std::vector<double> element = running_machine(3);
  add_impacts(element, kRateHz, 2 * orders.bsf * 29.5, 6, 3400, orders.ftf * 29.5, 0.8, 13);
  EXPECT_EQ(diagnose(element).named, BearingPart::kRollingElement);
}

TEST(BearingDiagnosis, NamesNothingInNoiseAndShaftTones) {
  int named = 0;
  for (uint64_t seed = 100; seed < 110; ++seed) {
    const BearingDiagnosis found = diagnose(running_machine(seed));
    if (found.named) ++named;
    for (const PartEvidence& each : found.parts) EXPECT_LT(each.score, 1.4) << part_name(each.part);
  }
  EXPECT_EQ(named, 0);
}

TEST(BearingDiagnosis, TellsTheLineItRestsOnInBothLanguages) {
  std::vector<double> outer = running_machine(4);
  add_impacts(outer, kRateHz, setup().orders.bpfo * 29.5, 6, 3400, 0, 0, 14);
  const BearingDiagnosis found = diagnose(outer);
  ASSERT_TRUE(found.named);
  const PartEvidence& evidence = found.of(*found.named);
  EXPECT_NEAR(evidence.lines[0].found_hz, evidence.lines[0].expected_hz,
              0.02 * evidence.lines[0].expected_hz);
  const Text text = diagnosis_text(found);
  EXPECT_THAT(text.en, ::testing::HasSubstr("outer race"));
  EXPECT_THAT(text.en, ::testing::HasSubstr("BPFO"));
  EXPECT_THAT(text.zh, ::testing::HasSubstr("外圈"));
  EXPECT_THAT(diagnosis_text(diagnose(running_machine(5))).zh, ::testing::HasSubstr("无法"));
}

TEST(BearingDiagnosis, RefusesTooFewTurnsAndNoSpeed) {
  const std::vector<double> shorter(4000, 0.0);  // 9.8 turns
  EXPECT_EQ(diagnose_bearing(shorter, kRateHz, setup()).error().param, "signal");
  const std::vector<double> enough(kCount, 0.0);
  BearingSetup still = setup();
  still.shaft_hz = 0;
  EXPECT_EQ(diagnose_bearing(enough, kRateHz, still).error().param, "shaft_hz");
  EXPECT_EQ(diagnose_bearing(enough, 300, setup()).error().param, "shaft_hz");
}

TEST(BearingDiagnosis, OfADeadSensorNamesNothing) {
  EXPECT_FALSE(diagnose(std::vector<double>(kCount, 0.7)).named);
}

}  // namespace
}  // namespace mw::maintenance
