#include "maintenance/bearing/bearing_features.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "maintenance/signal/fft.h"
#include "maintenance/signal/time_features.h"
#include "maintenance/signal/window.h"

namespace mw::maintenance {
namespace {

constexpr std::size_t kBands = 32;
constexpr double kSilence = 1e-30;  // keeps ln finite where nothing vibrates

}  // namespace

std::vector<double> physics_features(const BearingDiagnosis& diagnosis) {
  std::vector<double> out;
  for (const PartEvidence& each : diagnosis.parts) out.push_back(each.score);
  return out;
}

std::vector<double> machine_features(std::span<const double> signal,
                                     const BearingDiagnosis& diagnosis) {
  const TimeFeatures shape = time_features(signal);
  std::vector<double> weighted = window_weights(Window::kHann, signal.size());
  for (std::size_t i = 0; i < signal.size(); ++i) weighted[i] *= signal[i] - shape.mean;
  const std::vector<Complex> lines = real_spectrum(weighted);
  std::vector<double> out;
  for (std::size_t band = 0; band < kBands; ++band) {
    const std::size_t first = band * lines.size() / kBands;
    const std::size_t end = (band + 1) * lines.size() / kBands;
    double power = 0;
    for (std::size_t k = first; k < end; ++k) power += std::norm(lines[k]);
    out.push_back(
        std::log(power / static_cast<double>(std::max<std::size_t>(end - first, 1)) + kSilence));
  }
  const double mean = std::accumulate(out.begin(), out.end(), 0.0) / kBands;
  for (double& each : out) each -= mean;
  out.push_back(std::log(shape.rms + kSilence));
  out.push_back(std::log(std::max(shape.kurtosis, 1.0)));
  out.push_back(std::log(std::max(shape.crest, 1.0)));
  for (const PartEvidence& each : diagnosis.parts) out.push_back(each.score);
  return out;
}

}  // namespace mw::maintenance
