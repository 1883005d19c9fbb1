#include "maintenance/vibration_plots.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "maintenance/signal/envelope.h"

namespace mw::maintenance {
namespace {

constexpr std::size_t kPlotSegment = 8192;  // 1.5 Hz at 12 kHz
constexpr double kFlatTopWidth = 3.7703;    // lines that a tone's power is spread over
constexpr int kShaftLines = 3;
constexpr double kMostBins = 200;
constexpr double kNarrowestBinHz = 2;  // what half a second can tell apart

/// The largest of each group, so that no peak is lost, at most so many groups.
Spectrum pooled(const Spectrum& spectrum, double to_hz) {
  const auto lines = std::min(spectrum.values.size(),
                              static_cast<std::size_t>(std::floor(to_hz / spectrum.step_hz)) + 1);
  const std::size_t group = (lines + kMostPlotPoints - 1) / kMostPlotPoints;
  Spectrum out;
  out.step_hz = spectrum.step_hz * static_cast<double>(group);
  for (std::size_t first = 0; first < lines; first += group) {
    const auto begin = spectrum.values.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end =
        spectrum.values.begin() + static_cast<std::ptrdiff_t>(std::min(first + group, lines));
    out.values.push_back(*std::max_element(begin, end));
  }
  return out;
}

void draw_wave(std::span<const double> signal, double rate_hz, VibrationPlots& out) {
  const std::size_t group = (signal.size() + kMostPlotPoints - 1) / kMostPlotPoints;
  out.wave_step_s = static_cast<double>(group) / rate_hz;
  for (std::size_t first = 0; first < signal.size(); first += group) {
    const auto part = signal.subspan(first, std::min(group, signal.size() - first));
    const auto [low, high] = std::minmax_element(part.begin(), part.end());
    out.wave.emplace_back(*low, *high);
  }
}

std::vector<PlotLine> expected_lines(const VibrationSetup& setup, const VibrationReport& report) {
  std::vector<PlotLine> out;
  for (int k = 1; setup.shaft_hz && k <= kShaftLines; ++k) {
    const std::string times = k == 1 ? "" : std::to_string(k) + " x ";
    out.push_back({"shaft", {times + "shaft", times + "轴转频"}, k * *setup.shaft_hz, 0, 0});
  }
  if (!report.bearing) return out;
  for (const PartEvidence& part : report.bearing->parts) {
    for (const ExpectedLine& line : part.lines) {
      out.push_back({std::string(part_name(part.part)), line.label, line.expected_hz, line.found_hz,
                     line.prominence});
    }
  }
  return out;
}

/// Where the envelope is worth looking at: beyond the last line, or some turns of the shaft.
double envelope_top(const VibrationSetup& setup, const std::vector<PlotLine>& lines) {
  double top = 500;
  if (setup.shaft_hz) top = 20 * *setup.shaft_hz;
  for (const PlotLine& each : lines) top = std::max(top, 1.1 * each.hz);
  return std::min(top, setup.rate_hz / 2);
}

/// In each of `bins` bins of `step_hz`.
std::vector<double> rms_of_bins(const WaterfallSignal& signal, double step_hz, std::size_t bins) {
  const double wanted = 2 * signal.rate_hz / step_hz;
  const std::size_t whole = std::bit_floor(signal.samples.size());
  const std::size_t segment =
      std::min(whole, std::bit_ceil(static_cast<std::size_t>(std::ceil(wanted))));
  std::vector<double> out(bins, 0.0);
  const auto density = welch(signal.samples, signal.rate_hz, segment);
  if (!density) return out;  // under 8 samples: nobody adds such
  for (std::size_t line = 0; line < density->values.size(); ++line) {
    const double at = density->frequency_hz(line) / step_hz;
    if (at < static_cast<double>(bins)) {
      out[static_cast<std::size_t>(at)] += density->values[line] * density->step_hz;
    }
  }
  for (double& each : out) each = std::sqrt(each) * signal.m_s2_per_unit;
  return out;
}

}  // namespace

VibrationPlots plot_vibration(std::span<const double> signal, const VibrationSetup& setup,
                              const VibrationReport& report) {
  std::vector<double> acceleration(signal.begin(), signal.end());
  for (double& each : acceleration) each *= setup.m_s2_per_unit;
  VibrationPlots out;
  draw_wave(acceleration, setup.rate_hz, out);
  const std::size_t segment = std::min(kPlotSegment, std::bit_floor(acceleration.size()));
  if (auto density = welch(acceleration, setup.rate_hz, segment, Window::kFlatTop)) {
    for (double& each : density->values) each = std::sqrt(each * density->step_hz * kFlatTopWidth);
    out.spectrum = pooled(*density, setup.rate_hz / 2);
  }
  // What is shown is what the verdict rests on: a whitened band where a part of a bearing is named.
  out.whitened = report.bearing && report.bearing->named;
  const Band band =
      out.whitened ? report.bearing->of(*report.bearing->named).band : report.resonance.band;
  out.band_hz = {band.low * setup.rate_hz, band.high * setup.rate_hz};
  out.lines = expected_lines(setup, report);
  const double top = envelope_top(setup, out.lines);
  out.envelope = pooled(
      EnvelopeAnalyser(acceleration, setup.rate_hz, out.whitened).squared_envelope_spectrum(band),
      top);
  std::erase_if(out.lines, [&](const PlotLine& each) { return each.hz > top || each.hz <= 0; });
  return out;
}

Waterfall make_waterfall(std::span<const WaterfallSignal> signals, std::optional<double> to_hz) {
  Waterfall out;
  if (signals.empty()) return out;
  double top = signals.front().rate_hz / 2;
  for (const WaterfallSignal& each : signals) top = std::min(top, each.rate_hz / 2);
  if (to_hz) top = std::min(top, std::max(*to_hz, 10 * kNarrowestBinHz));
  const double bins = std::clamp(std::floor(top / kNarrowestBinHz), 1.0, kMostBins);
  out.step_hz = top / bins;
  for (const WaterfallSignal& each : signals) {
    out.rows.push_back(rms_of_bins(each, out.step_hz, static_cast<std::size_t>(bins)));
  }
  return out;
}

}  // namespace mw::maintenance
