// Sums of 16 rows, in two halves of 8, times the integers of one or two tokens: their high bytes
// or, where some have them, both. Exact in 32 bits. Included by matmul_avx2-inl.h, which says what
// an instruction set gives.
#include <immintrin.h>

#include "tensor/kernels/matmul_tiles-inl.h"

namespace mw::tensor {
namespace {

/// Keeps a sum's additions where they are written. GCC 12 puts them off to the end of the chain and
/// has every product before them wait in memory: a third of the speed.
inline void add_here(__m256i& sum) { __asm__("" : "+x"(sum)); }
inline __m256i broadcast_quad(const uint8_t* p) {
  int32_t quad;
  __builtin_memcpy(&quad, p, 4);
  return _mm256_set1_epi32(quad);
}

/// Whether any of `tokens` tokens has low bytes, and how far its sum with high bytes is shifted.
template <int kRoom>
inline bool any_low(const uint8_t*, int, int, Words) {
  return true;
}
template <int kRoom>
inline bool any_low(const uint8_t* group, int token, int tokens, Bytes) {
  return (Bytes::fine<kRoom>(group) >> token & ((1U << tokens) - 1)) != 0;
}
template <int kRoom>
inline int high_shift(const uint8_t*, int, Words) {
  return 8;
}
template <int kRoom>
inline int high_shift(const uint8_t* group, int token, Bytes) {
  return (Bytes::fine<kRoom>(group) >> token & 1) != 0 ? 8 : 0;
}

/// Integers of kTokens tokens for a panel's 16 rows.
template <int kTokens>
using Products = __m256i[kTokens][2];

/// The sums of tokens whose inputs have a low byte, some of them or all.
template <class TwoSums, class Form, int kTokens>
struct BothBytes {
  TwoSums sums[kTokens][2];
  template <int kRoom>
  inline void add(const __m256i (&weights)[2], const uint8_t* group, int quad, int token) {
    MW_UNROLL
    for (int t = 0; t < kTokens; ++t) {
      const uint8_t* at = group + 4 * (quad * kRoom + token + t);
      const __m256i high = broadcast_quad(at);
      const __m256i low = broadcast_quad(at + Form::low_at(kRoom));
      sums[t][0].add(weights[0], high, low);
      sums[t][1].add(weights[1], high, low);
    }
  }
  template <int kRoom>
  inline void put(const uint8_t* group, int token, Products<kTokens>& dots) const {
    MW_UNROLL
    for (int t = 0; t < kTokens; ++t) {
      const int shift = high_shift<kRoom>(group, token + t, Form());
      dots[t][0] = sums[t][0].total(shift);
      dots[t][1] = sums[t][1].total(shift);
    }
  }
};
/// The same of tokens without.
template <class OneSum, class, int kTokens>
struct HighBytes {
  OneSum sums[kTokens][2];
  template <int kRoom>
  inline void add(const __m256i (&weights)[2], const uint8_t* group, int quad, int token) {
    MW_UNROLL
    for (int t = 0; t < kTokens; ++t) {
      const __m256i bytes = broadcast_quad(group + 4 * (quad * kRoom + token + t));
      sums[t][0].add(weights[0], bytes);
      sums[t][1].add(weights[1], bytes);
    }
  }
  template <int kRoom>
  inline void put(const uint8_t*, int, Products<kTokens>& dots) const {
    MW_UNROLL
    for (int t = 0; t < kTokens; ++t) {
      dots[t][0] = sums[t][0].total();
      dots[t][1] = sums[t][1].total();
    }
  }
};

/// Sums of the weights that `weights_of` gives (two registers a quad) over quads [begin, end).
template <class Sums, int kRoom, int kTokens, class WeightsOf>
inline void sum_quads(WeightsOf weights_of, const uint8_t* group, int token, int begin, int end,
                      Products<kTokens>& dots) {
  Sums sums;
  MW_UNROLL
  for (int quad = begin; quad < end; ++quad) {
    const __m256i weights[2] = {weights_of(quad, 0), weights_of(quad, 1)};
    sums.template add<kRoom>(weights, group, quad, token);
  }
  sums.template put<kRoom>(group, token, dots);
}
template <class Dots, int kRoom, int kTokens, class WeightsOf>
inline void dot_quads(WeightsOf weights_of, const uint8_t* group, int token, int begin, int end,
                      Products<kTokens>& dots) {
  using Form = typename Dots::Form;
  if (any_low<kRoom>(group, token, kTokens, Form())) {
    sum_quads<BothBytes<typename Dots::TwoSums, Form, kTokens>, kRoom>(weights_of, group, token,
                                                                       begin, end, dots);
  } else {
    sum_quads<HighBytes<typename Dots::OneSum, Form, kTokens>, kRoom>(weights_of, group, token,
                                                                      begin, end, dots);
  }
}

}  // namespace
}  // namespace mw::tensor
