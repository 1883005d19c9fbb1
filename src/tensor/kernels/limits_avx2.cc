// Limits of AVX2: vpmaddubsw with the vpaddw that the products need after it, vfmadd231ps and
// loads of 256 bits.
#include <immintrin.h>

#include "tensor/kernels/limits_table.h"
#include "tensor/kernels/table.h"

namespace mw::tensor {
namespace {

// Of 16 registers; eight chains hide a latency of four cycles at two instructions a cycle.
constexpr int kDotChains = 8;
constexpr int kFmaChains = 12;

uint32_t dot_rounds(int64_t rounds) {
  const __m256i weight = _mm256_set1_epi8(kLimitWeight);
  const __m256i activation = _mm256_set1_epi8(kLimitActivation);
  __m256i sums[kDotChains];
  MW_UNROLL
  for (int c = 0; c < kDotChains; ++c) sums[c] = _mm256_setzero_si256();
  for (int64_t i = 0; i < rounds; ++i) {
    MW_UNROLL
    for (int c = 0; c < kDotChains; ++c) {
      __m256i pairs;
      asm volatile(
          "vpmaddubsw %3, %2, %1\n\t"
          "vpaddw %1, %0, %0"
          : "+x"(sums[c]), "=&x"(pairs)
          : "x"(weight), "x"(activation));
    }
  }
  uint32_t total = 0;
  MW_UNROLL
  for (int c = 0; c < kDotChains; ++c) {
    alignas(32) uint16_t lanes[16];
    _mm256_store_si256(reinterpret_cast<__m256i*>(lanes), sums[c]);
    for (const uint16_t lane : lanes) total += lane;
  }
  return total;
}

double fma_rounds(int64_t rounds) {
  const __m256 half = _mm256_set1_ps(0.5F);
  const __m256 two = _mm256_set1_ps(2.0F);
  __m256 sums[kFmaChains];
  MW_UNROLL
  for (int c = 0; c < kFmaChains; ++c) sums[c] = _mm256_setzero_ps();
  for (int64_t i = 0; i < rounds; ++i) {
    MW_UNROLL
    for (int c = 0; c < kFmaChains; ++c) {
      asm volatile("vfmadd231ps %2, %1, %0" : "+x"(sums[c]) : "x"(half), "x"(two));
    }
  }
  double total = 0;
  MW_UNROLL
  for (int c = 0; c < kFmaChains; ++c) {
    alignas(32) float lanes[8];
    _mm256_store_ps(lanes, sums[c]);
    for (const float lane : lanes) total += static_cast<double>(lane);
  }
  return total;
}

uint32_t read_sum(const void* data, size_t bytes) {
  const auto* at = static_cast<const uint8_t*>(data);
  const uint8_t* end = at + bytes;
  __m256i sums[8];
  MW_UNROLL
  for (int c = 0; c < 8; ++c) sums[c] = _mm256_setzero_si256();
  for (; at != end; at += kLimitReadBytes / 2) {
    MW_UNROLL
    for (int c = 0; c < 8; ++c) {
      const auto* line = reinterpret_cast<const __m256i*>(at + 32 * c);
      sums[c] = _mm256_add_epi32(sums[c], _mm256_loadu_si256(line));
    }
  }
  uint32_t total = 0;
  MW_UNROLL
  for (int c = 0; c < 8; ++c) {
    alignas(32) uint32_t lanes[8];
    _mm256_store_si256(reinterpret_cast<__m256i*>(lanes), sums[c]);
    for (const uint32_t lane : lanes) total += lane;
  }
  return total;
}

}  // namespace

const LimitKernels kAvx2Limits{.dot = {.dot_rounds = dot_rounds,
                                       .dot_macs = kDotChains * 32,
                                       .dot_lanes = kDotChains * 16,
                                       .dot_lane_bits = 16,
                                       .dot_lane_macs = 2,
                                       .macs_a_weight = 2},
                               .fma_rounds = fma_rounds,
                               .fma_macs = kFmaChains * 8,
                               .read_sum = read_sum};

}  // namespace mw::tensor
