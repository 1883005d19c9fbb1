#include "tensor/rope.h"

#include <cmath>

#include "core/check.h"

namespace mw::tensor {

Rope::Rope(const Setting& setting, int max_positions)
    : dims_(setting.dims),
      pairing_(setting.pairing),
      magnitude_(setting.magnitude),
      max_positions_(max_positions) {
  MW_CHECK(dims_ > 0 && dims_ % 2 == 0);
  MW_CHECK(setting.divisors.empty() ||
           setting.divisors.size() == static_cast<std::size_t>(dims_ / 2));
  for (int pair = 0; pair < dims_ / 2; ++pair) {
    double frequency = std::pow(setting.base, -2.0 * pair / dims_);
    if (!setting.divisors.empty()) {
      frequency /= setting.divisors[static_cast<std::size_t>(pair)];
    }
    frequencies_.push_back(frequency);
  }
  blocks_ = std::make_unique<Block[]>(static_cast<std::size_t>(max_positions / kBlock + 1));
}

const float* Rope::entry(int position) const {
  MW_CHECK(position >= 0 && position < max_positions_);
  const auto dims = static_cast<std::size_t>(dims_);
  Block& block = blocks_[static_cast<std::size_t>(position / kBlock)];
  std::call_once(block.once, [&] {
    block.table.resize(kBlock * dims);
    const int first = position / kBlock * kBlock;
    for (int i = 0; i < kBlock; ++i) {
      for (std::size_t pair = 0; pair < frequencies_.size(); ++pair) {
        const double angle = (first + i) * frequencies_[pair];
        float* at = &block.table[static_cast<std::size_t>(i) * dims + 2 * pair];
        at[0] = static_cast<float>(std::cos(angle) * magnitude_);
        at[1] = static_cast<float>(std::sin(angle) * magnitude_);
      }
    }
  });
  return &block.table[static_cast<std::size_t>(position % kBlock) * dims];
}

void Rope::rotate(float* row, int heads, int head_dim, int position) const {
  const float* turns = entry(position);
  for (int head = 0; head < heads; ++head) {
    float* x = row + head * head_dim;
    if (pairing_ == RopePairing::kHalves) {
      float* second = x + dims_ / 2;
      for (int i = 0; i < dims_ / 2; ++i) {
        const float low = x[i];
        const float high = second[i];
        x[i] = low * turns[2 * i] - high * turns[2 * i + 1];
        second[i] = low * turns[2 * i + 1] + high * turns[2 * i];
      }
      continue;
    }
    for (int i = 0; i < dims_; i += 2) {
      const float even = x[i];
      const float odd = x[i + 1];
      x[i] = even * turns[i] - odd * turns[i + 1];
      x[i + 1] = even * turns[i + 1] + odd * turns[i];
    }
  }
}

}  // namespace mw::tensor
