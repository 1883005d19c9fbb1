#pragma once

#include "tensor/activations.h"
#include "tensor/packed_matrix.h"

namespace mw::tensor {

/// What a calibration reads and multiplies: a buffer filled with copies of one w4 panel, so that
/// every sum and every product over it is known, and filling it costs no more than touching it.
class PanelStream {
 public:
  static constexpr int kWidth = 1024;  // inputs: a panel is 10,240 bytes
  static constexpr int kTokens = 64;   // of a product at most: its tiles, 147 KB, stay in L2

  /// About `bytes`, touched by `cores` threads.
  PanelStream(uint64_t bytes, int cores);

  int panels() const { return panels_; }  // a multiple of 4
  std::size_t panel_bytes() const { return panel_.panel_bytes(); }
  std::size_t bytes() const { return buffer_.size(); }
  const std::byte* panel(int index) const {
    return buffer_.data() + static_cast<std::size_t>(index) * panel_bytes();
  }
  /// The first panel of a quarter of the buffer, the next one each time: what was read before has
  /// left the caches.
  int next_quarter() {
    quarter_ = (quarter_ + 1) % 4;
    return quarter_ * (panels_ / 4);
  }

  /// Of all 32-bit words of a panel, modulo 2^32.
  uint32_t panel_sum() const { return panel_sum_; }
  /// The same inputs each time, of at most kTokens.
  MatView<const float> inputs(int tokens) const { return x_.view(tokens); }
  /// Arguments of of_words.w4 but for the panels to compute.
  MatmulArgs product(const Activations& x, float* y, ptrdiff_t stride) const;
  /// True when 16 results have the bits that the scalar kernel gives for this token; kTileTokens
  /// tokens are known.
  bool is_right(const float* y, int token) const;

 private:
  void compute_reference();

  const PackedMatrix panel_;
  const int panels_;
  Buffer buffer_;
  uint32_t panel_sum_ = 0;
  Matrix<float> x_;
  Matrix<float> reference_;  // (kTileTokens, 16)
  int quarter_ = 0;
};

}  // namespace mw::tensor
