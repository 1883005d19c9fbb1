// AVX2 without VNNI: vpmaddubsw adds pairs into 16 bits, so weights go in as 4-bit parts
// (15 * 128 * 2 * 8 = 30,720 < 32,767 over a group): nothing can saturate.
#include "tensor/kernels/vector_avx2-inl.h"
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
#include "tensor/kernels/dots_avx2-inl.h"
//
#include "tensor/kernels/attention_i8-inl.h"
//
#include "tensor/kernels/matmul_avx2-inl.h"

namespace mw::tensor {
namespace {

/// Sums of 4-bit weights times the high and the low bytes, in 16 bits a pair of inputs.
struct PairSums {
  __m256i hi = _mm256_setzero_si256();
  __m256i lo = _mm256_setzero_si256();
  inline void add(__m256i nibbles, __m256i high, __m256i low) {
    hi = _mm256_add_epi16(hi, _mm256_maddubs_epi16(nibbles, high));
    lo = _mm256_add_epi16(lo, _mm256_maddubs_epi16(nibbles, low));
    add_here(hi);
    add_here(lo);
  }
  /// hi << shift, + lo, in 32 bits: 8 rows.
  inline __m256i total(int shift) const {
    const auto factor = static_cast<int16_t>(1 << shift);
    return _mm256_add_epi32(_mm256_madd_epi16(hi, _mm256_set1_epi16(factor)),
                            _mm256_madd_epi16(lo, _mm256_set1_epi16(1)));
  }
};

/// The same times bytes of 8-bit activations.
struct PairSum {
  __m256i all = _mm256_setzero_si256();
  inline void add(__m256i nibbles, __m256i bytes) {
    all = _mm256_add_epi16(all, _mm256_maddubs_epi16(nibbles, bytes));
    add_here(all);
  }
  inline __m256i total() const { return _mm256_madd_epi16(all, _mm256_set1_epi16(1)); }
};

inline __m128i load_half(const uint8_t* p) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
}

/// A group's integers in 16 bits: [8 quads][kRoom tokens][4 inputs].
template <class Form, int kRoom>
struct Wholes {
  const uint8_t* group;
  alignas(32) int16_t whole[kGroup * kRoom];

  explicit inline Wholes(const uint8_t* tile_group) : group(tile_group) {
    if (!any_low<kRoom>(group, 0, kRoom, Form())) {
      MW_UNROLL
      for (int at = 0; at < kGroup * kRoom; at += 16)
        put(at, _mm256_cvtepi8_epi16(load_half(group + at)));
      return;
    }
    // What a high byte counts for, of each token of the quads that 16 or 32 numbers are.
    alignas(32) int16_t factors[32];
    for (int at = 0; at < 32; ++at) {
      factors[at] = static_cast<int16_t>(1 << high_shift<kRoom>(group, at / 4 % kRoom, Form()));
    }
    MW_UNROLL
    for (int at = 0; at < kGroup * kRoom; at += 16) {
      const __m256i high = _mm256_cvtepi8_epi16(load_half(group + at));
      const __m256i low = _mm256_cvtepi8_epi16(load_half(group + Form::low_at(kRoom) + at));
      const __m256i factor = _mm256_load_si256(reinterpret_cast<const __m256i*>(factors + at % 32));
      put(at, _mm256_add_epi16(_mm256_mullo_epi16(high, factor), low));
    }
  }
  inline void put(int at, __m256i numbers) {
    _mm256_store_si256(reinterpret_cast<__m256i*>(whole + at), numbers);
  }
  inline __m256i quad(int quad, int token) const {
    long long four;
    __builtin_memcpy(&four, whole + 4 * (quad * kRoom + token), 8);
    return _mm256_set1_epi64x(four);
  }
};

template <class AnyForm>
struct PairDots {
  using Form = AnyForm;
  using OneSum = PairSum;
  using TwoSums = PairSums;
  template <int kRoom>
  using Inputs = Wholes<Form, kRoom>;

  /// Widened to 16 bits, of which vpmaddwd takes as many an instruction as two vpmaddubsw of the
  /// upper and the lower four bits would: a sum is below 255 x 32,639 x 32 < 2^28.
  template <int kTokens, class Inputs>
  static inline void bytes(const uint8_t* bytes, const Inputs& inputs, int token, int begin,
                           int end, Products<kTokens>& dots) {
    __m256i sums[kTokens][4] = {};  // four rows each, in two halves
    MW_UNROLL
    for (int quad = begin; quad < end; ++quad) {
      MW_UNROLL
      for (int four = 0; four < 4; ++four) {
        const __m256i weights = _mm256_cvtepu8_epi16(load_half(bytes + 64 * quad + 16 * four));
        MW_UNROLL
        for (int t = 0; t < kTokens; ++t) {
          sums[t][four] = _mm256_add_epi32(
              sums[t][four], _mm256_madd_epi16(weights, inputs.quad(quad, token + t)));
          add_here(sums[t][four]);
        }
      }
    }
    MW_UNROLL
    for (int t = 0; t < kTokens; ++t) {
      dots[t][0] = join_halves(sums[t][0], sums[t][1]);
      dots[t][1] = join_halves(sums[t][2], sums[t][3]);
    }
  }
};

}  // namespace

const KernelTable kAvx2Kernels =
    MW_FLOAT_KERNELS(products<PairDots<Words>>(), products<PairDots<Bytes>>());

}  // namespace mw::tensor
