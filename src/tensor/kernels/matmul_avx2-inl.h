// The integer products on registers of 256 bits, 8 of a panel's rows at a time. AVX2 and AVX-VNNI
// differ in how bytes are multiplied; each gives its own Dots with
//   template <int kRoom> static __m256i nibbles(bytes, group, token): 8 rows of 4-bit weights times
//     one token's 32 integers,
//   template <int kRoom> static __m256i bytes(bytes, group, token, begin, end): the same of 8-bit
//     weights over quads [begin, end).
// Both exact in 32 bits.
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

/// The 4-bit half of Dots, by Sums with add(weights, group, quad, token) and total().
template <class Sums>
inline __m256i dot_nibbles(const uint8_t* bytes, const uint8_t* group, int token) {
  const __m256i mask = _mm256_set1_epi8(15);
  Sums sums;
  MW_UNROLL
  for (int chunk = 0; chunk < 4; ++chunk) {
    const __m256i raw = load_bytes(bytes + 64 * chunk);
    sums.add(_mm256_and_si256(raw, mask), group, 2 * chunk, token);
    sums.add(_mm256_and_si256(_mm256_srli_epi16(raw, 4), mask), group, 2 * chunk + 1, token);
  }
  return sums.total();
}

template <class Dots, class Scales>
struct W4 {
  static constexpr int kNibbles = 2 * Scales::kBytes;
  static constexpr size_t kGroupBytes = kNibbles + kGroup * kPanelRows / 2;
  template <int kRoom>
  static inline __m256 step(__m256 sum, const uint8_t* p, const uint8_t* group, int token,
                            int eight) {
    const __m256i dot = Dots::template nibbles<kRoom>(p + kNibbles + 32 * eight, group, token);
    sum = _mm256_fmadd_ps(Scales::load(p, eight), _mm256_cvtepi32_ps(dot), sum);
    const float total = group_sum<kRoom>(group, token);
    return _mm256_fmadd_ps(Scales::load(p + Scales::kBytes, eight), _mm256_set1_ps(total), sum);
  }
};

template <class Dots>
struct W8 {
  static constexpr size_t kGroupBytes = kW8GroupBytes;
  template <int kRoom>
  static inline __m256 step(__m256 sum, const uint8_t* p, const uint8_t* group, int token,
                            int eight) {
    const __m256i dot = Dots::template bytes<kRoom>(p + 32 + 32 * eight, group, token, 0, 8);
    const auto total = static_cast<int32_t>(group_sum<kRoom>(group, token));
    const __m256i centred = _mm256_sub_epi32(dot, _mm256_set1_epi32(128 * total));
    return _mm256_fmadd_ps(load_halves(p + 16 * eight), _mm256_cvtepi32_ps(centred), sum);
  }
};

template <class Dots>
struct W8Affine {
  static constexpr size_t kGroupBytes = kW8AffineGroupBytes;
  template <int kRoom>
  static inline __m256 step(__m256 sum, const uint8_t* p, const uint8_t* group, int token,
                            int eight) {
    MW_UNROLL
    for (int half = 0; half < 2; ++half) {
      const __m256i dot =
          Dots::template bytes<kRoom>(p + 256 + 32 * eight, group, token, 4 * half, 4 * half + 4);
      const uint8_t* d = p + 64 * half + 32 * eight;
      sum = _mm256_fmadd_ps(load_floats(d), _mm256_cvtepi32_ps(dot), sum);
      sum = _mm256_fmadd_ps(load_floats(d + 128),
                            _mm256_set1_ps(half_sum<kRoom>(group, token, half)), sum);
    }
    return sum;
  }
};

template <class Format, int kTokens, int kRoom>
void panel_tile(const PanelTile& work) {
  for (int eight = 0; eight < 2; ++eight) {
    __m256 sums[kTokens];
    MW_UNROLL
    for (int t = 0; t < kTokens; ++t) sums[t] = _mm256_setzero_ps();
    for (int g = 0; g < work.groups; ++g) {
      const uint8_t* weights = work.weights + static_cast<size_t>(g) * Format::kGroupBytes;
      const uint8_t* group = work.tile + static_cast<size_t>(g) * tile_group_bytes(kRoom);
      MW_UNROLL
      for (int t = 0; t < kTokens; ++t)
        sums[t] = Format::template step<kRoom>(sums[t], weights, group, t, eight);
    }
    MW_UNROLL
    for (int t = 0; t < kTokens; ++t) {
      float* y = work.y + t * work.y_stride + 8 * eight;
      const __m256 scaled = _mm256_mul_ps(_mm256_set1_ps(work.scales[t]), sums[t]);
      _mm256_storeu_ps(y, work.add ? _mm256_add_ps(_mm256_loadu_ps(y), scaled) : scaled);
    }
  }
}

}  // namespace
}  // namespace mw::tensor
