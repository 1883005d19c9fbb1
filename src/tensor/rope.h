#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "tensor/mat_view.h"

namespace mw::tensor {

/// Which elements of a head turn together. The same weights with the other pairing give fluent
/// garbage, and no error: a loader has to know.
enum class RopePairing {
  kAdjacent,  // (2i, 2i+1): GGUF's `llama`, whose converter reorders the rows of Q and K
  kHalves,    // (i, i + d/2): everything else
};

/// Rotary position embedding. Angles position * base^(-2i/d) / divisor[i] are taken in f64, sines
/// and cosines (times `magnitude`) kept in f32, from the first use of a position on: a context of a
/// million positions costs nothing before it is there.
///
/// Threads  const members from any thread.
/// Source   Su et al. 2021, arXiv:2104.09864; pairings: reference/engine.md 2.
class Rope {
 public:
  struct Setting {
    int dims = 0;  // rotated elements of a head, even
    double base = 10000.0;
    std::span<const float> divisors = {};  // dims/2 factors (Llama 3, linear, long), or none
    RopePairing pairing = RopePairing::kAdjacent;
    double magnitude = 1.0;  // of the long variants
  };

  Rope() = default;
  Rope(const Setting& setting, int max_positions);

  /// Rotates the first `dims` of each of `heads` heads of `head_dim` floats in place.
  void rotate(float* row, int heads, int head_dim, int position) const;

 private:
  static constexpr int kBlock = 256;  // positions that are computed together
  struct Block {
    std::once_flag once;
    std::vector<float> table;  // (positions, dims/2, {cos, sin})
  };
  const float* entry(int position) const;

  int dims_ = 0;
  RopePairing pairing_ = RopePairing::kAdjacent;
  double magnitude_ = 1.0;
  int max_positions_ = 0;
  std::vector<double> frequencies_;
  std::unique_ptr<Block[]> blocks_;
};

}  // namespace mw::tensor
