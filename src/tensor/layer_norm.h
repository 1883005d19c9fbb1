#pragma once

#include <span>

#include "tensor/exec_context.h"
#include "tensor/mat_view.h"

namespace mw::tensor {

/// Shifts each row of `x` to mean 0 and scales it to variance 1, then by `weight`, plus `bias`:
///   y[t,d] = (x[t,d] - mean_d) / sqrt(variance_d + eps) * weight[d] + bias[d]
///
/// Shapes   x (T,D) row-major, weight, bias (D), y (T,D); y may be x; D a multiple of 16.
/// Numbers  f32, mean first, then squares of what is left; same bits on every ISA.
/// Threads  rows split over ctx.
/// Source   Ba et al. 2016, arXiv:1607.06450.
void layer_norm(MatView<const float> x, std::span<const float> weight, std::span<const float> bias,
                float eps, MatView<float> y, const ExecContext& ctx);

}  // namespace mw::tensor
