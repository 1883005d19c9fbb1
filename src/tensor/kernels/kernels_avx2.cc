// AVX2 without VNNI: vpmaddubsw adds pairs into 16 bits, so weights go in as 4-bit parts
// (15 * 128 * 2 * 8 = 30,720 < 32,767 over a group): nothing can saturate.
#include "tensor/kernels/vector_avx2-inl.h"
//
#include "tensor/kernels/float_ops-inl.h"
//
#include "tensor/kernels/activation_ops-inl.h"
//
#include "tensor/kernels/attention_f16-inl.h"
//
#include "tensor/kernels/attention_f32-inl.h"
//
#include "tensor/kernels/dots_avx2-inl.h"
//
#include "tensor/kernels/attention_i8-inl.h"
//
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
inline __m256i broadcast_quad(const uint8_t* p) {
  int32_t quad;
  __builtin_memcpy(&quad, p, 4);
  return _mm256_set1_epi32(quad);
}

/// Sums of 4-bit weights times the high and the low bytes, in 16 bits a pair of inputs.
template <int kRoom>
struct Pairs {
  __m256i hi = _mm256_setzero_si256();
  __m256i lo = _mm256_setzero_si256();
  inline void add(__m256i nibbles, const uint8_t* group, int quad, int token) {
    const uint8_t* at = group + 4 * (quad * kRoom + token);
    hi = _mm256_add_epi16(hi, _mm256_maddubs_epi16(nibbles, broadcast_quad(at)));
    lo = _mm256_add_epi16(lo, _mm256_maddubs_epi16(nibbles, broadcast_quad(at + kGroup * kRoom)));
  }
  /// 256 hi + lo in 32 bits: 8 rows.
  inline __m256i total() const {
    const __m256i ones = _mm256_set1_epi16(1);
    return _mm256_add_epi32(_mm256_slli_epi32(_mm256_madd_epi16(hi, ones), 8),
                            _mm256_madd_epi16(lo, ones));
  }
};

/// 8 rows of 8-bit weights over quads [begin, end), as two products of 4-bit parts.
template <int kRoom>
inline __m256i dot_bytes(const uint8_t* bytes, const uint8_t* group, int token, int begin,
                         int end) {
  const __m256i mask = _mm256_set1_epi8(15);
  Pairs<kRoom> upper;
  Pairs<kRoom> lower;
  MW_UNROLL
  for (int quad = begin; quad < end; ++quad) {
    const __m256i raw = load_bytes(bytes + 64 * quad);
    upper.add(_mm256_and_si256(_mm256_srli_epi16(raw, 4), mask), group, quad, token);
    lower.add(_mm256_and_si256(raw, mask), group, quad, token);
  }
  return _mm256_add_epi32(_mm256_slli_epi32(upper.total(), 4), lower.total());
}

struct W4 {
  static constexpr size_t kGroupBytes = kW4GroupBytes;
  template <int kRoom>
  static inline __m256 step(__m256 sum, const uint8_t* p, const uint8_t* group, int token,
                            int eight) {
    const __m256i mask = _mm256_set1_epi8(15);
    Pairs<kRoom> pairs;
    MW_UNROLL
    for (int chunk = 0; chunk < 4; ++chunk) {
      const __m256i raw = load_bytes(p + 64 + 64 * chunk + 32 * eight);
      pairs.add(_mm256_and_si256(raw, mask), group, 2 * chunk, token);
      pairs.add(_mm256_and_si256(_mm256_srli_epi16(raw, 4), mask), group, 2 * chunk + 1, token);
    }
    sum = _mm256_fmadd_ps(load_halves(p + 16 * eight), _mm256_cvtepi32_ps(pairs.total()), sum);
    const float total = group_sum<kRoom>(group, token);
    return _mm256_fmadd_ps(load_halves(p + 32 + 16 * eight), _mm256_set1_ps(total), sum);
  }
};

struct W8 {
  static constexpr size_t kGroupBytes = kW8GroupBytes;
  template <int kRoom>
  static inline __m256 step(__m256 sum, const uint8_t* p, const uint8_t* group, int token,
                            int eight) {
    const __m256i dot = dot_bytes<kRoom>(p + 32 + 32 * eight, group, token, 0, 8);
    const auto total = static_cast<int32_t>(group_sum<kRoom>(group, token));
    const __m256i centred = _mm256_sub_epi32(dot, _mm256_set1_epi32(128 * total));
    return _mm256_fmadd_ps(load_halves(p + 16 * eight), _mm256_cvtepi32_ps(centred), sum);
  }
};

struct W8Affine {
  static constexpr size_t kGroupBytes = kW8AffineGroupBytes;
  template <int kRoom>
  static inline __m256 step(__m256 sum, const uint8_t* p, const uint8_t* group, int token,
                            int eight) {
    MW_UNROLL
    for (int half = 0; half < 2; ++half) {
      const __m256i dot =
          dot_bytes<kRoom>(p + 256 + 32 * eight, group, token, 4 * half, 4 * half + 4);
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

const KernelTable kAvx2Kernels =
    MW_FLOAT_KERNELS(walk_tiles<W4>, walk_tiles<W8>, walk_tiles<W8Affine>);

}  // namespace mw::tensor
