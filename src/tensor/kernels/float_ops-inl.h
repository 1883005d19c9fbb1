// The float kernels, written once over sixteen lanes (F32x16 of vector_<isa>-inl.h, included
// before this file). Every step rounds the same way in each instruction set, so results are the
// same bits on all of them. Not here: anything that sums integers (matmul_<isa>.cc).
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "tensor/kernels/table.h"

namespace mw::tensor {
namespace {

/// exp by n = round(x / ln 2), then Cephes' polynomial on |r| <= 0.3466: 1.5 ulp at most
/// (exp_test.cc measures it). 0 below -87.3, clamped above 88.3.
inline F32x16 exp16(F32x16 x) {
  const F32x16 lowest = broadcast(-87.33654F);
  const F32x16 clamped = min(max(x, lowest), broadcast(88.37626F));
  const F32x16 n = round_even(mul(clamped, broadcast(1.44269504088896341F)));
  F32x16 r = fma(n, broadcast(-0.693359375F), clamped);
  r = fma(n, broadcast(2.12194440e-4F), r);
  F32x16 p = broadcast(1.9875691500e-4F);
  p = fma(p, r, broadcast(1.3981999507e-3F));
  p = fma(p, r, broadcast(8.3334519073e-3F));
  p = fma(p, r, broadcast(4.1665795894e-2F));
  p = fma(p, r, broadcast(1.6666665459e-1F));
  p = fma(p, r, broadcast(5.0000001201e-1F));
  p = add(fma(p, mul(r, r), r), broadcast(1.0F));
  return keep_if_at_least(scale_by_power(p, n), x, lowest);
}

/// cap tanh(x / cap). Below 0.625 by Cephes' polynomial, above by the exponential: 2 ulp.
inline F32x16 soft_cap16(F32x16 x, F32x16 cap) {
  const F32x16 border = broadcast(0.625F);
  const F32x16 one = broadcast(1.0F);
  const F32x16 u = div(x, cap);
  const F32x16 size = abs(u);
  const F32x16 v = max(min(u, border), sub(zero(), border));
  const F32x16 square = mul(v, v);
  F32x16 p = broadcast(-5.70498872745e-3F);
  p = fma(p, square, broadcast(2.06390887954e-2F));
  p = fma(p, square, broadcast(-5.37397155531e-2F));
  p = fma(p, square, broadcast(1.33314422036e-1F));
  p = fma(p, square, broadcast(-3.33332819422e-1F));
  const F32x16 small = fma(mul(p, square), v, v);
  const F32x16 rest = div(broadcast(2.0F), add(exp16(add(size, size)), one));
  const F32x16 sign = div(u, max(size, border));  // +-1 where it is used
  const F32x16 large = mul(sub(one, rest), sign);
  const F32x16 kept = sub(small, keep_if_at_least(small, size, border));
  return mul(cap, add(keep_if_at_least(large, size, border), kept));
}

void exp_kernel(const float* x, int width, float* y) {
  for (int i = 0; i < width; i += 16) store(y + i, exp16(load(x + i)));
}

void to_f16_kernel(const float* x, int width, uint16_t* y) {
  const F32x16 limit = broadcast(65504.0F);
  for (int i = 0; i < width; i += 16) {
    store_f16(y + i, max(min(load(x + i), limit), sub(zero(), limit)));
  }
}

void rms_norm_kernel(const float* x, const float* weight, float eps, int width, float* y) {
  F32x16 squares = zero();
  for (int i = 0; i < width; i += 16) squares = fma(load(x + i), load(x + i), squares);
  const float mean = sum_lanes(squares) / static_cast<float>(width);
  const F32x16 factor = broadcast(1.0F / sqrtf(mean + eps));
  for (int i = 0; i < width; i += 16) {
    store(y + i, mul(mul(load(x + i), factor), load(weight + i)));
  }
}

void swiglu_kernel(const float* gate, const float* up, int width, float* y) {
  const F32x16 one = broadcast(1.0F);
  for (int i = 0; i < width; i += 16) {
    const F32x16 g = load(gate + i);
    const F32x16 sigmoid_inverse = add(one, exp16(sub(zero(), g)));
    store(y + i, mul(div(g, sigmoid_inverse), load(up + i)));
  }
}

/// Weights as floats, panel layout [width][16]; each output is one chain of fma over the width.
template <F32x16 (*kLoad)(const uint8_t*), int kBytes, int kTokens>
inline void float_panel(const FloatMatmulArgs& args, const uint8_t* panel, int token, float* y) {
  F32x16 sums[kTokens];
  MW_UNROLL
  for (int t = 0; t < kTokens; ++t) sums[t] = zero();
  const float* x = args.x + token * args.x_stride;
  for (int k = 0; k < args.width; ++k) {
    const F32x16 weight = kLoad(panel + static_cast<size_t>(k) * kPanelRows * kBytes);
    MW_UNROLL
    for (int t = 0; t < kTokens; ++t) {
      sums[t] = fma(broadcast(x[t * args.x_stride + k]), weight, sums[t]);
    }
  }
  MW_UNROLL
  for (int t = 0; t < kTokens; ++t) {
    float* out = y + t * args.y_stride;
    store(out, args.add ? add(load(out), sums[t]) : sums[t]);
  }
}

template <F32x16 (*kLoad)(const uint8_t*), int kBytes>
void matmul_float_kernel(const FloatMatmulArgs& args) {
  for (int panel = args.panel_begin; panel < args.panel_end; ++panel) {
    const uint8_t* weights = args.panels + static_cast<size_t>(panel) * args.panel_bytes;
    int token = 0;
    for (; token + 4 <= args.tokens; token += 4) {
      float_panel<kLoad, kBytes, 4>(args, weights, token,
                                    args.y + token * args.y_stride + panel * kPanelRows);
    }
    for (; token < args.tokens; ++token) {
      float_panel<kLoad, kBytes, 1>(args, weights, token,
                                    args.y + token * args.y_stride + panel * kPanelRows);
    }
  }
}

inline F32x16 load_weight_f32(const uint8_t* p) { return load(reinterpret_cast<const float*>(p)); }
inline F32x16 load_weight_f16(const uint8_t* p) {
  return load_f16(reinterpret_cast<const uint16_t*>(p));
}
inline F32x16 load_weight_bf16(const uint8_t* p) {
  return load_bf16(reinterpret_cast<const uint16_t*>(p));
}

}  // namespace
}  // namespace mw::tensor

#define MW_FLOAT_KERNELS(of_words, of_bytes)                                                      \
  {                                                                                               \
    of_words, of_bytes, matmul_float_kernel<load_weight_f32, 4>,                                  \
        matmul_float_kernel<load_weight_f16, 2>, matmul_float_kernel<load_weight_bf16, 2>,        \
        matmul_w12_kernel, quantise_w12_kernel, add_row_kernel, quantise_words_kernel,            \
        quantise_bytes_kernel, rms_norm_kernel, swiglu_kernel, attention_kernel,                  \
        attention_merge_kernel, attention_finish_kernel, to_f16_kernel, exp_kernel,               \
        layer_norm_kernel, gelu_kernel<gelu_tanh16>, gelu_kernel<gelu_erf16>, soft_cap_kernel,    \
        attention_f32_kernel, attention_i8_kernel, quantise_row_kernel, to_i8_kernel, kTileTokens \
  }
