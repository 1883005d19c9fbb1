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
#include "tensor/kernels/matmul_avx2-inl.h"

namespace mw::tensor {
namespace {

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

struct PairDots {
  template <int kRoom>
  static inline __m256i nibbles(const uint8_t* bytes, const uint8_t* group, int token) {
    return dot_nibbles<Pairs<kRoom>>(bytes, group, token);
  }

  /// As two products of 4-bit parts.
  template <int kRoom>
  static inline __m256i bytes(const uint8_t* bytes, const uint8_t* group, int token, int begin,
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
};

using PairW4 = W4<PairDots, HalfScales>;
using PairW4Affine = W4<PairDots, FloatScales>;

}  // namespace

const KernelTable kAvx2Kernels =
    MW_FLOAT_KERNELS(walk_tiles<PairW4>, walk_tiles<PairW4Affine>, walk_tiles<W8<PairDots>>,
                     walk_tiles<W8Affine<PairDots>>);

}  // namespace mw::tensor
