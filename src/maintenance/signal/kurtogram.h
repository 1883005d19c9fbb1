#pragma once

#include <vector>

#include "maintenance/signal/envelope.h"

namespace mw::maintenance {

/// How impulsive a band is: mean |a|^4 / (mean |a|^2)^2 - 2 of its analytic signal; 0 for noise,
/// large where something rings at intervals.
struct BandKurtosis {
  Band band;
  double kurtosis = 0;
};

/// The halves, thirds, quarters... of the spectrum that are looked at, coarse to fine; 51 of them.
const std::vector<Band>& kurtogram_bands();

/// The kurtosis of each of kurtogram_bands(), in their order.
/// Source   Antoni 2006, The spectral kurtosis; filters here are sharp ones over the transform.
std::vector<BandKurtosis> kurtogram(const EnvelopeAnalyser& analyser);

/// The one that is most impulsive; of two alike the broader.
BandKurtosis most_impulsive(const std::vector<BandKurtosis>& bands);

}  // namespace mw::maintenance
