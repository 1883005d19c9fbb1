// Sums of a group, or of half a group, of 16 tokens x 16 rows by the tile registers, and the
// numbers that they stand for. Included after amx_tiles-inl.h, matmul_tiles-inl.h and
// scales_avx512-inl.h.
#include <immintrin.h>

namespace mw::tensor {
namespace {

constexpr int kTokens = kAmxTileTokens;

/// The sums of a group (or half a group) of 16 tokens x 16 rows with the high bytes, and with the
/// low ones where there are any.
struct Products {
  int32_t high[kTokens][kPanelRows];
  int32_t low[kTokens][kPanelRows];
};

/// Unpacked weights, signed or not, times a group of 16 tokens.
template <bool kSignedWeights>
inline void multiply_group(const uint8_t* weights, const uint8_t* group, Products* out, Words) {
  MW_TILE_LOAD(6, weights, 64);
  MW_TILE_LOAD(4, group, kGroup);
  MW_TILE_LOAD(5, group + kTokens * kGroup, kGroup);
  MW_TILE_ZERO(0);
  MW_TILE_ZERO(1);
  MW_TILE_DOT(kSignedWeights, 0, 4, 6);
  MW_TILE_DOT(kSignedWeights, 1, 5, 6);
  MW_TILE_STORE(0, out->high);
  MW_TILE_STORE(1, out->low);
}
template <bool kSignedWeights>
inline void multiply_group(const uint8_t* weights, const uint8_t* group, Products* out, Bytes) {
  MW_TILE_LOAD(6, weights, 64);
  MW_TILE_LOAD(4, group, kGroup);
  MW_TILE_ZERO(0);
  MW_TILE_DOT(kSignedWeights, 0, 4, 6);
  MW_TILE_STORE(0, out->high);
  if (Bytes::fine<kTokens>(group) == 0) return;
  MW_TILE_LOAD(5, group + Bytes::low_at(kTokens), kGroup);
  MW_TILE_ZERO(1);
  MW_TILE_DOT(kSignedWeights, 1, 5, 6);
  MW_TILE_STORE(1, out->low);
}

/// Weights without a sign, with sums of each half of the inputs.
inline void multiply_halves(const uint8_t* weights, const uint8_t* group, Products* out, Bytes) {
  MW_TILE_LOAD(6, weights, 64);
  MW_TILE_LOAD(4, group, kGroup);
  MW_TILE_ZERO(0);
  MW_TILE_DOT(false, 0, 4, 6);
  MW_TILE_LOAD(6, weights + 256, 64);
  MW_TILE_LOAD(4, group + 16, kGroup);
  MW_TILE_ZERO(1);
  MW_TILE_DOT(false, 1, 4, 6);
  MW_TILE_STORE(0, out[0].high);
  MW_TILE_STORE(1, out[1].high);
  if (Bytes::fine<kTokens>(group) == 0) return;
  const uint8_t* low = group + Bytes::low_at(kTokens);
  MW_TILE_LOAD(5, low + 16, kGroup);
  MW_TILE_ZERO(3);
  MW_TILE_DOT(false, 3, 5, 6);
  MW_TILE_LOAD(6, weights, 64);
  MW_TILE_LOAD(5, low, kGroup);
  MW_TILE_ZERO(2);
  MW_TILE_DOT(false, 2, 5, 6);
  MW_TILE_STORE(2, out[0].low);
  MW_TILE_STORE(3, out[1].low);
}
inline void multiply_halves(const uint8_t* weights, const uint8_t* group, Products* out, Words) {
  MW_TILE_LOAD(6, weights, 64);
  MW_TILE_LOAD(4, group, kGroup);
  MW_TILE_ZERO(0);
  MW_TILE_DOT(false, 0, 4, 6);
  MW_TILE_LOAD(5, group + kTokens * kGroup, kGroup);
  MW_TILE_ZERO(1);
  MW_TILE_DOT(false, 1, 5, 6);
  MW_TILE_LOAD(6, weights + 256, 64);
  MW_TILE_LOAD(4, group + 16, kGroup);
  MW_TILE_ZERO(2);
  MW_TILE_DOT(false, 2, 4, 6);
  MW_TILE_LOAD(5, group + kTokens * kGroup + 16, kGroup);
  MW_TILE_ZERO(3);
  MW_TILE_DOT(false, 3, 5, 6);
  MW_TILE_STORE(0, out[0].high);
  MW_TILE_STORE(1, out[0].low);
  MW_TILE_STORE(2, out[1].high);
  MW_TILE_STORE(3, out[1].low);
}

/// One number a token, to be multiplied with from memory: GCC 12 would pick them out of a register
/// instead, one more instruction on the port that decides.
struct TokenSums {
  alignas(64) float of[kTokens];
  explicit TokenSums(__m512 sums) {
    _mm512_store_ps(of, sums);
    asm volatile("" ::"r"(of) : "memory");
  }
};

/// Sums of each token's integers, of a group and of half a group.
inline __m512 group_sums(const uint8_t* group, Words) {
  return load_floats(group + 2 * kGroup * kTokens);
}
inline __m512 half_sums(const uint8_t* group, int half, Words form) {
  const __m512 first = load_floats(group + 2 * kGroup * kTokens + 4 * kTokens);
  return half == 0 ? first : _mm512_sub_ps(group_sums(group, form), first);
}
inline __m512 group_sums(const uint8_t* group, Bytes) {
  return load_floats(group + kept_at(kTokens, Kept::kSum, 0));
}
inline __m512 half_sums(const uint8_t* group, int half, Bytes) {
  return load_floats(group + kept_at(kTokens, half == 0 ? Kept::kFirstSum : Kept::kSecondSum, 0));
}

/// Sums of one token over a group, 16 rows, as what they stand for but for the token's scale.
template <class Form>
struct Numbers;
template <>
struct Numbers<Words> {
  explicit Numbers(const uint8_t*) {}
  /// 256 high + low; exact.
  inline __m512 of(const Products& sums, int token) const {
    const __m512i high = _mm512_slli_epi32(_mm512_load_si512(sums.high[token]), 8);
    return _mm512_cvtepi32_ps(_mm512_add_epi32(high, _mm512_load_si512(sums.low[token])));
  }
};
template <>
struct Numbers<Bytes> {
  TokenSums scales;
  alignas(64) int32_t shifts[kTokens];  // of the high bytes' sums
  bool any_low;
  explicit Numbers(const uint8_t* group)
      : scales(load_floats(group + kept_at(kTokens, Kept::kScale, 0))) {
    const auto fine = static_cast<__mmask16>(Bytes::fine<kTokens>(group));
    any_low = fine != 0;
    _mm512_store_si512(shifts, _mm512_maskz_set1_epi32(fine, 8));
  }
  inline __m512 of(const Products& sums, int token) const {
    __m512i dot = _mm512_load_si512(sums.high[token]);
    if (any_low) {
      dot = _mm512_add_epi32(_mm512_sllv_epi32(dot, _mm512_set1_epi32(shifts[token])),
                             _mm512_load_si512(sums.low[token]));
    }
    return _mm512_mul_ps(_mm512_set1_ps(scales.of[token]), _mm512_cvtepi32_ps(dot));
  }
};

template <class Form>
inline void add_half(Scales scales, const uint8_t* group, int half, const Products& of,
                     __m512* sums) {
  const TokenSums totals(half_sums(group, half, Form()));
  const Numbers<Form> numbers(group);
  MW_UNROLL
  for (int t = 0; t < kTokens; ++t) {
    sums[t] = _mm512_fmadd_ps(scales.d, numbers.of(of, t), sums[t]);
    sums[t] = _mm512_fmadd_ps(scales.m, _mm512_set1_ps(totals.of[t]), sums[t]);
  }
}

}  // namespace
}  // namespace mw::tensor
