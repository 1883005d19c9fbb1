// Norms and activations that the Llama family does not have, over sixteen lanes like
// float_ops-inl.h, which is included before this file: the same bits in each instruction set.

namespace mw::tensor {
namespace {

void layer_norm_kernel(const float* x, const float* weight, const float* bias, float eps, int width,
                       float* y) {
  F32x16 total = zero();
  for (int i = 0; i < width; i += 16) total = add(total, load(x + i));
  const F32x16 mean = broadcast(sum_lanes(total) / static_cast<float>(width));
  F32x16 squares = zero();
  for (int i = 0; i < width; i += 16) {
    const F32x16 centred = sub(load(x + i), mean);
    squares = fma(centred, centred, squares);
  }
  const float variance = sum_lanes(squares) / static_cast<float>(width);
  const F32x16 factor = broadcast(1.0F / sqrtf(variance + eps));
  for (int i = 0; i < width; i += 16) {
    const F32x16 normed = mul(sub(load(x + i), mean), factor);
    store(y + i, fma(normed, load(weight + i), load(bias + i)));
  }
}

/// x sigmoid(2u), u = sqrt(2/pi) (x + 0.044715 x^3): the tanh form without its cancellation.
inline F32x16 gelu_tanh16(F32x16 x) {
  const F32x16 cubic = fma(mul(x, x), broadcast(0.044715F), broadcast(1.0F));
  const F32x16 minus_2u = mul(mul(x, broadcast(-1.5957691216057308F)), cubic);
  return div(x, add(broadcast(1.0F), exp16(minus_2u)));
}

/// max(x, 0) - |x|/2 erfc(|x|/sqrt 2), erfc by Abramowitz & Stegun 7.1.26 (1.5e-7).
inline F32x16 gelu_erf16(F32x16 x) {
  const F32x16 one = broadcast(1.0F);
  const F32x16 size = abs(x);
  const F32x16 z = mul(size, broadcast(0.70710678118654752F));
  const F32x16 t = div(one, fma(z, broadcast(0.3275911F), one));
  F32x16 p = broadcast(1.061405429F);
  p = fma(p, t, broadcast(-1.453152027F));
  p = fma(p, t, broadcast(1.421413741F));
  p = fma(p, t, broadcast(-0.284496736F));
  p = fma(p, t, broadcast(0.254829592F));
  const F32x16 erfc = mul(mul(p, t), exp16(sub(zero(), mul(z, z))));
  return sub(max(x, zero()), mul(mul(size, broadcast(0.5F)), erfc));
}

template <F32x16 (*kActivation)(F32x16)>
void gelu_kernel(const float* gate, const float* up, int width, float* y) {
  if (up == nullptr) {
    for (int i = 0; i < width; i += 16) store(y + i, kActivation(load(gate + i)));
    return;
  }
  for (int i = 0; i < width; i += 16) {
    store(y + i, mul(kActivation(load(gate + i)), load(up + i)));
  }
}

void soft_cap_kernel(const float* x, float cap, int width, float* y) {
  for (int i = 0; i < width; i += 16) store(y + i, soft_cap16(load(x + i), broadcast(cap)));
}

}  // namespace
}  // namespace mw::tensor
