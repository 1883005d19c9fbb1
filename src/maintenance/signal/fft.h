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
/// Any length: a power of two by radix 2; products of 2, 3 and 5 by these (recordings last whole
/// seconds at round rates: 48,000 samples take a fifth of the time so); others by Bluestein's chirp
/// over a power of two.
/// Numbers  double; error about 1e-15 of the root mean square (fft_test.cc holds it to 1e-12).
/// Cost     N log N; memory for 6 N numbers where Bluestein's is needed.
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
  /// Of `count` values of `in`, `stride` apart, into `out`; `level` counts factors_.
  void mixed(const Complex* in, std::size_t stride, Complex* out, std::size_t count,
             std::size_t level) const;

  std::size_t length_;
  std::size_t padded_;  // the power of two that the work is done in; the length itself by factors
  std::vector<std::size_t> factors_;  // 5s, 3s, 2s of a length that has no others, largest first
  std::vector<Complex> roots_;        // exp(-2 pi i k / padded), k < padded / 2, or all by factors
  std::vector<Complex> chirp_;        // exp(-pi i n^2 / length); empty for a power of two
  std::vector<Complex> chirp_spectrum_;
};

/// The first length/2 + 1 values of the transform of real numbers; the others mirror them.
std::vector<Complex> real_spectrum(std::span<const double> values);

}  // namespace mw::maintenance
