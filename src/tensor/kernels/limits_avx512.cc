// Limits of AVX-512: vpdpbusd, vfmadd231ps and loads of 512 bits. Twelve chains hide a latency of
// five cycles at two instructions a cycle; all loops over them are unrolled, since one that is not
// keeps the array in memory and measures stores (27 instead of 58 GMAC/s of f32).
#include <immintrin.h>

#include "tensor/kernels/limits_table.h"
#include "tensor/kernels/table.h"

namespace mw::tensor {
namespace {

constexpr int kChains = 12;

/// Modulo 2^32; _mm512_reduce_add_epi32 adds signed integers, where that is undefined.
uint32_t sum_lanes(__m512i sums) {
  alignas(64) uint32_t lanes[16];
  _mm512_store_si512(lanes, sums);
  uint32_t total = 0;
  for (const uint32_t lane : lanes) total += lane;
  return total;
}

uint32_t dot_rounds(int64_t rounds) {
  const __m512i weight = _mm512_set1_epi8(kLimitWeight);
  const __m512i activation = _mm512_set1_epi8(kLimitActivation);
  __m512i sums[kChains];
  MW_UNROLL
  for (int c = 0; c < kChains; ++c) sums[c] = _mm512_setzero_si512();
  for (int64_t i = 0; i < rounds; ++i) {
    MW_UNROLL
    for (int c = 0; c < kChains; ++c) {
      asm volatile("vpdpbusd %2, %1, %0" : "+v"(sums[c]) : "v"(weight), "v"(activation));
    }
  }
  __m512i total = _mm512_setzero_si512();
  MW_UNROLL
  for (int c = 0; c < kChains; ++c) total = _mm512_add_epi32(total, sums[c]);
  return sum_lanes(total);
}

double fma_rounds(int64_t rounds) {
  const __m512 half = _mm512_set1_ps(0.5F);
  const __m512 two = _mm512_set1_ps(2.0F);
  __m512 sums[kChains];
  MW_UNROLL
  for (int c = 0; c < kChains; ++c) sums[c] = _mm512_setzero_ps();
  for (int64_t i = 0; i < rounds; ++i) {
    MW_UNROLL
    for (int c = 0; c < kChains; ++c) {
      asm volatile("vfmadd231ps %2, %1, %0" : "+v"(sums[c]) : "v"(half), "v"(two));
    }
  }
  double total = 0;
  MW_UNROLL
  for (int c = 0; c < kChains; ++c) {
    alignas(64) float lanes[16];
    _mm512_store_ps(lanes, sums[c]);
    for (const float lane : lanes) total += static_cast<double>(lane);
  }
  return total;
}

uint32_t read_sum(const void* data, size_t bytes) {
  const auto* at = static_cast<const uint8_t*>(data);
  const uint8_t* end = at + bytes;
  __m512i sums[8];
  MW_UNROLL
  for (int c = 0; c < 8; ++c) sums[c] = _mm512_setzero_si512();
  for (; at != end; at += kLimitReadBytes) {
    MW_UNROLL
    for (int c = 0; c < 8; ++c) {
      sums[c] = _mm512_add_epi32(sums[c], _mm512_loadu_si512(at + 64 * c));
    }
  }
  __m512i total = _mm512_setzero_si512();
  MW_UNROLL
  for (int c = 0; c < 8; ++c) total = _mm512_add_epi32(total, sums[c]);
  return sum_lanes(total);
}

}  // namespace

const LimitKernels kAvx512Limits{.dot = {.dot_rounds = dot_rounds,
                                         .dot_macs = kChains * 64,
                                         .dot_lanes = kChains * 16,
                                         .dot_lane_bits = 32,
                                         .dot_lane_macs = 4,
                                         .macs_a_weight = 2},
                                 .fma_rounds = fma_rounds,
                                 .fma_macs = kChains * 16,
                                 .read_sum = read_sum};

}  // namespace mw::tensor
