#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/model.h"
#include "tensor/exec_context.h"

namespace mw::runtime {

/// Measures many models against one reference on the same windows, whose distributions it keeps:
/// each measurement runs one model, not two. The windows and positions are those of
/// measure_divergence.
///
/// Memory   4 bytes a scored position and word of the vocabulary.
/// Threads  ctx, which outlives it.
class DivergenceProbe {
 public:
  /// `ids` are whole windows, one behind the other.
  DivergenceProbe(const models::Model& reference, std::vector<int32_t> ids, int window, int32_t bos,
                  const tensor::ExecContext& ctx);

  /// Mean KL(reference || model) in nats a token; exactly 0 for the reference itself, and the same
  /// on any thread count.
  double kl_nats(const models::Model& model) const;
  std::size_t positions() const { return negative_entropy_.size(); }

 private:
  std::vector<int32_t> ids_;
  int window_;
  int32_t bos_;
  int vocabulary_;
  const tensor::ExecContext& ctx_;
  std::vector<float> likely_;             // (positions, V) probabilities of the reference
  std::vector<double> negative_entropy_;  // of each position: sum of p log p
};

}  // namespace mw::runtime
