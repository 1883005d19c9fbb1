// AVX-VNNI: vpdpbusd on 256 bits, for processors without AVX-512 (Alder Lake and later) and those
// that AVX-512 is switched off on. Only the integer products differ from AVX2.
#include "tensor/kernels/matmul_avx2-inl.h"

namespace mw::tensor {
namespace {

/// 8 rows times one token: hi << shift, + lo, two chains.
struct VnniSums {
  __m256i hi = _mm256_setzero_si256();
  __m256i lo = _mm256_setzero_si256();
  inline void add(__m256i weights, __m256i high, __m256i low) {
    hi = _mm256_dpbusd_avx_epi32(hi, weights, high);
    lo = _mm256_dpbusd_avx_epi32(lo, weights, low);
    add_here(hi);
    add_here(lo);
  }
  inline __m256i total(int shift) const {
    return _mm256_add_epi32(_mm256_sll_epi32(hi, _mm_cvtsi32_si128(shift)), lo);
  }
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

template <class AnyForm>
struct VnniDots {
  using Form = AnyForm;
  using OneSum = VnniSum;
  using TwoSums = VnniSums;
  template <int kRoom>
  struct Inputs {
    static constexpr int kTokens = kRoom;
    const uint8_t* group;
  };

  template <int kTokens, class Inputs>
  static inline void bytes(const uint8_t* bytes, const Inputs& inputs, int token, int begin,
                           int end, Products<kTokens>& dots) {
    const auto weights = [bytes](int quad, int half) {
      return load_bytes(bytes + 64 * quad + 32 * half);
    };
    dot_quads<VnniDots, Inputs::kTokens, kTokens>(weights, inputs.group, token, begin, end, dots);
  }
};

}  // namespace

const OwnProducts kAvxVnniProducts{products<VnniDots<Words>>(), products<VnniDots<Bytes>>(),
                                   kTileTokens};

}  // namespace mw::tensor
