// AVX-512 with VNNI: one register is 16 rows x 4 inputs, one vpdpbusd 64 multiply-adds.
#include "tensor/kernels/vector_avx512-inl.h"
//
#include "tensor/kernels/float_ops-inl.h"
//
#include "tensor/kernels/quantise-inl.h"
//
#include "tensor/kernels/quantise_avx2-inl.h"
//
#include "tensor/kernels/activation_ops-inl.h"
//
#include "tensor/kernels/w12_ops-inl.h"
//
#include "tensor/kernels/attention_f16-inl.h"
//
#include "tensor/kernels/attention_f32-inl.h"
//
#include "tensor/kernels/dots_avx512-inl.h"
//
#include "tensor/kernels/attention_i8-inl.h"
//
#include "tensor/kernels/matmul_tiles-inl.h"
//
#include "tensor/kernels/scales_avx512-inl.h"

namespace mw::tensor {
namespace {

inline __m512i load_bytes(const uint8_t* p) { return _mm512_loadu_si512(p); }
inline __m512i broadcast_quad(const uint8_t* p) {
  int32_t quad;
  __builtin_memcpy(&quad, p, 4);
  return _mm512_set1_epi32(quad);
}

/// dots[t] = sum over quads [begin, end) of weights x bytes of token t, on top of `dots`.
template <int kTokens, int kRoom>
inline void add_dots(const __m512i* weights, const uint8_t* bytes, int begin, int end,
                     __m512i* dots) {
  MW_UNROLL
  for (int quad = begin; quad < end; ++quad) {
    MW_UNROLL
    for (int t = 0; t < kTokens; ++t) {
      dots[t] = _mm512_dpbusd_epi32(dots[t], weights[quad],
                                    broadcast_quad(bytes + 4 * (quad * kRoom + t)));
    }
  }
}

template <int kTokens>
inline void clear(__m512i* dots) {
  MW_UNROLL
  for (int t = 0; t < kTokens; ++t) dots[t] = _mm512_setzero_si512();
}

/// dots[t] = sum over quads [begin, end) of weights x activation of token t; exact.
/// Few tokens: two chains a token, or the latency of vpdpbusd decides.
template <int kTokens, int kRoom>
inline void dot_quads(const __m512i* weights, const uint8_t* group, int begin, int end,
                      __m512i* dots, Words) {
  clear<kTokens>(dots);
  const uint8_t* lo = group + Words::low_at(kRoom);
  if constexpr (kTokens <= 2) {
    __m512i low[kTokens];
    clear<kTokens>(low);
    MW_UNROLL
    for (int quad = begin; quad < end; ++quad) {
      add_dots<kTokens, kRoom>(weights, group, quad, quad + 1, dots);
      add_dots<kTokens, kRoom>(weights, lo, quad, quad + 1, low);
    }
    MW_UNROLL
    for (int t = 0; t < kTokens; ++t) {
      dots[t] = _mm512_add_epi32(_mm512_slli_epi32(dots[t], 8), low[t]);
    }
  } else {
    add_dots<kTokens, kRoom>(weights, group, begin, end, dots);
    MW_UNROLL
    for (int t = 0; t < kTokens; ++t) dots[t] = _mm512_slli_epi32(dots[t], 8);
    add_dots<kTokens, kRoom>(weights, lo, begin, end, dots);
  }
}
template <int kTokens, int kRoom>
inline void dot_quads(const __m512i* weights, const uint8_t* group, int begin, int end,
                      __m512i* dots, Bytes) {
  clear<kTokens>(dots);
  if constexpr (kTokens <= 2) {
    __m512i odd[kTokens];
    clear<kTokens>(odd);
    MW_UNROLL
    for (int quad = begin; quad < end; quad += 2) {
      add_dots<kTokens, kRoom>(weights, group, quad, quad + 1, dots);
      add_dots<kTokens, kRoom>(weights, group, quad + 1, quad + 2, odd);
    }
    MW_UNROLL
    for (int t = 0; t < kTokens; ++t) dots[t] = _mm512_add_epi32(dots[t], odd[t]);
  } else {
    add_dots<kTokens, kRoom>(weights, group, begin, end, dots);
  }
  const uint32_t fine = Bytes::fine<kRoom>(group);
  if (__builtin_expect(fine == 0, 1)) return;
  // Token by token: where one of eight is fine, most often the others are not.
  const uint8_t* low = group + Bytes::low_at(kRoom);
  MW_UNROLL
  for (int t = 0; t < kTokens; ++t) {
    if ((fine >> t & 1) == 0) continue;
    __m512i even = _mm512_slli_epi32(dots[t], 8);
    __m512i odd = _mm512_setzero_si512();
    MW_UNROLL
    for (int quad = begin; quad < end; quad += 2) {
      add_dots<1, kRoom>(weights, low + 4 * t, quad, quad + 1, &even);
      add_dots<1, kRoom>(weights, low + 4 * t, quad + 1, quad + 2, &odd);
    }
    dots[t] = _mm512_add_epi32(even, odd);
  }
}

/// A sum over the group as what it stands for, but for the token's scale.
template <int kRoom>
inline __m512 number(__m512i dot, const uint8_t*, int, Words) {
  return _mm512_cvtepi32_ps(dot);
}
template <int kRoom>
inline __m512 number(__m512i dot, const uint8_t* group, int token, Bytes) {
  return _mm512_mul_ps(_mm512_set1_ps(Bytes::scale<kRoom>(group, token)), _mm512_cvtepi32_ps(dot));
}

/// Scales, then weights of 4 or 5 bits.
template <class Scale, class Bits>
struct Packed {
  static constexpr size_t kGroupBytes = Scale::kBytes + Bits::kBytes;
  static constexpr size_t kHeadBytes = Scale::kHeadBytes;
  template <class Form, int kTokens, int kRoom>
  static inline void step(const uint8_t* p, const uint8_t* head, const uint8_t* group,
                          __m512* sums) {
    __m512i weights[8];
    Bits::unpack(p + Scale::kBytes, weights);
    __m512i dots[kTokens];
    dot_quads<kTokens, kRoom>(weights, group, 0, 8, dots, Form());
    const Scales scales = Scale::load(p, head);
    MW_UNROLL
    for (int t = 0; t < kTokens; ++t) {
      sums[t] = _mm512_fmadd_ps(scales.d, number<kRoom>(dots[t], group, t, Form()), sums[t]);
      const float total = Form::template sum<kRoom>(group, t);
      sums[t] = _mm512_fmadd_ps(scales.m, _mm512_set1_ps(total), sums[t]);
    }
  }
};
using W4 = Packed<OwnOffset, FourBits>;
using W4Centred = Packed<CentreEight, FourBits>;
using W4k = Packed<UnderHead, FourBits>;
using W5k = Packed<UnderHead, FiveBits>;

struct W8 {
  static constexpr size_t kGroupBytes = kW8GroupBytes;
  static constexpr size_t kHeadBytes = 0;
  template <class Form, int kTokens, int kRoom>
  static inline void step(const uint8_t* p, const uint8_t*, const uint8_t* group, __m512* sums) {
    __m512i weights[8];
    MW_UNROLL
    for (int quad = 0; quad < 8; ++quad) weights[quad] = load_bytes(p + 32 + 64 * quad);
    __m512i dots[kTokens];
    dot_quads<kTokens, kRoom>(weights, group, 0, 8, dots, Form());
    const __m512 d = load_halves(p);
    MW_UNROLL
    for (int t = 0; t < kTokens; ++t) {
      const int32_t total = Form::template whole_sum<kRoom>(group, t);
      const __m512i centred = _mm512_sub_epi32(dots[t], _mm512_set1_epi32(128 * total));
      sums[t] = _mm512_fmadd_ps(d, number<kRoom>(centred, group, t, Form()), sums[t]);
    }
  }
};

struct W8Affine {
  static constexpr size_t kGroupBytes = kW8AffineGroupBytes;
  static constexpr size_t kHeadBytes = 0;
  template <class Form, int kTokens, int kRoom>
  static inline void step(const uint8_t* p, const uint8_t*, const uint8_t* group, __m512* sums) {
    __m512i weights[8];
    MW_UNROLL
    for (int quad = 0; quad < 8; ++quad) weights[quad] = load_bytes(p + 256 + 64 * quad);
    MW_UNROLL
    for (int half = 0; half < 2; ++half) {
      __m512i dots[kTokens];
      dot_quads<kTokens, kRoom>(weights, group, 4 * half, 4 * half + 4, dots, Form());
      const __m512 d = load_floats(p + 64 * half);
      const __m512 m = load_floats(p + 128 + 64 * half);
      MW_UNROLL
      for (int t = 0; t < kTokens; ++t) {
        sums[t] = _mm512_fmadd_ps(d, number<kRoom>(dots[t], group, t, Form()), sums[t]);
        sums[t] = _mm512_fmadd_ps(m, _mm512_set1_ps(Form::template half_sum<kRoom>(group, t, half)),
                                  sums[t]);
      }
    }
  }
};

struct W6k {
  static constexpr size_t kGroupBytes = kW6kGroupBytes;
  static constexpr size_t kHeadBytes = kW6kHeadBytes;
  template <class Form, int kTokens, int kRoom>
  static inline void step(const uint8_t* p, const uint8_t* head, const uint8_t* group,
                          __m512* sums) {
    __m512i weights[8];
    unpack_six_bits(p + 2 * kPanelRows, weights);
    const __m512 d = load_halves(head);
    MW_UNROLL
    for (int half = 0; half < 2; ++half) {
      __m512i dots[kTokens];
      dot_quads<kTokens, kRoom>(weights, group, 4 * half, 4 * half + 4, dots, Form());
      const Scales scales = centred(times_signed_bytes(d, p + kPanelRows * half), kW6Centre);
      MW_UNROLL
      for (int t = 0; t < kTokens; ++t) {
        sums[t] = _mm512_fmadd_ps(scales.d, number<kRoom>(dots[t], group, t, Form()), sums[t]);
        const float total = Form::template half_sum<kRoom>(group, t, half);
        sums[t] = _mm512_fmadd_ps(scales.m, _mm512_set1_ps(total), sums[t]);
      }
    }
  }
};

template <class Format, class Form, int kTokens, int kRoom>
void panel_tile(const PanelTile& work) {
  __m512 sums[kTokens];
  MW_UNROLL
  for (int t = 0; t < kTokens; ++t) sums[t] = _mm512_setzero_ps();
  const uint8_t* weights = work.weights;
  const uint8_t* head = nullptr;
  const uint8_t* group = work.tile;
  for (int g = 0; g < work.groups; ++g) {
    if (Format::kHeadBytes > 0 && g % kHeadGroups == 0) {
      head = weights;
      weights += Format::kHeadBytes;
    }
    // 16 sequences 21 % and prompts 2 to 12 % faster (Zen 4); one token alone, which does nothing
    // but stream, 10 % slower.
    if constexpr (kTokens > 2) fetch_weights_ahead<Format::kGroupBytes>(weights);
    Format::template step<Form, kTokens, kRoom>(weights, head, group, sums);
    weights += Format::kGroupBytes;
    group += Form::group_bytes(kRoom);
  }
  MW_UNROLL
  for (int t = 0; t < kTokens; ++t) {
    float* y = work.y + t * work.y_stride;
    const __m512 scaled = _mm512_mul_ps(_mm512_set1_ps(work.scales[t]), sums[t]);
    _mm512_storeu_ps(y, work.add ? _mm512_add_ps(_mm512_loadu_ps(y), scaled) : scaled);
  }
}

template <class Form>
constexpr IntegerProducts products() {
  return {walk_tiles<W4, Form>,  walk_tiles<W4Centred, Form>, walk_tiles<W4k, Form>,
          walk_tiles<W5k, Form>, walk_tiles<W8, Form>,        walk_tiles<W8Affine, Form>,
          walk_tiles<W6k, Form>};
}

}  // namespace

const KernelTable kAvx512Kernels = MW_FLOAT_KERNELS(products<Words>(), products<Bytes>());

}  // namespace mw::tensor
