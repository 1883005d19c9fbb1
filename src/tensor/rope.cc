#include "tensor/rope.h"

#include <cmath>

#include "core/check.h"

namespace mw::tensor {

Rope::Rope(const Setting& setting, int max_positions)
    : dims_(setting.dims), pairing_(setting.pairing) {
  const int dims = dims_;
  MW_CHECK(dims > 0 && dims % 2 == 0);
  MW_CHECK(setting.divisors.empty() ||
           setting.divisors.size() == static_cast<std::size_t>(dims / 2));
  table_.resize(static_cast<std::size_t>(max_positions) * static_cast<std::size_t>(dims));
  for (int pair = 0; pair < dims / 2; ++pair) {
    double frequency = std::pow(setting.base, -2.0 * pair / dims);
    if (!setting.divisors.empty()) {
      frequency /= setting.divisors[static_cast<std::size_t>(pair)];
    }
    for (int position = 0; position < max_positions; ++position) {
      float* entry = &table_[static_cast<std::size_t>(position) * static_cast<std::size_t>(dims) +
                             2 * static_cast<std::size_t>(pair)];
      entry[0] = static_cast<float>(std::cos(position * frequency) * setting.magnitude);
      entry[1] = static_cast<float>(std::sin(position * frequency) * setting.magnitude);
    }
  }
}

void Rope::rotate(float* row, int heads, int head_dim, int position) const {
  const float* entry =
      &table_[static_cast<std::size_t>(position) * static_cast<std::size_t>(dims_)];
  for (int head = 0; head < heads; ++head) {
    float* x = row + head * head_dim;
    if (pairing_ == RopePairing::kHalves) {
      float* second = x + dims_ / 2;
      for (int i = 0; i < dims_ / 2; ++i) {
        const float low = x[i];
        const float high = second[i];
        x[i] = low * entry[2 * i] - high * entry[2 * i + 1];
        second[i] = low * entry[2 * i + 1] + high * entry[2 * i];
      }
      continue;
    }
    for (int i = 0; i < dims_; i += 2) {
      const float even = x[i];
      const float odd = x[i + 1];
      x[i] = even * entry[i] - odd * entry[i + 1];
      x[i + 1] = even * entry[i + 1] + odd * entry[i];
    }
  }
}

}  // namespace mw::tensor
