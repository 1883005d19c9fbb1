#include "maintenance/vibration_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/testing.h"
#include "maintenance/mat/mat_file.h"
#include "maintenance/testing/made_vibration.h"
#include "tests/support/source_dir.h"

namespace mw::maintenance {
namespace {

using ::testing::HasSubstr;

VibrationSetup setup() {
  VibrationSetup out;
  out.rate_hz = 12'000;
  out.shaft_hz = 29.5;
  out.bearing = BearingGeometry{9, 0.3126, 1.537, 0};
  out.group = MachineGroup::kMediumRigid;
  return out;
}

TEST(VibrationReport, TellsFaultSpeedAndShapeInBothLanguages) {
  std::vector<double> signal = testing_support::made_noise(16'384, 1);
  testing_support::add_impacts(signal, 12'000, 3.5848 * 29.5, 8, 3400, 0, 0, 2);
  const auto report = report_vibration(signal, setup());
  ASSERT_TRUE(report) << report.error().message.en;
  const std::vector<Text> text = report_text(*report, setup());
  ASSERT_EQ(text.size(), 4u);
  EXPECT_THAT(text[0].en, HasSubstr("outer race"));
  EXPECT_THAT(text[1].en, HasSubstr("zone A"));
  EXPECT_THAT(text[1].zh, HasSubstr("A 区"));
  EXPECT_THAT(text[2].zh, HasSubstr("峭度"));
  EXPECT_THAT(text[3].en, HasSubstr("Impacts ring between"));
  EXPECT_LE(report->resonance.band.low * 12'000, 3400);
  EXPECT_GE(report->resonance.band.high * 12'000, 3400);
  const Json json = report_json(*report, setup());
  EXPECT_EQ(json.at("bearing").at("named"), "outer_race");
  EXPECT_EQ(json.at("bearing").at("parts").size(), 4u);
}

TEST(VibrationReport, SpeaksOfNoBearingWithoutItsGeometry) {
  VibrationSetup plain;
  plain.rate_hz = 12'000;
  const auto report = report_vibration(testing_support::made_noise(16'384, 3), plain);
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->bearing);
  EXPECT_FALSE(report->severity);
  EXPECT_EQ(report_text(*report, plain).size(), 2u) << "no impacts in noise";
  EXPECT_FALSE(report_json(*report, plain).contains("bearing"));
}

TEST(VibrationReport, RefusesADeadSensorGapsAndTooLittle) {
  EXPECT_THAT(report_vibration(std::vector<double>(16'384, 0.5), setup()).error().message.zh,
              HasSubstr("传感器失效"));
  std::vector<double> gap = testing_support::made_noise(16'384, 4);
  gap[77] = std::nan("");
  EXPECT_THAT(report_vibration(gap, setup()).error().message.en, HasSubstr("missing values"));
  EXPECT_FALSE(report_vibration(testing_support::made_noise(1000, 5), setup()));
  EXPECT_FALSE(report_vibration({}, setup()));
}

TEST(VibrationReport, NamesTheInnerRaceOfARecordingOfCwru) {
  const auto path = mw::testing_support::existing(
      mw::testing_support::source_path("build/data/cwru/12k_DE/IR_014_169_0.mat"));
  if (!path) GTEST_SKIP() << "build/data/cwru is not there: tar xJf ../shared/data/cwru.tar.xz";
  const auto file = read_mat_file(*path);
  ASSERT_TRUE(file);
  VibrationSetup rig = setup();
  rig.m_s2_per_unit = 9.80665;
  rig.shaft_hz = file->find_ending("RPM")->values[0] / 60;
  const auto& values = file->find_ending("DE_time")->values;
  const auto report = report_vibration(std::span(values).first(32'768), rig);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->bearing->named, BearingPart::kInnerRace);
}

}  // namespace
}  // namespace mw::maintenance
