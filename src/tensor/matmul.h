#pragma once

#include <span>

#include "tensor/activations.h"
#include "tensor/packed_matrix.h"

namespace mw::tensor {

/// One product that shares its input with others: y = x W^T, or y += x W^T.
struct MatmulJob {
  const PackedMatrix* weight = nullptr;  // (N, D)
  MatView<float> y;                      // (T, N), stride at least N rounded up to 16
  bool add = false;
};

/// Computes all jobs in one parallel pass (Q, K and V; gate and up).
///
/// Shapes   x (T, D), weights (N, D), y (T, N).
/// Numbers  integer weights: int32 sums a group of 32, exact; then one fma a group, in order.
///          12-bit weights: int32 sums of 256 inputs, exact; then one fma each, in order.
///          float weights: one fma an input, in order. The same bits for any instruction set,
///          thread count and number of tokens.
/// Threads  panels of 16 rows split over ctx.
void matmul(const Activations& x, std::span<const MatmulJob> jobs, const ExecContext& ctx);

}  // namespace mw::tensor
