#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "maintenance/signal/fft.h"
#include "maintenance/signal/welch.h"

namespace mw::maintenance {

/// A range of frequencies as shares of the sampling rate, 0 to 0.5.
struct Band {
  double low = 0;
  double high = 0.5;
  bool operator==(const Band&) const = default;
};

/// Takes the band of a signal out and follows how loud it is: what a defect that rings a resonance
/// at each passing looks like. One transform serves all bands of a signal.
class EnvelopeAnalyser {
 public:
  /// The mean is taken off. `whiten`: every line gets the same strength, so that tones of shaft
  /// and gears do not hide weak impacts (cepstrum pre-whitening, Sawalhi & Randall 2011).
  /// `signal` has 8 samples or more.
  EnvelopeAnalyser(std::span<const double> signal, double rate_hz, bool whiten);

  double rate_hz() const { return rate_hz_; }
  /// The analytic signal of one band: sharp edges, negative frequencies gone. Its real part is the
  /// band-passed signal, its magnitude the Hilbert envelope.
  std::vector<Complex> analytic(Band band) const;
  /// Amplitudes of the spectrum of the squared envelope, mean taken off, Hann window, scaled so
  /// that a sine of amplitude a on a line reads a.
  Spectrum squared_envelope_spectrum(Band band) const;

 private:
  double rate_hz_;
  Fft fft_;
  std::vector<Complex> lines_;
  std::vector<double> weights_;  // Hann
};

/// |analytic signal| of the whole band: scipy.signal.hilbert's, the mean kept.
std::vector<double> hilbert_envelope(std::span<const double> signal);

}  // namespace mw::maintenance
