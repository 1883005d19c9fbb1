#include "maintenance/vibration_plots.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/testing.h"
#include "maintenance/testing/made_vibration.h"

namespace mw::maintenance {
namespace {

std::vector<double> tone(double hz, double amplitude, double rate_hz, std::size_t count) {
  std::vector<double> out = testing_support::made_noise(count, 3);
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = 1e-3 * out[i] +
             amplitude * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / rate_hz);
  }
  return out;
}

std::size_t highest(const std::vector<double>& values) {
  return static_cast<std::size_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

VibrationSetup setup() {
  VibrationSetup out;
  out.rate_hz = 12'000;
  out.shaft_hz = 29.5;
  out.bearing = BearingGeometry{9, 0.3126, 1.537, 0};
  return out;
}

TEST(VibrationPlots, ReadsTheRootMeanSquareOfAToneOffTheSpectrum) {
  VibrationSetup plain;
  plain.rate_hz = 12'000;
  plain.m_s2_per_unit = 9.80665;
  const std::vector<double> signal = tone(600, 2, 12'000, 65'536);
  const auto report = report_vibration(signal, plain);
  ASSERT_TRUE(report);
  const VibrationPlots plots = plot_vibration(signal, plain, *report);
  EXPECT_LE(plots.spectrum.values.size(), kMostPlotPoints);
  EXPECT_LE(plots.wave.size(), kMostPlotPoints);
  EXPECT_LE(plots.envelope.values.size(), kMostPlotPoints);
  const std::size_t peak = highest(plots.spectrum.values);
  EXPECT_NEAR(plots.spectrum.frequency_hz(peak), 600, plots.spectrum.step_hz);
  EXPECT_NEAR(plots.spectrum.values[peak], 2 * 9.80665 / std::numbers::sqrt2, 0.5);
  EXPECT_NEAR(plots.wave[5].second, 2 * 9.80665, 0.2);
  EXPECT_NEAR(plots.wave[5].first, -2 * 9.80665, 0.2);
  EXPECT_TRUE(plots.lines.empty()) << "no speed, no bearing";
}

TEST(VibrationPlots, ShowsTheLineOfADamagedOuterRaceWhereItIsExpected) {
  std::vector<double> signal = testing_support::made_noise(32'768, 1);
  testing_support::add_impacts(signal, 12'000, 3.5848 * 29.5, 8, 3400, 0, 0, 2);
  const auto report = report_vibration(signal, setup());
  ASSERT_TRUE(report);
  const VibrationPlots plots = plot_vibration(signal, setup(), *report);
  EXPECT_TRUE(plots.whitened);
  EXPECT_LE(plots.band_hz.first, 3400);
  EXPECT_GE(plots.band_hz.second, 3400);
  const auto line = std::find_if(plots.lines.begin(), plots.lines.end(),
                                 [](const PlotLine& each) { return each.label.en == "BPFO"; });
  ASSERT_NE(line, plots.lines.end());
  EXPECT_NEAR(line->hz, 3.585 * 29.5, 0.05);
  EXPECT_GT(line->prominence, 3);
  EXPECT_NEAR(plots.envelope.frequency_hz(highest(plots.envelope.values)), line->hz, 2);
  EXPECT_EQ(plots.lines.front().part, "shaft");
  EXPECT_LT(plots.lines.back().hz,
            plots.envelope.frequency_hz(plots.envelope.values.size()) + 0.001);
}

TEST(VibrationPlots, PutsRecordingsOfTwoRatesOnOneAxis) {
  const std::vector<WaterfallSignal> signals = {{tone(600, 1, 12'000, 12'000), 12'000, 1},
                                                {tone(600, 3, 48'000, 48'000), 48'000, 1},
                                                {tone(600, 2, 12'000, 6'000), 12'000, 1}};
  const Waterfall waterfall = make_waterfall(signals, std::nullopt);
  ASSERT_EQ(waterfall.rows.size(), 3u);
  EXPECT_DOUBLE_EQ(waterfall.step_hz, 30);
  for (std::size_t i = 0; i < 3; ++i) {
    ASSERT_EQ(waterfall.rows[i].size(), 200u);
    const double amplitude = i == 0 ? 1 : i == 1 ? 3 : 2;
    // On the edge of two bins: both together hold the tone's power.
    EXPECT_NEAR(std::hypot(waterfall.rows[i][19], waterfall.rows[i][20]),
                amplitude / std::numbers::sqrt2, 0.05 * amplitude);
  }
  const Waterfall low = make_waterfall(signals, 700);
  EXPECT_DOUBLE_EQ(low.step_hz * static_cast<double>(low.rows[0].size()), 700);
  EXPECT_GE(low.step_hz, 2);
  EXPECT_TRUE(make_waterfall({}, std::nullopt).rows.empty());
}

}  // namespace
}  // namespace mw::maintenance
