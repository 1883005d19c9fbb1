#include "maintenance/signal/welch.h"

#include <cmath>
#include <numeric>
#include <string>

#include "maintenance/signal/fft.h"

namespace mw::maintenance {

Result<Spectrum> welch(std::span<const double> signal, double rate_hz, std::size_t segment,
                       Window window) {
  if (!(rate_hz > 0) || !std::isfinite(rate_hz)) {
    return Error::make(
        Code::kInvalidArgument,
        "a spectrum needs the sampling rate in Hz, above 0: say how often was measured",
        "计算频谱需要大于 0 的采样频率（Hz）：请给出采样频率", "rate_hz");
  }
  if (segment < 8 || segment > signal.size() || segment > Fft::kLongest) {
    return Error::make(Code::kInvalidArgument,
                       "a segment of a spectrum has 8 to " + std::to_string(signal.size()) +
                           " samples (the signal's length), got " + std::to_string(segment),
                       "频谱分段应为 8 到 " + std::to_string(signal.size()) +
                           " 个采样点（信号长度），实际为 " + std::to_string(segment),
                       "segment");
  }
  const std::vector<double> weights = window_weights(window, segment);
  double power = 0;
  for (const double each : weights) power += each * each;
  const Fft fft(segment);
  Spectrum out;
  out.step_hz = rate_hz / static_cast<double>(segment);
  out.values.assign(segment / 2 + 1, 0.0);
  std::vector<Complex> work(segment);
  std::size_t segments = 0;
  for (std::size_t start = 0; start + segment <= signal.size(); start += segment - segment / 2) {
    const std::span<const double> part = signal.subspan(start, segment);
    const double mean =
        std::accumulate(part.begin(), part.end(), 0.0) / static_cast<double>(segment);
    for (std::size_t i = 0; i < segment; ++i) work[i] = (part[i] - mean) * weights[i];
    fft.forward(work);
    for (std::size_t k = 0; k < out.values.size(); ++k) out.values[k] += std::norm(work[k]);
    ++segments;
  }
  const double scale = 1.0 / (rate_hz * power * static_cast<double>(segments));
  for (std::size_t k = 0; k < out.values.size(); ++k) {
    const bool alone = k == 0 || 2 * k == segment;  // no mirror image to add
    out.values[k] *= alone ? scale : 2.0 * scale;
  }
  return out;
}

}  // namespace mw::maintenance
