#pragma once

#include <span>

#include "tensor/exec_context.h"
#include "tensor/mat_view.h"

namespace mw::tensor {

/// What stands between the two products of a feed-forward part.
enum class Activation {
  kSilu,      // x / (1 + exp(-x))
  kGeluTanh,  // 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))): GPT-2, Gemma
  kGeluErf,   // 0.5 x (1 + erf(x / sqrt 2)): BERT
};

/// y = activation(x).
///
/// Shapes   x, y (T,F), rows with room for F rounded up to 16; y may be x. kSilu needs a gate.
/// Numbers  f32, within 4 ulp or 2e-7 of the exact value; same bits on every ISA.
/// Threads  rows split over ctx.
/// Source   Hendrycks & Gimpel 2016, arXiv:1606.08415.
void activate(Activation kind, MatView<const float> x, MatView<float> y, const ExecContext& ctx);

/// y = activation(gate) * up, likewise. For kSilu this is SwiGLU (Shazeer 2020, arXiv:2002.05202).
void activate_gated(Activation kind, MatView<const float> gate, MatView<const float> up,
                    MatView<float> y, const ExecContext& ctx);

/// x = cap tanh(x / cap) in place: Gemma 2's limit on scores and logits. Same bits on every ISA.
/// Rows have room for x.cols rounded up to 16.
void soft_cap(float cap, MatView<float> x, const ExecContext& ctx);

/// x[t,:] += bias, where there is one (empty: nothing is done).
void add_bias(std::span<const float> bias, MatView<float> x, const ExecContext& ctx);
/// y += x, of one shape.
void add_rows(MatView<const float> x, MatView<float> y, const ExecContext& ctx);

}  // namespace mw::tensor
