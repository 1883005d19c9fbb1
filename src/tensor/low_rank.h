#pragma once

#include <span>

#include "tensor/exec_context.h"
#include "tensor/mat_view.h"
#include "tensor/packed_matrix.h"

namespace mw::tensor {

/// Widest inner side of a change; the rows between its two products lie on the stack.
inline constexpr int kMaxRank = 512;

/// A change of low rank to a product's weight: W + up down, with any factor already in `up`.
/// Both are kF32.
struct LowRank {
  PackedMatrix down;  // (R, D)
  PackedMatrix up;    // (N, R)

  bool empty() const { return down.rows() == 0; }
  std::size_t bytes() const { return down.bytes() + up.bytes(); }
};

struct LowRankJob {
  const LowRank* change = nullptr;
  MatView<const float> x;  // (T, D)
  MatView<float> y;        // (T, N), stride at least N rounded up to 16
};

/// y[t,n] += sum_r up[n,r] sum_d down[r,d] x[t,d], for each job.
///
/// Numbers  both sums are one chain of fma in order, then one addition to y; the same bits for any
///          instruction set, thread count and number of tokens (ADR 0011, 0028).
/// Threads  slices of a job's tokens split over ctx.
/// Source   Hu et al. 2021, arXiv:2106.09685.
void add_low_rank(std::span<const LowRankJob> jobs, const ExecContext& ctx);

}  // namespace mw::tensor
