#include "maintenance/signal/fft.h"

#include <bit>
#include <cmath>
#include <numbers>
#include <utility>

#include "core/check.h"

namespace mw::maintenance {
namespace {

/// exp(-2 pi i k / n). Each from its own angle: a recurrence would lose a digit in a thousand
/// steps.
Complex root(std::size_t k, std::size_t n) {
  const double angle = -2.0 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n);
  return {std::cos(angle), std::sin(angle)};
}

}  // namespace

Fft::Fft(std::size_t length) : length_(length), padded_(length) {
  MW_CHECK(length >= 1 && length <= kLongest);
  const bool direct = std::has_single_bit(length);
  if (!direct) padded_ = std::bit_ceil(2 * length - 1);
  roots_.reserve(padded_ / 2);
  for (std::size_t k = 0; k < padded_ / 2; ++k) roots_.push_back(root(k, padded_));
  if (direct) return;
  chirp_.resize(length);
  for (std::size_t n = 0; n < length; ++n) {
    // n^2 modulo 2 N first: the angle of a large square would lose its fraction.
    chirp_[n] = root(n * n % (2 * length), 2 * length);
  }
  chirp_spectrum_.assign(padded_, Complex{});
  chirp_spectrum_[0] = std::conj(chirp_[0]);
  for (std::size_t n = 1; n < length; ++n) {
    chirp_spectrum_[n] = chirp_spectrum_[padded_ - n] = std::conj(chirp_[n]);
  }
  power_of_two(chirp_spectrum_);
}

void Fft::power_of_two(std::span<Complex> values) const {
  const std::size_t count = padded_;
  for (std::size_t i = 1, j = 0; i < count; ++i) {
    std::size_t bit = count >> 1;
    for (; (j & bit) != 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(values[i], values[j]);
  }
  for (std::size_t half = 1; half < count; half *= 2) {
    const std::size_t stride = count / (2 * half);
    for (std::size_t start = 0; start < count; start += 2 * half) {
      for (std::size_t k = 0; k < half; ++k) {
        const Complex w = roots_[k * stride];
        Complex& low = values[start + k];
        Complex& high = values[start + k + half];
        // Written out: the library's product also looks for infinities, at a third of the speed.
        const Complex turned{high.real() * w.real() - high.imag() * w.imag(),
                             high.real() * w.imag() + high.imag() * w.real()};
        high = low - turned;
        low += turned;
      }
    }
  }
}

void Fft::bluestein(std::span<Complex> values) const {
  std::vector<Complex> work(padded_);
  for (std::size_t n = 0; n < length_; ++n) work[n] = values[n] * chirp_[n];
  power_of_two(work);
  // The inverse over the padded length is the forward one of the conjugate.
  for (std::size_t k = 0; k < padded_; ++k) work[k] = std::conj(work[k] * chirp_spectrum_[k]);
  power_of_two(work);
  const double scale = 1.0 / static_cast<double>(padded_);
  for (std::size_t n = 0; n < length_; ++n) values[n] = std::conj(work[n]) * scale * chirp_[n];
}

void Fft::forward(std::span<Complex> values) const {
  MW_CHECK_EQ(values.size(), length_);
  if (chirp_.empty()) {
    power_of_two(values);
  } else {
    bluestein(values);
  }
}

void Fft::inverse(std::span<Complex> values) const {
  for (Complex& each : values) each = std::conj(each);
  forward(values);
  const double scale = 1.0 / static_cast<double>(length_);
  for (Complex& each : values) each = std::conj(each) * scale;
}

std::vector<Complex> real_spectrum(std::span<const double> values) {
  MW_CHECK(!values.empty());
  std::vector<Complex> all(values.begin(), values.end());
  Fft(values.size()).forward(all);
  all.resize(values.size() / 2 + 1);
  return all;
}

}  // namespace mw::maintenance
