// Scales of a panel as floats, and its weights of 4, 5 and 6 bits as bytes: 8 rows at a time.
#include <immintrin.h>

#include "tensor/kernels/table.h"

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
inline __m128i load_eight(const uint8_t* p) {
  return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p));
}
/// A head's floats times integers of a group, without a sign and with one; exact.
inline __m256 times_bytes(__m256 head, const uint8_t* p) {
  return _mm256_mul_ps(head, _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(load_eight(p))));
}
inline __m256 times_signed_bytes(__m256 head, const uint8_t* p) {
  return _mm256_mul_ps(head, _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(load_eight(p))));
}

/// What a weight is made of: d q + m, of 8 rows.
struct Scales {
  __m256 d, m;
};
/// d (q - centre).
inline Scales centred(__m256 d, int centre) {
  return {d, _mm256_mul_ps(d, _mm256_set1_ps(static_cast<float>(-centre)))};
}
/// How the scales of a group stand before its weights: in kBytes, under a head of kHeadBytes.
struct OwnOffset {
  static constexpr size_t kBytes = 4 * kPanelRows;
  static constexpr size_t kHeadBytes = 0;
  static inline Scales load(const uint8_t* p, const uint8_t*, int half) {
    return {load_halves(p + 16 * half), load_halves(p + 2 * kPanelRows + 16 * half)};
  }
};
struct CentreEight {
  static constexpr size_t kBytes = 2 * kPanelRows;
  static constexpr size_t kHeadBytes = 0;
  static inline Scales load(const uint8_t* p, const uint8_t*, int half) {
    return centred(load_halves(p + 16 * half), kW4Centre);
  }
};
struct UnderHead {
  static constexpr size_t kBytes = 2 * kPanelRows;
  static constexpr size_t kHeadBytes = kW4kHeadBytes;
  static inline Scales load(const uint8_t* p, const uint8_t* head, int half) {
    const __m256 d = load_halves(head + 16 * half);
    const __m256 e = load_halves(head + 2 * kPanelRows + 16 * half);
    return {times_bytes(d, p + 8 * half),
            times_bytes(_mm256_sub_ps(_mm256_setzero_ps(), e), p + kPanelRows + 8 * half)};
  }
};

/// 8 rows of the 4-bit weights of a group, 4 inputs: half a register of kernels_avx512.cc.
inline __m256i nibbles_of(const uint8_t* nibbles, int quad, int half) {
  const __m256i pair = load_bytes(nibbles + 64 * (quad / 2) + 32 * half);
  return _mm256_and_si256(quad % 2 == 0 ? pair : _mm256_srli_epi16(pair, 4), _mm256_set1_epi8(15));
}

/// The 5-bit and the 6-bit weights of a group as bytes, [8 quads][16 rows][4].
inline void unpack_five_bits(const uint8_t* nibbles, uint8_t* out) {
  const __m256i mask = _mm256_set1_epi8(0x10);
  MW_UNROLL
  for (int half = 0; half < 2; ++half) {
    const __m256i raw = load_bytes(nibbles + kNibbleBytes + 32 * half);
    MW_UNROLL
    for (int quad = 0; quad < 8; ++quad) {
      const __m256i upper =
          quad < 4 ? _mm256_slli_epi16(raw, 4 - quad) : _mm256_srli_epi16(raw, quad - 4);
      _mm256_store_si256(
          reinterpret_cast<__m256i*>(out + 64 * quad + 32 * half),
          _mm256_or_si256(nibbles_of(nibbles, quad, half), _mm256_and_si256(upper, mask)));
    }
  }
}
inline void unpack_six_bits(const uint8_t* nibbles, uint8_t* out) {
  const __m256i mask = _mm256_set1_epi8(0x30);
  MW_UNROLL
  for (int part = 0; part < 2; ++part) {
    MW_UNROLL
    for (int half = 0; half < 2; ++half) {
      const __m256i raw = load_bytes(nibbles + kNibbleBytes + 64 * part + 32 * half);
      const __m256i upper[4] = {_mm256_slli_epi16(raw, 4), _mm256_slli_epi16(raw, 2), raw,
                                _mm256_srli_epi16(raw, 2)};
      MW_UNROLL
      for (int quad = 0; quad < 4; ++quad) {
        const int at = 4 * part + quad;
        _mm256_store_si256(
            reinterpret_cast<__m256i*>(out + 64 * at + 32 * half),
            _mm256_or_si256(nibbles_of(nibbles, at, half), _mm256_and_si256(upper[quad], mask)));
      }
    }
  }
}

}  // namespace
}  // namespace mw::tensor
