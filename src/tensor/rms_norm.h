#pragma once

#include <span>

#include "tensor/exec_context.h"
#include "tensor/mat_view.h"

namespace mw::tensor {

/// Scales each row of `x` to unit root mean square, then by `weight`:
///   y[t,d] = x[t,d] / sqrt(mean_d(x[t,:]^2) + eps) * weight[d]
///
/// Shapes   x (T,D) row-major, weight (D), y (T,D); y may be x; D a multiple of 16.
/// Numbers  f32; squares summed in sixteen lanes, folded in one order: same bits on every ISA.
/// Threads  rows split over ctx.
/// Source   Zhang & Sennrich 2019, arXiv:1910.07467.
void rms_norm(MatView<const float> x, std::span<const float> weight, float eps, MatView<float> y,
              const ExecContext& ctx);

}  // namespace mw::tensor
