#pragma once

#include "tensor/exec_context.h"
#include "tensor/mat_view.h"

namespace mw::tensor {

/// y = silu(gate) * up, silu(g) = g / (1 + exp(-g)), with our own exp.
///
/// Shapes   gate, up, y (T,F); F a multiple of 16; y may be gate.
/// Numbers  f32, within 4 ulp of the exact value; same bits on every ISA.
/// Threads  rows split over ctx.
/// Source   Shazeer 2020, arXiv:2002.05202.
void swiglu(MatView<const float> gate, MatView<const float> up, MatView<float> y,
            const ExecContext& ctx);

}  // namespace mw::tensor
