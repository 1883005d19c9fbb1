#include "maintenance/signal/decimate.h"

#include "core/check.h"
#include "maintenance/signal/fft.h"

namespace mw::maintenance {

std::vector<double> decimate(std::span<const double> signal, int factor) {
  MW_CHECK(factor >= 1);
  const auto step = static_cast<std::size_t>(factor);
  const std::size_t count = signal.size() / step;
  if (count == 0) return {};
  const std::size_t used = count * step;
  std::vector<Complex> lines(signal.begin(), signal.begin() + static_cast<std::ptrdiff_t>(used));
  Fft(used).forward(lines);
  // The lines below the new half rate are those of the short signal; half of it itself is halved
  // between its two mirror images and left out.
  std::vector<Complex> kept(count);
  for (std::size_t k = 0; 2 * k < count; ++k) {
    kept[k] = lines[k];
    if (k > 0) kept[count - k] = lines[used - k];
  }
  Fft(count).inverse(kept);
  std::vector<double> out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = kept[i].real() / static_cast<double>(step);
  return out;
}

}  // namespace mw::maintenance
