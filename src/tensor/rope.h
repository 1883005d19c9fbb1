#pragma once

#include <span>
#include <vector>

#include "tensor/mat_view.h"

namespace mw::tensor {

/// Rotary position embedding on adjacent pairs (2i, 2i+1), the pairing of GGUF's `llama`.
/// Angles position * base^(-2i/d) / divisor[i] are taken in f64, sines and cosines kept in f32.
///
/// Source   Su et al. 2021, arXiv:2104.09864; pairings: reference/engine.md 2.
class Rope {
 public:
  Rope() = default;
  /// `divisors` holds dims/2 factors (Llama 3's rope_freqs) or is empty.
  Rope(int dims, double base, int max_positions, std::span<const float> divisors);

  /// Rotates the first `dims` of each of `heads` heads of `head_dim` floats in place.
  void rotate(float* row, int heads, int head_dim, int position) const;

 private:
  int dims_ = 0;
  std::vector<float> table_;  // (positions, dims/2, {cos, sin})
};

}  // namespace mw::tensor
