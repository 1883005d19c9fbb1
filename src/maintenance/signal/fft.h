#pragma once

#include <complex>
#include <cstddef>
#include <span>
#include <vector>

namespace mw::maintenance {

using Complex = std::complex<double>;

/// The discrete Fourier transform of one length, prepared once (ADR 0124).
///   forward:  X[k] = sum_n x[n] exp(-2 pi i k n / N);   inverse: the same with +, divided by N
///
/// Any length: a power of two by radix 2, others by Bluestein's chirp over a power of two.
/// Numbers  double; error about 1e-15 of the root mean square (fft_test.cc holds it to 1e-12).
/// Cost     N log N; memory for 6 N numbers where the length is not a power of two.
/// Threads  const after construction: several may use it.
class Fft {
 public:
  /// `length` is at least 1 and at most kLongest.
  explicit Fft(std::size_t length);

  std::size_t length() const { return length_; }
  /// In place; `values` has length().
  void forward(std::span<Complex> values) const;
  void inverse(std::span<Complex> values) const;

  static constexpr std::size_t kLongest = std::size_t{1} << 26;

 private:
  void power_of_two(std::span<Complex> values) const;
  void bluestein(std::span<Complex> values) const;

  std::size_t length_;
  std::size_t padded_;          // the power of two that the work is done in
  std::vector<Complex> roots_;  // exp(-2 pi i k / padded), k < padded / 2
  std::vector<Complex> chirp_;  // exp(-pi i n^2 / length); empty for a power of two
  std::vector<Complex> chirp_spectrum_;
};

/// The first length/2 + 1 values of the transform of real numbers; the others mirror them.
std::vector<Complex> real_spectrum(std::span<const double> values);

}  // namespace mw::maintenance
