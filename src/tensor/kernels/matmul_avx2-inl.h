// The integer products on registers of 256 bits: a panel's 16 rows, in two halves of 8, times one
// or two tokens, so that what is read of either serves twice or four times. AVX2 and AVX-VNNI
// differ in how bytes are multiplied; each gives its own Dots with
//   Sums: add(weights, high, low), total(): 8 rows of 4-bit weights times one token's integers,
//   Inputs<kRoom>: a group's integers as the bytes below take them, made once for a panel,
//   template <int kTokens> static void bytes(weights, inputs, token, begin, end, dots): 8-bit
//     weights over quads [begin, end).
// All exact in 32 bits.
#include <immintrin.h>

#include "tensor/kernels/matmul_tiles-inl.h"

namespace mw::tensor {
namespace {

inline __m256i load_bytes(const uint8_t* p) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
}
inline __m256 load_halves(const uint8_t* p) {
  return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
}
inline __m256 load_floats(const uint8_t* p) {
  return _mm256_loadu_ps(reinterpret_cast<const float*>(p));
}
/// Keeps a sum's additions where they are written. GCC 12 puts them off to the end of the chain and
/// has every product before them wait in memory: a third of the speed.
inline void add_here(__m256i& sum) { __asm__("" : "+x"(sum)); }
/// Has each pair of tokens unpack the weights anew: kept for the next pair, they would wait too.
inline void read_again(const uint8_t*& weights) { __asm__("" : "+r"(weights)); }

/// How a group's 16 scales, and then its 16 offsets, stand in a panel; 8 of them.
struct HalfScales {
  static constexpr int kBytes = 2 * kPanelRows;
  static inline __m256 load(const uint8_t* p, int eight) { return load_halves(p + 16 * eight); }
};
struct FloatScales {
  static constexpr int kBytes = 4 * kPanelRows;
  static inline __m256 load(const uint8_t* p, int eight) { return load_floats(p + 32 * eight); }
};
inline __m256i broadcast_quad(const uint8_t* p) {
  int32_t quad;
  __builtin_memcpy(&quad, p, 4);
  return _mm256_set1_epi32(quad);
}

/// Integers of kTokens tokens for a panel's 16 rows.
template <int kTokens>
using Products = __m256i[kTokens][2];

template <int kRoom, int kTokens, class Sums>
inline void add_products(Sums (&sums)[kTokens][2], const __m256i (&weights)[2],
                         const uint8_t* group, int quad, int token) {
  MW_UNROLL
  for (int t = 0; t < kTokens; ++t) {
    const uint8_t* at = group + 4 * (quad * kRoom + token + t);
    const __m256i high = broadcast_quad(at), low = broadcast_quad(at + kGroup * kRoom);
    sums[t][0].add(weights[0], high, low);
    sums[t][1].add(weights[1], high, low);
  }
}
template <int kTokens, class Sums>
inline void put_totals(const Sums (&sums)[kTokens][2], Products<kTokens>& dots) {
  MW_UNROLL
  for (int t = 0; t < kTokens; ++t) {
    dots[t][0] = sums[t][0].total();
    dots[t][1] = sums[t][1].total();
  }
}

template <class Sums, int kRoom, int kTokens>
inline void dot_nibbles(const uint8_t* bytes, const uint8_t* group, int token,
                        Products<kTokens>& dots) {
  const __m256i mask = _mm256_set1_epi8(15);
  Sums sums[kTokens][2];
  MW_UNROLL
  for (int quad = 0; quad < kGroup / 4; ++quad) {
    __m256i weights[2];
    MW_UNROLL
    for (int half = 0; half < 2; ++half) {
      const __m256i raw = load_bytes(bytes + 64 * (quad / 2) + 32 * half);
      weights[half] = _mm256_and_si256(quad % 2 == 0 ? raw : _mm256_srli_epi16(raw, 4), mask);
    }
    add_products<kRoom, kTokens>(sums, weights, group, quad, token);
  }
  put_totals<kTokens>(sums, dots);
}

/// Sums of 16 rows for one token.
struct Rows {
  __m256 half[2] = {_mm256_setzero_ps(), _mm256_setzero_ps()};
};

template <class Dots, class Scales>
struct W4 {
  static constexpr int kNibbles = 2 * Scales::kBytes;
  static constexpr size_t kGroupBytes = kNibbles + kGroup * kPanelRows / 2;
  template <int kRoom>
  struct Inputs {
    const uint8_t* group;
  };
  template <int kTokens, int kRoom>
  static inline void step(Rows* rows, const uint8_t* p, const Inputs<kRoom>& inputs, int token) {
    Products<kTokens> dots;
    dot_nibbles<typename Dots::Sums, kRoom, kTokens>(p + kNibbles, inputs.group, token, dots);
    MW_UNROLL
    for (int half = 0; half < 2; ++half) {
      const __m256 d = Scales::load(p, half), m = Scales::load(p + Scales::kBytes, half);
      MW_UNROLL
      for (int t = 0; t < kTokens; ++t) {
        __m256& sum = rows[t].half[half];
        const float total = group_sum<kRoom>(inputs.group, token + t);
        sum = _mm256_fmadd_ps(d, _mm256_cvtepi32_ps(dots[t][half]), sum);
        sum = _mm256_fmadd_ps(m, _mm256_set1_ps(total), sum);
      }
    }
  }
};

template <class Dots>
struct W8 {
  static constexpr size_t kGroupBytes = kW8GroupBytes;
  template <int kRoom>
  using Inputs = typename Dots::template Inputs<kRoom>;
  template <int kTokens, int kRoom>
  static inline void step(Rows* rows, const uint8_t* p, const Inputs<kRoom>& inputs, int token) {
    Products<kTokens> dots;
    Dots::template bytes<kTokens>(p + 32, inputs, token, 0, kGroup / 4, dots);
    MW_UNROLL
    for (int half = 0; half < 2; ++half) {
      const __m256 d = load_halves(p + 16 * half);
      MW_UNROLL
      for (int t = 0; t < kTokens; ++t) {
        const auto total = static_cast<int32_t>(group_sum<kRoom>(inputs.group, token + t));
        const __m256i centred = _mm256_sub_epi32(dots[t][half], _mm256_set1_epi32(128 * total));
        rows[t].half[half] = _mm256_fmadd_ps(d, _mm256_cvtepi32_ps(centred), rows[t].half[half]);
      }
    }
  }
};

template <class Dots>
struct W8Affine {
  static constexpr size_t kGroupBytes = kW8AffineGroupBytes;
  template <int kRoom>
  using Inputs = typename Dots::template Inputs<kRoom>;
  template <int kTokens, int kRoom>
  static inline void step(Rows* rows, const uint8_t* p, const Inputs<kRoom>& inputs, int token) {
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
          const float total = half_sum<kRoom>(inputs.group, token + t, part);
          sum = _mm256_fmadd_ps(d, _mm256_cvtepi32_ps(dots[t][half]), sum);
          sum = _mm256_fmadd_ps(m, _mm256_set1_ps(total), sum);
        }
      }
    }
  }
};

/// How far ahead of the products weights are fetched; panels follow one another. One token against
/// 64 MB took 1.9 times as long without it (AMD Zen 3), and 1.2 times as long with 1 KB.
inline constexpr size_t kAheadBytes = 4096;

template <class Format, int kTokens, int kRoom>
void panel_tile(const PanelTile& work) {
  Rows rows[kTokens];
  for (int g = 0; g < work.groups; ++g) {
    const uint8_t* weights = work.weights + static_cast<size_t>(g) * Format::kGroupBytes;
    const typename Format::template Inputs<kRoom> inputs{work.tile + static_cast<size_t>(g) *
                                                                         tile_group_bytes(kRoom)};
    for (size_t line = 0; line < Format::kGroupBytes; line += 64) {
      __builtin_prefetch(weights + kAheadBytes + line, 0, 3);
    }
    constexpr int kPairs = kTokens / 2;
#pragma GCC unroll 1
    for (int t = 0; t < 2 * kPairs; t += 2) {
      read_again(weights);
      Format::template step<2>(rows + t, weights, inputs, t);
    }
    if constexpr (kTokens % 2 == 1) {
      read_again(weights);
      Format::template step<1>(rows + kTokens - 1, weights, inputs, kTokens - 1);
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

}  // namespace
}  // namespace mw::tensor
