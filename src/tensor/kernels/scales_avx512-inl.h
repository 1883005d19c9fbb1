// Scales of a panel as floats, and its weights of 4, 5 and 6 bits as bytes: 16 rows at a time.
#include <immintrin.h>

#include "tensor/kernels/table.h"

namespace mw::tensor {
namespace {

inline __m512 load_halves(const uint8_t* p) {
  return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
}
inline __m512 load_floats(const uint8_t* p) {
  return _mm512_loadu_ps(reinterpret_cast<const float*>(p));
}
inline __m128i load_sixteen(const uint8_t* p) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
}
/// A head's floats times integers of a group, without a sign and with one; exact.
inline __m512 times_bytes(__m512 head, const uint8_t* p) {
  return _mm512_mul_ps(head, _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(load_sixteen(p))));
}
inline __m512 times_signed_bytes(__m512 head, const uint8_t* p) {
  return _mm512_mul_ps(head, _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(load_sixteen(p))));
}

/// What a weight is made of: d q + m, of 16 rows.
struct Scales {
  __m512 d, m;
};
/// d (q - centre).
inline Scales centred(__m512 d, int centre) {
  return {d, _mm512_mul_ps(d, _mm512_set1_ps(static_cast<float>(-centre)))};
}
/// How the scales of a group stand before its weights: in kBytes, under a head of kHeadBytes.
struct OwnOffset {
  static constexpr size_t kBytes = 4 * kPanelRows;
  static constexpr size_t kHeadBytes = 0;
  static inline Scales load(const uint8_t* p, const uint8_t*) {
    return {load_halves(p), load_halves(p + 2 * kPanelRows)};
  }
};
struct CentreEight {
  static constexpr size_t kBytes = 2 * kPanelRows;
  static constexpr size_t kHeadBytes = 0;
  static inline Scales load(const uint8_t* p, const uint8_t*) {
    return centred(load_halves(p), kW4Centre);
  }
};
struct UnderHead {
  static constexpr size_t kBytes = 2 * kPanelRows;
  static constexpr size_t kHeadBytes = kW4kHeadBytes;
  static inline Scales load(const uint8_t* p, const uint8_t* head) {
    const __m512 e = _mm512_sub_ps(_mm512_setzero_ps(), load_halves(head + 2 * kPanelRows));
    return {times_bytes(load_halves(head), p), times_bytes(e, p + kPanelRows)};
  }
};

/// The 4-bit weights of a group as bytes, a register per 4 inputs.
inline void unpack_nibbles(const uint8_t* p, __m512i (&weights)[8]) {
  const __m512i mask = _mm512_set1_epi8(15);
  MW_UNROLL
  for (int chunk = 0; chunk < 4; ++chunk) {
    const __m512i raw = _mm512_loadu_si512(p + 64 * chunk);
    weights[2 * chunk] = _mm512_and_si512(raw, mask);
    weights[2 * chunk + 1] = _mm512_and_si512(_mm512_srli_epi16(raw, 4), mask);
  }
}
/// The same of 5 bits: the upper ones follow the nibbles.
inline void unpack_five_bits(const uint8_t* p, __m512i (&weights)[8]) {
  unpack_nibbles(p, weights);
  const __m512i mask = _mm512_set1_epi8(0x10);
  const __m512i raw = _mm512_loadu_si512(p + kNibbleBytes);
  MW_UNROLL
  for (int quad = 0; quad < 8; ++quad) {
    const __m512i upper =
        quad < 4 ? _mm512_slli_epi16(raw, 4 - quad) : _mm512_srli_epi16(raw, quad - 4);
    // weights | (upper & mask)
    weights[quad] = _mm512_ternarylogic_epi64(weights[quad], upper, mask, 0xf8);
  }
}
struct FourBits {
  static constexpr size_t kBytes = kNibbleBytes;
  static inline void unpack(const uint8_t* p, __m512i (&weights)[8]) { unpack_nibbles(p, weights); }
};
struct FiveBits {
  static constexpr size_t kBytes = kNibbleBytes + kGroup * kPanelRows / 8;
  static inline void unpack(const uint8_t* p, __m512i (&weights)[8]) {
    unpack_five_bits(p, weights);
  }
};
/// The same of 6 bits: the upper two follow the nibbles.
inline void unpack_six_bits(const uint8_t* p, __m512i (&weights)[8]) {
  unpack_nibbles(p, weights);
  const __m512i mask = _mm512_set1_epi8(0x30);
  MW_UNROLL
  for (int part = 0; part < 2; ++part) {
    const __m512i raw = _mm512_loadu_si512(p + kNibbleBytes + 64 * part);
    const __m512i upper[4] = {_mm512_slli_epi16(raw, 4), _mm512_slli_epi16(raw, 2), raw,
                              _mm512_srli_epi16(raw, 2)};
    MW_UNROLL
    for (int quad = 0; quad < 4; ++quad) {
      // weights | (upper & mask)
      __m512i& of = weights[4 * part + quad];
      of = _mm512_ternarylogic_epi64(of, upper[quad], mask, 0xf8);
    }
  }
}
}  // namespace
}  // namespace mw::tensor
