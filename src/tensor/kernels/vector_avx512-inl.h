// Sixteen floats as one 512-bit register.
#include <immintrin.h>
#include <stdint.h>

namespace mw::tensor {
namespace {

/// Sums that a tile of attention holds at once: 32 registers of 16 floats: 12 sums, their factors
/// and what is loaded.
inline constexpr int kTileSums = 12;

/// Tokens and panels of a tile of 12-bit products: 24 sums, 2 weights and what is broadcast.
inline constexpr int kW12Tokens = 12;
inline constexpr int kW12Panels = 2;

struct F32x16 {
  __m512 v;
};
/// Sixteen sums of 32 bits.
struct I32x16 {
  __m512i v;
};

inline F32x16 zero() { return {_mm512_setzero_ps()}; }
inline F32x16 broadcast(float x) { return {_mm512_set1_ps(x)}; }
inline F32x16 broadcast_here(const float* p) { return broadcast(*p); }
inline F32x16 load(const float* p) { return {_mm512_loadu_ps(p)}; }
inline void store(float* p, F32x16 a) { _mm512_storeu_ps(p, a.v); }
inline I32x16 zero_sums() { return {_mm512_setzero_si512()}; }
/// 16 pairs of 16-bit numbers.
inline I32x16 load_pairs(const uint8_t* p) { return {_mm512_loadu_si512(p)}; }
/// 16 times the pair at `inputs`.
inline I32x16 broadcast_pair(const int16_t* inputs) {
  int32_t pair;
  __builtin_memcpy(&pair, inputs, 4);
  return {_mm512_set1_epi32(pair)};
}
/// sums += each pair of `a` times that of `b`. In place: GCC 12 moves each sum of the intrinsic to
/// another register and to memory, 2.5 times the time of the product.
inline void add_pairs(I32x16& sums, I32x16 a, I32x16 b) {
  __asm__("vpdpwssd %2, %1, %0" : "+v"(sums.v) : "v"(a.v), "v"(b.v));
}
inline F32x16 to_float(I32x16 a) { return {_mm512_cvtepi32_ps(a.v)}; }
inline F32x16 load_f16(const uint16_t* p) {
  return {_mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)))};
}
inline F32x16 load_bf16(const uint16_t* p) {
  const __m256i half = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  return {_mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(half), 16))};
}
inline void store_f16(uint16_t* p, F32x16 a) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm512_cvtps_ph(a.v, 0));
}
inline F32x16 add(F32x16 a, F32x16 b) { return {_mm512_add_ps(a.v, b.v)}; }
inline F32x16 sub(F32x16 a, F32x16 b) { return {_mm512_sub_ps(a.v, b.v)}; }
inline F32x16 mul(F32x16 a, F32x16 b) { return {_mm512_mul_ps(a.v, b.v)}; }
inline F32x16 div(F32x16 a, F32x16 b) { return {_mm512_div_ps(a.v, b.v)}; }
inline F32x16 fma(F32x16 a, F32x16 b, F32x16 c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }
inline F32x16 max(F32x16 a, F32x16 b) { return {_mm512_max_ps(a.v, b.v)}; }
inline F32x16 min(F32x16 a, F32x16 b) { return {_mm512_min_ps(a.v, b.v)}; }
inline F32x16 abs(F32x16 a) { return {_mm512_abs_ps(a.v)}; }
inline F32x16 round_even(F32x16 a) {
  return {_mm512_roundscale_ps(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)};
}
inline F32x16 scale_by_power(F32x16 a, F32x16 n) {
  const __m512i exponent = _mm512_slli_epi32(_mm512_cvtps_epi32(n.v), 23);
  return {_mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(a.v), exponent))};
}
inline F32x16 keep_if_at_least(F32x16 a, F32x16 x, F32x16 y) {
  return {_mm512_maskz_mov_ps(_mm512_cmp_ps_mask(x.v, y.v, _CMP_GE_OQ), a.v)};
}
inline F32x16 first_lanes(F32x16 a, int n, float other) {
  const __mmask16 mask = n >= 16 ? 0xffff : static_cast<__mmask16>((1U << n) - 1U);
  return {_mm512_mask_mov_ps(_mm512_set1_ps(other), mask, a.v)};
}
inline __m256 upper_half(__m512 a) {
  return _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(a), 1));
}
inline float sum_lanes(F32x16 a) {
  const __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(a.v), upper_half(a.v));
  __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  four = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(four, _mm_shuffle_ps(four, four, 1)));
}
inline float max_lanes(F32x16 a) {
  const __m256 eight = _mm256_max_ps(_mm512_castps512_ps256(a.v), upper_half(a.v));
  __m128 four = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  four = _mm_max_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_max_ss(four, _mm_shuffle_ps(four, four, 1)));
}
inline void store_int(int32_t* p, F32x16 a) { _mm512_storeu_si512(p, _mm512_cvtps_epi32(a.v)); }
/// Whole numbers of at most 32,639 as integers of 16 bits.
inline void store_int16(int16_t* p, F32x16 a) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p),
                      _mm512_cvtepi32_epi16(_mm512_cvtps_epi32(a.v)));
}
/// Their two bytes, a = 256 high + low, both signed.
inline void store_bytes(void* high, void* low, F32x16 a) {
  const __m512i q = _mm512_cvtps_epi32(a.v);
  const __m512i upper = _mm512_srai_epi32(_mm512_add_epi32(q, _mm512_set1_epi32(128)), 8);
  // In registers first: vpmovdb that stores by itself takes several times as long (AMD Zen 4).
  __m128i high_bytes = _mm512_cvtepi32_epi8(upper);
  __m128i low_bytes = _mm512_cvtepi32_epi8(q);
  __asm__("" : "+v"(high_bytes), "+v"(low_bytes));
  _mm_storeu_si128(static_cast<__m128i*>(high), high_bytes);
  _mm_storeu_si128(static_cast<__m128i*>(low), low_bytes);
}

}  // namespace
}  // namespace mw::tensor
