#include "maintenance/signal/kurtogram.h"

#include <algorithm>

#include "core/check.h"

namespace mw::maintenance {

const std::vector<Band>& kurtogram_bands() {
  static const std::vector<Band> kBands = [] {
    std::vector<Band> out;
    // Powers of two and, between them, thirds, as the fast kurtogram has them.
    for (const int parts : {1, 2, 3, 4, 6, 8, 12, 16}) {
      const double width = 0.5 / parts;
      for (int i = 0; i < parts; ++i)
        out.push_back({i * width, i + 1 == parts ? 0.5 : (i + 1) * width});
    }
    return out;
  }();
  return kBands;
}

std::vector<BandKurtosis> kurtogram(const EnvelopeAnalyser& analyser) {
  std::vector<BandKurtosis> out;
  for (const Band band : kurtogram_bands()) {
    double second = 0;
    double fourth = 0;
    const std::vector<Complex> analytic = analyser.analytic(band);
    for (const Complex& each : analytic) {
      const double power = std::norm(each);
      second += power;
      fourth += power * power;
    }
    const auto count = static_cast<double>(analytic.size());
    second /= count;
    fourth /= count;
    out.push_back({band, second > 0 ? fourth / (second * second) - 2.0 : 0.0});
  }
  return out;
}

BandKurtosis most_impulsive(const std::vector<BandKurtosis>& bands) {
  MW_CHECK(!bands.empty());
  return *std::max_element(bands.begin(), bands.end(), [](const auto& a, const auto& b) {
    return a.kurtosis < b.kurtosis;  // the first of equals: the broader
  });
}

}  // namespace mw::maintenance
