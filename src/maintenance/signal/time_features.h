#pragma once

#include <span>

namespace mw::maintenance {

/// What a stretch of vibration looks like in time. All but `mean` are of the signal less its mean.
struct TimeFeatures {
  double mean = 0;
  double rms = 0;
  double peak = 0;  // largest deviation
  double peak_to_peak = 0;
  double crest = 0;     // peak / rms: 1.41 a sine, about 4 noise, more with impacts
  double kurtosis = 0;  // fourth moment / rms^4: 1.5 a sine, 3 noise (SciPy: fisher=False)
  double skewness = 0;
};

/// Shapes   `signal` of 2 samples or more. A flat one has crest, kurtosis and skewness 0.
TimeFeatures time_features(std::span<const double> signal);

}  // namespace mw::maintenance
