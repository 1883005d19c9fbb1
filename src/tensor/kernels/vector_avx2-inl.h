// Sixteen floats as two 256-bit registers.
#include <immintrin.h>
#include <stdint.h>

namespace mw::tensor {
namespace {

/// Sums that a tile of attention holds at once: 16 registers of 8 floats: 6 sums take 12 of them.
inline constexpr int kTileSums = 6;

/// Tokens and panels of a tile of 12-bit products: 12 registers of sums.
inline constexpr int kW12Tokens = 6;
inline constexpr int kW12Panels = 1;

struct F32x16 {
  __m256 lo, hi;
};
/// Sixteen sums of 32 bits.
struct I32x16 {
  __m256i lo, hi;
};

inline F32x16 zero() { return {_mm256_setzero_ps(), _mm256_setzero_ps()}; }
inline F32x16 broadcast(float x) { return {_mm256_set1_ps(x), _mm256_set1_ps(x)}; }
/// Where it is used, not before: GCC 12 reads the factors of a whole step ahead, and a sum of a
/// tile, 12 of the 16 registers, then waits in memory: twice the time of attention.
inline F32x16 broadcast_here(const float* p) {
  __m256 out;
  __asm__ volatile("vbroadcastss %1, %0" : "=x"(out) : "m"(*p));
  return {out, out};
}
inline F32x16 load(const float* p) { return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
inline void store(float* p, F32x16 a) {
  _mm256_storeu_ps(p, a.lo);
  _mm256_storeu_ps(p + 8, a.hi);
}
inline I32x16 zero_sums() { return {_mm256_setzero_si256(), _mm256_setzero_si256()}; }
/// 16 pairs of 16-bit numbers.
inline I32x16 load_pairs(const uint8_t* p) {
  return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)),
          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 32))};
}
/// 16 times the pair at `inputs`.
inline I32x16 broadcast_pair(const int16_t* inputs) {
  int32_t pair;
  __builtin_memcpy(&pair, inputs, 4);
  return {_mm256_set1_epi32(pair), _mm256_set1_epi32(pair)};
}
/// sums += each pair of `a` times that of `b`, in place.
inline void add_pairs(I32x16& sums, I32x16 a, I32x16 b) {
  const __m256i lo = _mm256_madd_epi16(a.lo, b.lo);
  const __m256i hi = _mm256_madd_epi16(a.hi, b.hi);
  __asm__("vpaddd %1, %0, %0" : "+x"(sums.lo) : "x"(lo));
  __asm__("vpaddd %1, %0, %0" : "+x"(sums.hi) : "x"(hi));
}
inline F32x16 to_float(I32x16 a) { return {_mm256_cvtepi32_ps(a.lo), _mm256_cvtepi32_ps(a.hi)}; }
inline F32x16 load_f16(const uint16_t* p) {
  return {_mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))),
          _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 8)))};
}
inline __m256 widen_bf16(const uint16_t* p) {
  const __m128i half = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(half), 16));
}
inline F32x16 load_bf16(const uint16_t* p) { return {widen_bf16(p), widen_bf16(p + 8)}; }
inline void store_f16(uint16_t* p, F32x16 a) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm256_cvtps_ph(a.lo, 0));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p + 8), _mm256_cvtps_ph(a.hi, 0));
}
inline F32x16 add(F32x16 a, F32x16 b) {
  return {_mm256_add_ps(a.lo, b.lo), _mm256_add_ps(a.hi, b.hi)};
}
inline F32x16 sub(F32x16 a, F32x16 b) {
  return {_mm256_sub_ps(a.lo, b.lo), _mm256_sub_ps(a.hi, b.hi)};
}
inline F32x16 mul(F32x16 a, F32x16 b) {
  return {_mm256_mul_ps(a.lo, b.lo), _mm256_mul_ps(a.hi, b.hi)};
}
inline F32x16 div(F32x16 a, F32x16 b) {
  return {_mm256_div_ps(a.lo, b.lo), _mm256_div_ps(a.hi, b.hi)};
}
inline F32x16 fma(F32x16 a, F32x16 b, F32x16 c) {
  return {_mm256_fmadd_ps(a.lo, b.lo, c.lo), _mm256_fmadd_ps(a.hi, b.hi, c.hi)};
}
inline F32x16 max(F32x16 a, F32x16 b) {
  return {_mm256_max_ps(a.lo, b.lo), _mm256_max_ps(a.hi, b.hi)};
}
inline F32x16 min(F32x16 a, F32x16 b) {
  return {_mm256_min_ps(a.lo, b.lo), _mm256_min_ps(a.hi, b.hi)};
}
inline F32x16 abs(F32x16 a) {
  const __m256 sign = _mm256_set1_ps(-0.0F);
  return {_mm256_andnot_ps(sign, a.lo), _mm256_andnot_ps(sign, a.hi)};
}
inline __m256 round8(__m256 a) {
  return _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
inline F32x16 round_even(F32x16 a) { return {round8(a.lo), round8(a.hi)}; }
inline __m256 scale8(__m256 a, __m256 n) {
  const __m256i exponent = _mm256_slli_epi32(_mm256_cvtps_epi32(n), 23);
  return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(a), exponent));
}
inline F32x16 scale_by_power(F32x16 a, F32x16 n) {
  return {scale8(a.lo, n.lo), scale8(a.hi, n.hi)};
}
inline F32x16 keep_if_at_least(F32x16 a, F32x16 x, F32x16 y) {
  return {_mm256_and_ps(a.lo, _mm256_cmp_ps(x.lo, y.lo, _CMP_GE_OQ)),
          _mm256_and_ps(a.hi, _mm256_cmp_ps(x.hi, y.hi, _CMP_GE_OQ))};
}
inline F32x16 first_lanes(F32x16 a, int n, float other) {
  const __m256i count = _mm256_set1_epi32(n);
  const __m256i low = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  const __m256i high = _mm256_add_epi32(low, _mm256_set1_epi32(8));
  const __m256 o = _mm256_set1_ps(other);
  return {_mm256_blendv_ps(o, a.lo, _mm256_castsi256_ps(_mm256_cmpgt_epi32(count, low))),
          _mm256_blendv_ps(o, a.hi, _mm256_castsi256_ps(_mm256_cmpgt_epi32(count, high)))};
}
inline float sum_lanes(F32x16 a) {
  const __m256 eight = _mm256_add_ps(a.lo, a.hi);
  __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  four = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(four, _mm_shuffle_ps(four, four, 1)));
}
inline float max_lanes(F32x16 a) {
  const __m256 eight = _mm256_max_ps(a.lo, a.hi);
  __m128 four = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  four = _mm_max_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_max_ss(four, _mm_shuffle_ps(four, four, 1)));
}
inline void store_int(int32_t* p, F32x16 a) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm256_cvtps_epi32(a.lo));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p + 8), _mm256_cvtps_epi32(a.hi));
}
/// Whole numbers of at most 32,639 as integers of 16 bits, in order.
inline __m256i to_int16(F32x16 a) {
  const __m256i pairs = _mm256_packs_epi32(_mm256_cvtps_epi32(a.lo), _mm256_cvtps_epi32(a.hi));
  return _mm256_permute4x64_epi64(pairs, 0xd8);  // packing works within 128 bits
}
inline void store_int16(int16_t* p, F32x16 a) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), to_int16(a));
}
/// Their two bytes, a = 256 high + low, both signed.
inline void store_bytes(void* high, void* low, F32x16 a) {
  const __m256i q = to_int16(a);
  const __m256i upper = _mm256_srai_epi16(_mm256_add_epi16(q, _mm256_set1_epi16(128)), 8);
  const __m256i lower = _mm256_and_si256(q, _mm256_set1_epi16(255));
  _mm_storeu_si128(
      static_cast<__m128i*>(high),
      _mm_packs_epi16(_mm256_castsi256_si128(upper), _mm256_extracti128_si256(upper, 1)));
  _mm_storeu_si128(
      static_cast<__m128i*>(low),
      _mm_packus_epi16(_mm256_castsi256_si128(lower), _mm256_extracti128_si256(lower, 1)));
}

}  // namespace
}  // namespace mw::tensor
