#include "tensor/rope.h"

#include <cmath>

#include "core/check.h"

namespace mw::tensor {

Rope::Rope(int dims, double base, int max_positions, std::span<const float> divisors)
    : dims_(dims) {
  MW_CHECK(dims > 0 && dims % 2 == 0);
  MW_CHECK(divisors.empty() || divisors.size() == static_cast<std::size_t>(dims / 2));
  table_.resize(static_cast<std::size_t>(max_positions) * static_cast<std::size_t>(dims));
  for (int pair = 0; pair < dims / 2; ++pair) {
    double frequency = std::pow(base, -2.0 * pair / dims);
    if (!divisors.empty()) frequency /= divisors[static_cast<std::size_t>(pair)];
    for (int position = 0; position < max_positions; ++position) {
      float* entry = &table_[static_cast<std::size_t>(position) * static_cast<std::size_t>(dims) +
                             2 * static_cast<std::size_t>(pair)];
      entry[0] = static_cast<float>(std::cos(position * frequency));
      entry[1] = static_cast<float>(std::sin(position * frequency));
    }
  }
}

void Rope::rotate(float* row, int heads, int head_dim, int position) const {
  const float* entry =
      &table_[static_cast<std::size_t>(position) * static_cast<std::size_t>(dims_)];
  for (int head = 0; head < heads; ++head) {
    float* x = row + head * head_dim;
    for (int i = 0; i < dims_; i += 2) {
      const float even = x[i];
      const float odd = x[i + 1];
      x[i] = even * entry[i] - odd * entry[i + 1];
      x[i + 1] = even * entry[i + 1] + odd * entry[i];
    }
  }
}

}  // namespace mw::tensor
