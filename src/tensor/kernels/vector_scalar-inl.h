// Sixteen floats as an array, but for one instruction for pairs of integers: the reference that the
// other two must match bit for bit.
#include <emmintrin.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "core/half.h"

namespace mw::tensor {
namespace {

/// Sums that a tile of attention holds at once: As AVX-512 has, where it does not matter.
inline constexpr int kTileSums = 12;

/// Tokens and panels of a tile of 12-bit products.
inline constexpr int kW12Tokens = 4;
inline constexpr int kW12Panels = 1;

struct F32x16 {
  float v[16];
};
/// Sixteen sums of 32 bits, or as many pairs of 16 bits.
struct I32x16 {
  union {
    int32_t v[16];
    int16_t pairs[32];
    __m128i four[4];
  };
};

#define MW_LANES for (int i = 0; i < 16; ++i)

inline F32x16 zero() { return {}; }
inline F32x16 broadcast(float x) {
  F32x16 r;
  MW_LANES r.v[i] = x;
  return r;
}
inline F32x16 broadcast_here(const float* p) { return broadcast(*p); }
inline F32x16 load(const float* p) {
  F32x16 r;
  memcpy(r.v, p, sizeof r.v);
  return r;
}
inline void store(float* p, F32x16 a) { memcpy(p, a.v, sizeof a.v); }
inline I32x16 zero_sums() { return {}; }
/// 16 pairs of 16-bit numbers.
inline I32x16 load_pairs(const uint8_t* p) {
  I32x16 r;
  memcpy(r.pairs, p, sizeof r.pairs);
  return r;
}
/// 16 times the pair at `inputs`.
inline I32x16 broadcast_pair(const int16_t* inputs) {
  int32_t pair;
  memcpy(&pair, inputs, sizeof pair);
  I32x16 r;
  MW_LANES r.v[i] = pair;
  return r;
}
/// sums += each pair of `a` times that of `b`: v[i] += a.pairs[2i] b.pairs[2i] + a.pairs[2i + 1]
/// b.pairs[2i + 1]. Every x86-64 has an instruction for four of them; GCC 12 does not find it, and
/// takes ten times as long for that loop.
inline void add_pairs(I32x16& sums, const I32x16& a, const I32x16& b) {
  for (int i = 0; i < 4; ++i) {
    sums.four[i] = _mm_add_epi32(sums.four[i], _mm_madd_epi16(a.four[i], b.four[i]));
  }
}
inline I32x16 add(I32x16 a, I32x16 b) {
  MW_LANES a.v[i] += b.v[i];
  return a;
}
inline I32x16 add(I32x16 a, int32_t b) {
  MW_LANES a.v[i] += b;
  return a;
}
inline F32x16 to_float(I32x16 a) {
  F32x16 r;
  MW_LANES r.v[i] = static_cast<float>(a.v[i]);
  return r;
}
inline F32x16 load_f16(const uint16_t* p) {
  F32x16 r;
  MW_LANES r.v[i] = f16_to_f32(p[i]);
  return r;
}
inline F32x16 load_bf16(const uint16_t* p) {
  F32x16 r;
  MW_LANES r.v[i] = bf16_to_f32(p[i]);
  return r;
}
inline void store_f16(uint16_t* p, F32x16 a) { MW_LANES p[i] = f32_to_f16(a.v[i]); }
inline F32x16 add(F32x16 a, F32x16 b) {
  MW_LANES a.v[i] += b.v[i];
  return a;
}
inline F32x16 sub(F32x16 a, F32x16 b) {
  MW_LANES a.v[i] -= b.v[i];
  return a;
}
inline F32x16 mul(F32x16 a, F32x16 b) {
  MW_LANES a.v[i] *= b.v[i];
  return a;
}
inline F32x16 div(F32x16 a, F32x16 b) {
  MW_LANES a.v[i] /= b.v[i];
  return a;
}
/// a * b + c, rounded once. A product of floats is exact in double. Their sum in double may be in
/// the middle of two floats where the exact one is not, or lie among those with fewer bits than
/// usual, up to the smallest normal one: then what the sum lost makes its last bit odd, from which
/// it rounds to float as the exact one does. The library's fmaf takes 33 times as long on a
/// processor without an instruction for it.
inline F32x16 fma(F32x16 a, F32x16 b, F32x16 c) {
  double products[16];
  double sums[16];
  MW_LANES products[i] = double{a.v[i]} * double{b.v[i]};
  MW_LANES sums[i] = products[i] + double{c.v[i]};
  F32x16 r;
  MW_LANES r.v[i] = static_cast<float>(sums[i]);
  uint32_t bits_of_sums[32];  // the low half of a double first
  memcpy(bits_of_sums, sums, sizeof sums);
  uint32_t bits[16];
  memcpy(bits, r.v, sizeof r.v);
  uint32_t unsure = 0;
  MW_LANES unsure |= (bits_of_sums[2 * i] & 0x1FFFFFFF) == 0x10000000 ? 1U : 0U;
  MW_LANES unsure |= (bits[i] & 0x7FFFFFFF) <= 0x00800000 ? 1U : 0U;
  if (unsure == 0) return r;
  MW_LANES {
    const double of_c = sums[i] - products[i];
    const double lost = (products[i] - (sums[i] - of_c)) + (double{c.v[i]} - of_c);
    uint64_t sum;
    memcpy(&sum, sums + i, sizeof sum);
    const uint64_t even = (~sum & 1) & static_cast<uint64_t>((lost > 0) | (lost < 0));
    uint64_t sign_of_lost;
    memcpy(&sign_of_lost, &lost, sizeof lost);
    sum += even - ((even & (sum ^ sign_of_lost) >> 63) << 1);
    double odd;
    memcpy(&odd, &sum, sizeof odd);
    r.v[i] = static_cast<float>(odd);
  }
  return r;
}
inline F32x16 max(F32x16 a, F32x16 b) {
  MW_LANES a.v[i] = a.v[i] > b.v[i] ? a.v[i] : b.v[i];
  return a;
}
inline F32x16 min(F32x16 a, F32x16 b) {
  MW_LANES a.v[i] = a.v[i] < b.v[i] ? a.v[i] : b.v[i];
  return a;
}
inline F32x16 abs(F32x16 a) {
  MW_LANES a.v[i] = fabsf(a.v[i]);
  return a;
}
inline F32x16 round_even(F32x16 a) {
  MW_LANES a.v[i] = nearbyintf(a.v[i]);
  return a;
}
/// a * 2^n for integral n in [-126, 127], by adding to the exponent.
inline F32x16 scale_by_power(F32x16 a, F32x16 n) {
  MW_LANES {
    uint32_t bits;
    memcpy(&bits, &a.v[i], 4);
    bits += static_cast<uint32_t>(static_cast<int32_t>(n.v[i])) << 23;
    memcpy(&a.v[i], &bits, 4);
  }
  return a;
}
/// `a` where x >= y, else 0.
inline F32x16 keep_if_at_least(F32x16 a, F32x16 x, F32x16 y) {
  MW_LANES a.v[i] = x.v[i] >= y.v[i] ? a.v[i] : 0.0F;
  return a;
}
/// The first n lanes of `a`, `other` in the rest.
inline F32x16 first_lanes(F32x16 a, int n, float other) {
  MW_LANES a.v[i] = i < n ? a.v[i] : other;
  return a;
}
/// ((l0+l8)+(l4+l12)) + ...: halves are folded on halves, 8, 4, 2, 1.
inline float sum_lanes(F32x16 a) {
  for (int half = 8; half >= 1; half /= 2) {
    for (int i = 0; i < half; ++i) a.v[i] += a.v[i + half];
  }
  return a.v[0];
}
inline float max_lanes(F32x16 a) {
  float m = a.v[0];
  MW_LANES m = a.v[i] > m ? a.v[i] : m;
  return m;
}
/// Rounds to the nearest even integer, |a| < 2^31.
inline void store_int(int32_t* p, F32x16 a) {
  MW_LANES p[i] = static_cast<int32_t>(nearbyintf(a.v[i]));
}
/// Whole numbers of at most 32,639 as integers of 16 bits.
inline void store_int16(int16_t* p, F32x16 a) { MW_LANES p[i] = static_cast<int16_t>(a.v[i]); }
/// Their two bytes, a = 256 high + low, both signed.
inline void store_bytes(void* high, void* low, F32x16 a) {
  MW_LANES {
    const auto whole = static_cast<int32_t>(a.v[i]);
    static_cast<int8_t*>(high)[i] = static_cast<int8_t>((whole + 128) >> 8);
    static_cast<int8_t*>(low)[i] = static_cast<int8_t>(whole);
  }
}

#undef MW_LANES

}  // namespace
}  // namespace mw::tensor
