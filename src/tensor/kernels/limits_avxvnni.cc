// Limits of AVX-VNNI: vpdpbusd of 256 bits; floats and loads are AVX2's.
#include <immintrin.h>

#include "tensor/kernels/limits_table.h"
#include "tensor/kernels/table.h"

namespace mw::tensor {
namespace {

// Of 16 registers; twelve chains hide a latency of five cycles at two instructions a cycle.
constexpr int kChains = 12;

uint32_t dot_rounds(int64_t rounds) {
  const __m256i weight = _mm256_set1_epi8(kLimitWeight);
  const __m256i activation = _mm256_set1_epi8(kLimitActivation);
  __m256i sums[kChains];
  MW_UNROLL
  for (int c = 0; c < kChains; ++c) sums[c] = _mm256_setzero_si256();
  for (int64_t i = 0; i < rounds; ++i) {
    MW_UNROLL
    for (int c = 0; c < kChains; ++c) {
      sums[c] = _mm256_dpbusd_avx_epi32(sums[c], weight, activation);
      asm volatile("" : "+x"(sums[c]));  // or all rounds become one multiplication
    }
  }
  uint32_t total = 0;
  MW_UNROLL
  for (int c = 0; c < kChains; ++c) {
    alignas(32) uint32_t lanes[8];
    _mm256_store_si256(reinterpret_cast<__m256i*>(lanes), sums[c]);
    for (const uint32_t lane : lanes) total += lane;
  }
  return total;
}

}  // namespace

const DotLimit kAvxVnniDotLimit{.dot_rounds = dot_rounds,
                                .dot_macs = kChains * 32,
                                .dot_lanes = kChains * 8,
                                .dot_lane_bits = 32,
                                .dot_lane_macs = 4,
                                .macs_a_weight = 2};

}  // namespace mw::tensor
