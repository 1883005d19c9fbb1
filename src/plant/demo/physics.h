#pragma once

#include <cmath>
#include <cstdint>

namespace mw::plant {

/// Random numbers that are the same on every machine and library (splitmix64, Steele et al. 2014).
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  /// [0, 1)
  double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  double between(double low, double high) { return low + (high - low) * uniform(); }
  /// Mean 0, deviation 1: twelve uniforms less six (Irwin-Hall); tails end at 6, as a sensor's do.
  double normal() {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += uniform();
    return sum;
  }
  /// True with the given chance for something that happens once in `mean_s` on average.
  bool once_in(double mean_s, double dt_s) { return uniform() < dt_s / mean_s; }

 private:
  uint64_t state_;
};

/// Follows its target with a time constant: dx/dt = (target - x) / tau, solved exactly for a step.
class FirstOrder {
 public:
  explicit FirstOrder(double start) : value_(start) {}
  double step(double target, double tau_s, double dt_s) {
    value_ += (target - value_) * (1 - std::exp(-dt_s / tau_s));
    return value_;
  }
  double value() const { return value_; }

 private:
  double value_;
};

/// Slow drift around zero (Ornstein-Uhlenbeck): deviation `sigma`, memory `tau_s`.
class Drift {
 public:
  Drift(double sigma, double tau_s) : sigma_(sigma), tau_s_(tau_s) {}
  double step(Random& random, double dt_s) {
    const double keep = std::exp(-dt_s / tau_s_);
    value_ = value_ * keep + sigma_ * std::sqrt(1 - keep * keep) * random.normal();
    return value_;
  }
  double value() const { return value_; }

 private:
  double sigma_, tau_s_;
  double value_ = 0;
};

}  // namespace mw::plant
