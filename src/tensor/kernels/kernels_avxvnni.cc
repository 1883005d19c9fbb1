// AVX-VNNI: vpdpbusd on 256 bits, for processors without AVX-512 (Alder Lake and later) and those
// that AVX-512 is switched off on. Only the integer products differ from AVX2.
#include "tensor/kernels/matmul_avx2-inl.h"

namespace mw::tensor {
namespace {

/// 256 hi + lo of one token, two chains.
template <int kRoom>
struct Sums {
  __m256i hi = _mm256_setzero_si256();
  __m256i lo = _mm256_setzero_si256();
  inline void add(__m256i weights, const uint8_t* group, int quad, int token) {
    const uint8_t* at = group + 4 * (quad * kRoom + token);
    hi = _mm256_dpbusd_avx_epi32(hi, weights, broadcast_quad(at));
    lo = _mm256_dpbusd_avx_epi32(lo, weights, broadcast_quad(at + kGroup * kRoom));
  }
  inline __m256i total() const { return _mm256_add_epi32(_mm256_slli_epi32(hi, 8), lo); }
};

struct VnniDots {
  template <int kRoom>
  static inline __m256i nibbles(const uint8_t* bytes, const uint8_t* group, int token) {
    return dot_nibbles<Sums<kRoom>>(bytes, group, token);
  }

  template <int kRoom>
  static inline __m256i bytes(const uint8_t* bytes, const uint8_t* group, int token, int begin,
                              int end) {
    Sums<kRoom> sums;
    MW_UNROLL
    for (int quad = begin; quad < end; ++quad) {
      sums.add(load_bytes(bytes + 64 * quad), group, quad, token);
    }
    return sums.total();
  }
};

}  // namespace

const IntegerProducts kAvxVnniProducts{
    walk_tiles<W4<VnniDots, HalfScales>>, walk_tiles<W4<VnniDots, FloatScales>>,
    walk_tiles<W8<VnniDots>>, walk_tiles<W8Affine<VnniDots>>, kTileTokens};

}  // namespace mw::tensor
