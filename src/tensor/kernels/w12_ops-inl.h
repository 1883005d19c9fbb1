// Products of 12-bit weights and 13-bit inputs, written once over sixteen lanes (I32x16 of
// vector_<isa>-inl.h): a pair of inputs a lane and step, twice the multiply-adds of f32 on every
// instruction set. Sums of integers are exact, so the order in which they are made does not matter.
#include <stddef.h>
#include <stdint.h>

#include "tensor/kernels/table.h"

namespace mw::tensor {
namespace {

void add_row_kernel(const float* x, int width, float* y) {
  for (int i = 0; i < width; i += 16) store(y + i, add(load(y + i), load(x + i)));
}

float quantise_w12_kernel(const float* x, int width, int16_t* y) {
  F32x16 largest = zero();
  for (int i = 0; i < width; i += 16) largest = max(largest, abs(load(x + i)));
  const float peak = max_lanes(largest);
  const F32x16 inverse = broadcast(peak > 0.0F ? static_cast<float>(kMostW12Input) / peak : 0.0F);
  for (int i = 0; i < width; i += 16) store_int16(y + i, round_even(mul(load(x + i), inverse)));
  return peak / static_cast<float>(kMostW12Input);
}

/// Inputs [begin, end) of kPanels panels for kTokens tokens.
template <int kTokens, int kPanels>
inline void w12_tile(const W12Args& args, int panel, int token, int begin, int end, bool onto) {
  const uint8_t* weights = args.panels + static_cast<size_t>(panel) * args.panel_bytes;
  const int16_t* x = args.x + token * args.x_stride;
  I32x16 sums[kTokens][kPanels];  // one loop over all would be too long to be unrolled
  MW_UNROLL
  for (int t = 0; t < kTokens; ++t) {
    MW_UNROLL
    for (int p = 0; p < kPanels; ++p) sums[t][p] = zero_sums();
  }
  for (int k = begin; k < end; k += 2) {
    const uint8_t* at = weights + 4 * kPanelRows + static_cast<size_t>(k) * 2 * kPanelRows;
    I32x16 pairs[kPanels];
    MW_UNROLL
    for (int p = 0; p < kPanels; ++p) pairs[p] = load_pairs(at + p * args.panel_bytes);
    MW_UNROLL
    for (int t = 0; t < kTokens; ++t) {
      const I32x16 input = broadcast_pair(x + t * args.x_stride + k);
      MW_UNROLL
      for (int p = 0; p < kPanels; ++p) add_pairs(sums[t][p], pairs[p], input);
    }
  }
  MW_UNROLL
  for (int p = 0; p < kPanels; ++p) {
    const F32x16 d = load(reinterpret_cast<const float*>(weights + p * args.panel_bytes));
    MW_UNROLL
    for (int t = 0; t < kTokens; ++t) {
      float* y = args.y + (token + t) * args.y_stride + (panel + p) * kPanelRows;
      const F32x16 factor = mul(d, broadcast(args.scales[token + t]));
      store(y, fma(to_float(sums[t][p]), factor, onto ? load(y) : zero()));
    }
  }
}

template <int kPanels>
void w12_panels(const W12Args& args, int panel) {
  for (int begin = 0; begin < args.width; begin += kW12Inputs) {
    const int end = begin + kW12Inputs < args.width ? begin + kW12Inputs : args.width;
    const bool onto = args.add || begin > 0;
    int token = 0;
    for (; token + kW12Tokens <= args.tokens; token += kW12Tokens) {
      w12_tile<kW12Tokens, kPanels>(args, panel, token, begin, end, onto);
    }
    for (; token + 4 <= args.tokens; token += 4) {
      w12_tile<4, kPanels>(args, panel, token, begin, end, onto);
    }
    for (; token < args.tokens; ++token) {
      w12_tile<1, kPanels>(args, panel, token, begin, end, onto);
    }
  }
}

void matmul_w12_kernel(const W12Args& args) {
  int panel = args.panel_begin;
  for (; panel + kW12Panels <= args.panel_end; panel += kW12Panels) {
    w12_panels<kW12Panels>(args, panel);
  }
  for (; panel < args.panel_end; ++panel) w12_panels<1>(args, panel);
}

}  // namespace
}  // namespace mw::tensor
