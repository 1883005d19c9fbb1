#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "maintenance/signal/welch.h"
#include "maintenance/vibration_report.h"

namespace mw::maintenance {

/// Where a line of the bearing or of the shaft is expected.
struct PlotLine {
  std::string part;  // as part_name() has it, or "shaft"
  Text label;        // "2 x BPFI - shaft"
  double hz = 0;
  double found_hz = 0;    // 0: nobody looked
  double prominence = 0;  // times what is around it; 0: nobody looked
};

/// A recording as a chart can show it: each series has at most kMostPlotPoints values.
struct VibrationPlots {
  double wave_step_s = 0;
  std::vector<std::pair<double, double>> wave;  // lowest and highest of each step, in m/s2
  /// Value k is the largest in [k, k + 1) steps. In m/s2: a tone reads its root mean square.
  Spectrum spectrum;
  /// Of the squared envelope of `band_hz`, as for `spectrum`; in (m/s2)^2, without a unit where it
  /// was whitened.
  Spectrum envelope;
  std::pair<double, double> band_hz;
  bool whitened = false;
  std::vector<PlotLine> lines;  // within the envelope's spectrum
};
inline constexpr std::size_t kMostPlotPoints = 1200;

/// `signal` and `setup` are what `report` was made of.
VibrationPlots plot_vibration(std::span<const double> signal, const VibrationSetup& setup,
                              const VibrationReport& report);

/// Spectra of several recordings on one axis of frequencies.
struct Waterfall {
  double step_hz = 0;  // bin k is [k, k + 1) steps
  /// A row a recording: the root mean square in each bin, in m/s2.
  std::vector<std::vector<double>> rows;
};

struct WaterfallSignal {
  std::vector<double> samples;
  double rate_hz = 0;
  double m_s2_per_unit = 1;
};
/// Up to the lowest of their half rates, or `to_hz` where it is lower; at most 200 bins, none
/// narrower than 2 Hz. `signals` have half a second or more.
Waterfall make_waterfall(std::span<const WaterfallSignal> signals, std::optional<double> to_hz);

}  // namespace mw::maintenance
