// AVX-VNNI: vpdpbusd on 256 bits, for processors without AVX-512 (Alder Lake and later) and those
// that AVX-512 is switched off on. Only the integer products differ from AVX2.
#include "tensor/kernels/matmul_avx2-inl.h"

namespace mw::tensor {
namespace {

/// 8 rows times one token: 256 hi + lo, two chains.
struct VnniSums {
  __m256i hi = _mm256_setzero_si256();
  __m256i lo = _mm256_setzero_si256();
  inline void add(__m256i weights, __m256i high, __m256i low) {
    hi = _mm256_dpbusd_avx_epi32(hi, weights, high);
    lo = _mm256_dpbusd_avx_epi32(lo, weights, low);
    add_here(hi);
    add_here(lo);
  }
  inline __m256i total() const { return _mm256_add_epi32(_mm256_slli_epi32(hi, 8), lo); }
};

/// The same times 8-bit activations.
struct VnniSum {
  __m256i all = _mm256_setzero_si256();
  inline void add(__m256i weights, __m256i bytes) {
    all = _mm256_dpbusd_avx_epi32(all, weights, bytes);
    add_here(all);
  }
  inline __m256i total() const { return all; }
};

template <class AnyForm, class AnySums>
struct VnniDots {
  using Form = AnyForm;
  using Sums = AnySums;
  template <int kRoom>
  struct Inputs {
    static constexpr int kTokens = kRoom;
    const uint8_t* group;
  };

  template <int kTokens, class Inputs>
  static inline void bytes(const uint8_t* bytes, const Inputs& inputs, int token, int begin,
                           int end, Products<kTokens>& dots) {
    constexpr int kRoom = Inputs::kTokens;
    Sums sums[kTokens][2];
    MW_UNROLL
    for (int quad = begin; quad < end; ++quad) {
      const __m256i weights[2] = {load_bytes(bytes + 64 * quad),
                                  load_bytes(bytes + 64 * quad + 32)};
      add_products<Form, kRoom, kTokens>(sums, weights, inputs.group, quad, token);
    }
    put_totals<kTokens>(sums, dots);
  }
};

}  // namespace

const OwnProducts kAvxVnniProducts{products<VnniDots<Words, VnniSums>>(),
                                   products<VnniDots<Bytes, VnniSum>>(), kTileTokens};

}  // namespace mw::tensor
