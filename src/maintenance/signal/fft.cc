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

/// The factors of a length that is a product of 2, 3 and 5, largest first; none of any other.
std::vector<std::size_t> small_factors(std::size_t length) {
  std::vector<std::size_t> out;
  for (const std::size_t factor : {5, 3, 2}) {
    for (; length % factor == 0; length /= factor) out.push_back(factor);
  }
  if (length != 1) out.clear();
  return out;
}

/// Written out: the library's product also looks for infinities, at a third of the speed.
Complex times(const Complex& a, const Complex& b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

}  // namespace

Fft::Fft(std::size_t length) : length_(length), padded_(length) {
  MW_CHECK(length >= 1 && length <= kLongest);
  const bool direct = std::has_single_bit(length);
  if (!direct) factors_ = small_factors(length);
  if (!direct && factors_.empty()) padded_ = std::bit_ceil(2 * length - 1);
  const std::size_t roots = factors_.empty() ? padded_ / 2 : length;
  roots_.reserve(roots);
  for (std::size_t k = 0; k < roots; ++k) roots_.push_back(root(k, padded_));
  if (direct || !factors_.empty()) return;
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
        const Complex turned = times(high, w);
        high = low - turned;
        low += turned;
      }
    }
  }
}

void Fft::mixed(const Complex* in, std::size_t stride, Complex* out, std::size_t count,
                std::size_t level) const {
  if (count == 1) {
    *out = *in;
    return;
  }
  const std::size_t parts = factors_[level];
  const std::size_t each = count / parts;
  for (std::size_t part = 0; part < parts; ++part) {
    mixed(in + part * stride, stride * parts, out + part * each, each, level + 1);
  }
  // roots_[k * stride] turns by k / count; a whole turn is length_.
  const std::size_t turn = length_ / parts;
  Complex turned[5];
  for (std::size_t k = 0; k < each; ++k) {
    for (std::size_t part = 0; part < parts; ++part) {
      turned[part] = times(out[part * each + k], roots_[part * k * stride]);
    }
    for (std::size_t line = 0; line < parts; ++line) {
      Complex sum = turned[0];
      for (std::size_t part = 1; part < parts; ++part) {
        sum += times(turned[part], roots_[part * line % parts * turn]);
      }
      out[line * each + k] = sum;
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
  if (!factors_.empty()) {
    const std::vector<Complex> in(values.begin(), values.end());
    mixed(in.data(), 1, values.data(), length_, 0);
  } else if (chirp_.empty()) {
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
