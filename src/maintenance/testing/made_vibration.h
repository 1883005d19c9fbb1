#pragma once

// Vibration made for tests: noise, tones, impacts that ring a resonance.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <vector>

namespace mw::testing_support {

/// The same numbers for a seed on each machine: SplitMix64, and sums of 12 for a bell.
class MadeNoise {
 public:
  explicit MadeNoise(uint64_t seed) : state_(seed) {}
  double uniform() {
    state_ += 0x9e3779b97f4a7c15U;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
  }
  double normal() {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += uniform();
    return sum;
  }

 private:
  uint64_t state_;
};

inline std::vector<double> made_noise(std::size_t count, uint64_t seed) {
  MadeNoise noise(seed);
  std::vector<double> out(count);
  for (double& each : out) each = noise.normal();
  return out;
}

/// Adds impacts at `hz`, each a little off its time (`slip`, a share), ringing `resonance_hz`;
/// their strength follows 1 + depth * cos(2 pi modulation_hz t).
inline void add_impacts(std::vector<double>& signal, double rate_hz, double hz, double strength,
                        double resonance_hz, double modulation_hz, double depth, uint64_t seed) {
  MadeNoise noise(seed);
  for (double at_s = 0.01; at_s * rate_hz < static_cast<double>(signal.size());
       at_s += (1 + 0.005 * noise.normal()) / hz) {
    const auto first = static_cast<std::size_t>(at_s * rate_hz);
    const double height =
        strength * (1 + depth * std::cos(2 * std::numbers::pi * modulation_hz * at_s));
    for (std::size_t i = 0; i < 60 && first + i < signal.size(); ++i) {
      const double t_s = static_cast<double>(i) / rate_hz;
      signal[first + i] +=
          height * std::exp(-t_s * 900) * std::sin(2 * std::numbers::pi * resonance_hz * t_s);
    }
  }
}

}  // namespace mw::testing_support
