#include "maintenance/signal/time_features.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"

namespace mw::maintenance {

TimeFeatures time_features(std::span<const double> signal) {
  MW_CHECK(signal.size() >= 2);
  const auto count = static_cast<double>(signal.size());
  TimeFeatures out;
  double low = signal[0];
  double high = signal[0];
  for (const double each : signal) {
    out.mean += each;
    low = std::min(low, each);
    high = std::max(high, each);
  }
  out.mean /= count;
  double second = 0;
  double third = 0;
  double fourth = 0;
  for (const double each : signal) {
    const double deviation = each - out.mean;
    const double square = deviation * deviation;
    second += square;
    third += square * deviation;
    fourth += square * square;
  }
  second /= count;
  out.rms = std::sqrt(second);
  out.peak = std::max(high - out.mean, out.mean - low);
  out.peak_to_peak = high - low;
  // A constant leaves rounding of its own size behind: that is no shape.
  if (out.peak_to_peak <= 1e-14 * std::max(std::abs(low), std::abs(high))) return out;
  out.crest = out.peak / out.rms;
  out.kurtosis = fourth / count / (second * second);
  out.skewness = third / count / (second * out.rms);
  return out;
}

}  // namespace mw::maintenance
