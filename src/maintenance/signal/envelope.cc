#include "maintenance/signal/envelope.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/check.h"

namespace mw::maintenance {
namespace {

std::vector<Complex> lines_of(std::span<const double> signal, const Fft& fft, bool whiten) {
  const double mean =
      std::accumulate(signal.begin(), signal.end(), 0.0) / static_cast<double>(signal.size());
  std::vector<Complex> out(signal.size());
  for (std::size_t i = 0; i < signal.size(); ++i) out[i] = signal[i] - mean;
  fft.forward(out);
  if (!whiten) return out;
  for (Complex& each : out) {
    const double magnitude = std::abs(each);
    each = magnitude > 1e-12 ? each / magnitude : Complex{};
  }
  return out;
}

}  // namespace

EnvelopeAnalyser::EnvelopeAnalyser(std::span<const double> signal, double rate_hz, bool whiten)
    : rate_hz_(rate_hz),
      fft_(signal.size()),
      lines_(lines_of(signal, fft_, whiten)),
      weights_(window_weights(Window::kHann, signal.size())) {
  MW_CHECK(signal.size() >= 8 && rate_hz > 0);
}

std::vector<Complex> EnvelopeAnalyser::analytic(Band band) const {
  MW_CHECK(band.low >= 0 && band.low < band.high && band.high <= 0.5);
  const auto count = static_cast<double>(lines_.size());
  const auto first =
      std::max<std::size_t>(1, static_cast<std::size_t>(std::llround(band.low * count)));
  const auto end =
      std::min(static_cast<std::size_t>(std::llround(band.high * count)), (lines_.size() + 1) / 2);
  std::vector<Complex> out(lines_.size());
  for (std::size_t k = first; k < end; ++k) out[k] = 2.0 * lines_[k];
  fft_.inverse(out);
  return out;
}

Spectrum EnvelopeAnalyser::squared_envelope_spectrum(Band band) const {
  std::vector<Complex> work = analytic(band);
  double mean = 0;
  for (Complex& each : work) {
    each = std::norm(each);
    mean += each.real();
  }
  mean /= static_cast<double>(work.size());
  double gain = 0;
  for (std::size_t i = 0; i < work.size(); ++i) {
    work[i] = (work[i].real() - mean) * weights_[i];
    gain += weights_[i];
  }
  fft_.forward(work);
  Spectrum out;
  out.step_hz = rate_hz_ / static_cast<double>(work.size());
  out.values.resize(work.size() / 2 + 1);
  for (std::size_t k = 0; k < out.values.size(); ++k) {
    out.values[k] = 2.0 * std::abs(work[k]) / gain;
  }
  return out;
}

std::vector<double> hilbert_envelope(std::span<const double> signal) {
  MW_CHECK(!signal.empty());
  const Fft fft(signal.size());
  std::vector<Complex> work(signal.begin(), signal.end());
  fft.forward(work);
  const std::size_t count = work.size();
  for (std::size_t k = 1; k < count; ++k) {
    if (2 * k < count) {
      work[k] *= 2.0;
    } else if (2 * k > count) {
      work[k] = 0;
    }
  }
  fft.inverse(work);
  std::vector<double> out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = std::abs(work[i]);
  return out;
}

}  // namespace mw::maintenance
