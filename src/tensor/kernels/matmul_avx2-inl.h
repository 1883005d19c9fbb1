// The integer products on registers of 256 bits: a panel's 16 rows, in two halves of 8, times one
// or two tokens, so that what is read of either serves twice or four times. AVX2 and AVX-VNNI
// differ in how bytes are multiplied; each gives its own Dots with
//   Form: Words or Bytes, the form of a tile's activations,
//   OneSum: add(weights, quad), total(): 8 rows of 4-bit weights times one token's bytes,
//   TwoSums: add(weights, high quad, low quad), total(shift): the same times words,
//   Inputs<kRoom>: a group's integers as the bytes below take them, made once for a panel,
//   template <int kTokens> static void bytes(weights, inputs, token, begin, end, dots): 8-bit
//     weights over quads [begin, end).
// All exact in 32 bits.
#include <immintrin.h>

#include "tensor/kernels/byte_sums_avx2-inl.h"
//
#include "tensor/kernels/scales_avx2-inl.h"

namespace mw::tensor {
namespace {

/// Has each pair of tokens unpack the weights anew: kept for the next pair, they would wait too.
inline void read_again(const uint8_t*& weights) { __asm__("" : "+r"(weights)); }

/// Sums of 16 rows for one token.
struct Rows {
  __m256 half[2] = {_mm256_setzero_ps(), _mm256_setzero_ps()};
};

/// Sums over the group as what they stand for, but for the token's scale.
template <int kRoom>
inline __m256 number(__m256i dots, const uint8_t*, int, Words) {
  return _mm256_cvtepi32_ps(dots);
}
template <int kRoom>
inline __m256 number(__m256i dots, const uint8_t* group, int token, Bytes) {
  return _mm256_mul_ps(_mm256_set1_ps(Bytes::scale<kRoom>(group, token)), _mm256_cvtepi32_ps(dots));
}

/// rows += d dots + m total, for kTokens tokens.
template <class Form, class Scale, int kRoom, int kTokens>
inline void add_scaled(Rows* rows, const uint8_t* p, const uint8_t* head,
                       const Products<kTokens>& dots, const uint8_t* group, int token) {
  MW_UNROLL
  for (int half = 0; half < 2; ++half) {
    const Scales scales = Scale::load(p, head, half);
    MW_UNROLL
    for (int t = 0; t < kTokens; ++t) {
      __m256& sum = rows[t].half[half];
      const float total = Form::template sum<kRoom>(group, token + t);
      const __m256 dot = number<kRoom>(dots[t][half], group, token + t, Form());
      sum = _mm256_fmadd_ps(scales.d, dot, sum);
      sum = _mm256_fmadd_ps(scales.m, _mm256_set1_ps(total), sum);
    }
  }
}

/// The bytes of a tile's group, which nibbles are multiplied with as they are.
template <int kRoom>
struct TileGroup {
  const uint8_t* group;
};

template <class Dots, class Scale>
struct Nibbles {
  static constexpr size_t kGroupBytes = Scale::kBytes + kNibbleBytes;
  static constexpr size_t kHeadBytes = Scale::kHeadBytes;
  template <int kRoom>
  using Inputs = TileGroup<kRoom>;
  template <int kTokens, int kRoom>
  static inline void step(Rows* rows, const uint8_t* p, const uint8_t* head,
                          const Inputs<kRoom>& inputs, int token) {
    Products<kTokens> dots;
    const auto nibbles = [p](int quad, int half) {
      return nibbles_of(p + Scale::kBytes, quad, half);
    };
    dot_quads<Dots, kRoom, kTokens>(nibbles, inputs.group, token, 0, kGroup / 4, dots);
    add_scaled<typename Dots::Form, Scale, kRoom, kTokens>(rows, p, head, dots, inputs.group,
                                                           token);
  }
};
template <class Dots>
using W4 = Nibbles<Dots, OwnOffset>;
template <class Dots>
using W4Centred = Nibbles<Dots, CentreEight>;
template <class Dots>
using W4k = Nibbles<Dots, UnderHead>;

template <class Dots>
struct W8 {
  using Form = typename Dots::Form;
  static constexpr size_t kGroupBytes = kW8GroupBytes;
  static constexpr size_t kHeadBytes = 0;
  template <int kRoom>
  using Inputs = typename Dots::template Inputs<kRoom>;
  template <int kTokens, int kRoom>
  static inline void step(Rows* rows, const uint8_t* p, const uint8_t*, const Inputs<kRoom>& inputs,
                          int token) {
    Products<kTokens> dots;
    Dots::template bytes<kTokens>(p + 32, inputs, token, 0, kGroup / 4, dots);
    MW_UNROLL
    for (int half = 0; half < 2; ++half) {
      const __m256 d = load_halves(p + 16 * half);
      MW_UNROLL
      for (int t = 0; t < kTokens; ++t) {
        const int32_t total = Form::template whole_sum<kRoom>(inputs.group, token + t);
        const __m256i centred = _mm256_sub_epi32(dots[t][half], _mm256_set1_epi32(128 * total));
        const __m256 dot = number<kRoom>(centred, inputs.group, token + t, Form());
        rows[t].half[half] = _mm256_fmadd_ps(d, dot, rows[t].half[half]);
      }
    }
  }
};

template <class Dots>
struct W8Affine {
  using Form = typename Dots::Form;
  static constexpr size_t kGroupBytes = kW8AffineGroupBytes;
  static constexpr size_t kHeadBytes = 0;
  template <int kRoom>
  using Inputs = typename Dots::template Inputs<kRoom>;
  template <int kTokens, int kRoom>
  static inline void step(Rows* rows, const uint8_t* p, const uint8_t*, const Inputs<kRoom>& inputs,
                          int token) {
    MW_UNROLL
    for (int part = 0; part < 2; ++part) {  // of the inputs, each with its scale and offset
      Products<kTokens> dots;
      Dots::template bytes<kTokens>(p + 256, inputs, token, 4 * part, 4 * part + 4, dots);
      MW_UNROLL
      for (int half = 0; half < 2; ++half) {
        const uint8_t* at = p + 64 * part + 32 * half;
        const __m256 d = load_floats(at), m = load_floats(at + 128);
        MW_UNROLL
        for (int t = 0; t < kTokens; ++t) {
          __m256& sum = rows[t].half[half];
          const float total = Form::template half_sum<kRoom>(inputs.group, token + t, part);
          const __m256 dot = number<kRoom>(dots[t][half], inputs.group, token + t, Form());
          sum = _mm256_fmadd_ps(d, dot, sum);
          sum = _mm256_fmadd_ps(m, _mm256_set1_ps(total), sum);
        }
      }
    }
  }
};

template <class Dots>
struct W5k {
  static constexpr size_t kGroupBytes = kW5kGroupBytes;
  static constexpr size_t kHeadBytes = kW5kHeadBytes;
  template <int kRoom>
  using Inputs = typename Dots::template Inputs<kRoom>;
  template <int kTokens, int kRoom>
  static inline void step(Rows* rows, const uint8_t* p, const uint8_t* head,
                          const Inputs<kRoom>& inputs, int token) {
    alignas(32) uint8_t weights[kGroup * kPanelRows];
    unpack_five_bits(p + 2 * kPanelRows, weights);
    Products<kTokens> dots;
    Dots::template bytes<kTokens>(weights, inputs, token, 0, kGroup / 4, dots);
    add_scaled<typename Dots::Form, UnderHead, kRoom, kTokens>(rows, p, head, dots, inputs.group,
                                                               token);
  }
};

template <class Dots>
struct W6k {
  using Form = typename Dots::Form;
  static constexpr size_t kGroupBytes = kW6kGroupBytes;
  static constexpr size_t kHeadBytes = kW6kHeadBytes;
  template <int kRoom>
  using Inputs = typename Dots::template Inputs<kRoom>;
  template <int kTokens, int kRoom>
  static inline void step(Rows* rows, const uint8_t* p, const uint8_t* head,
                          const Inputs<kRoom>& inputs, int token) {
    alignas(32) uint8_t weights[kGroup * kPanelRows];
    unpack_six_bits(p + 2 * kPanelRows, weights);
    MW_UNROLL
    for (int part = 0; part < 2; ++part) {  // of the inputs, each with its scale
      Products<kTokens> dots;
      Dots::template bytes<kTokens>(weights, inputs, token, 4 * part, 4 * part + 4, dots);
      MW_UNROLL
      for (int half = 0; half < 2; ++half) {
        const Scales scales = centred(
            times_signed_bytes(load_halves(head + 16 * half), p + kPanelRows * part + 8 * half),
            kW6Centre);
        MW_UNROLL
        for (int t = 0; t < kTokens; ++t) {
          __m256& sum = rows[t].half[half];
          const float total = Form::template half_sum<kRoom>(inputs.group, token + t, part);
          const __m256 dot = number<kRoom>(dots[t][half], inputs.group, token + t, Form());
          sum = _mm256_fmadd_ps(scales.d, dot, sum);
          sum = _mm256_fmadd_ps(scales.m, _mm256_set1_ps(total), sum);
        }
      }
    }
  }
};

template <class Format, class Form, int kTokens, int kRoom>
void panel_tile(const PanelTile& work) {
  Rows rows[kTokens];
  for (int g = 0; g < work.groups; ++g) {
    const uint8_t* head = work.weights + head_offset(Format::kHeadBytes, Format::kGroupBytes, g);
    const uint8_t* weights =
        work.weights + group_offset(Format::kHeadBytes, Format::kGroupBytes, g);
    const typename Format::template Inputs<kRoom> inputs{work.tile + static_cast<size_t>(g) *
                                                                         Form::group_bytes(kRoom)};
    fetch_weights_ahead<Format::kGroupBytes>(weights);
    constexpr int kPairs = kTokens / 2;
#pragma GCC unroll 1
    for (int t = 0; t < 2 * kPairs; t += 2) {
      read_again(weights);
      Format::template step<2>(rows + t, weights, head, inputs, t);
    }
    if constexpr (kTokens % 2 == 1) {
      read_again(weights);
      Format::template step<1>(rows + kTokens - 1, weights, head, inputs, kTokens - 1);
    }
  }
  MW_UNROLL
  for (int t = 0; t < kTokens; ++t) {
    MW_UNROLL
    for (int half = 0; half < 2; ++half) {
      float* y = work.y + t * work.y_stride + 8 * half;
      const __m256 scaled = _mm256_mul_ps(_mm256_set1_ps(work.scales[t]), rows[t].half[half]);
      _mm256_storeu_ps(y, work.add ? _mm256_add_ps(_mm256_loadu_ps(y), scaled) : scaled);
    }
  }
}

template <class Dots>
constexpr IntegerProducts products() {
  using Form = typename Dots::Form;
  return {walk_tiles<W4<Dots>, Form>,  walk_tiles<W4Centred<Dots>, Form>,
          walk_tiles<W4k<Dots>, Form>, walk_tiles<W5k<Dots>, Form>,
          walk_tiles<W8<Dots>, Form>,  walk_tiles<W8Affine<Dots>, Form>,
          walk_tiles<W6k<Dots>, Form>};
}

}  // namespace
}  // namespace mw::tensor
