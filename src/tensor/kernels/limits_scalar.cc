// Limits of the baseline, x86-64 with SSE2. The reference multiplies pairs of integers by pmaddwd;
// mulps with addps are the best that a compiler can make of its floats.
#include <emmintrin.h>

#include "tensor/kernels/limits_table.h"
#include "tensor/kernels/table.h"

namespace mw::tensor {
namespace {

// Of 16 registers, one a chain and one for its product.
constexpr int kChains = 7;

uint32_t dot_rounds(int64_t rounds) {
  const __m128i weight = _mm_set1_epi16(kLimitWeight);
  const __m128i activation = _mm_set1_epi16(kLimitActivation);
  __m128i sums[kChains];
  MW_UNROLL
  for (int c = 0; c < kChains; ++c) sums[c] = _mm_setzero_si128();
  for (int64_t i = 0; i < rounds; ++i) {
    MW_UNROLL
    for (int c = 0; c < kChains; ++c) {
      __m128i pairs = weight;
      asm volatile(
          "pmaddwd %2, %1\n\t"
          "paddd %1, %0"
          : "+x"(sums[c]), "+x"(pairs)
          : "x"(activation));
    }
  }
  uint32_t total = 0;
  MW_UNROLL
  for (int c = 0; c < kChains; ++c) {
    alignas(16) uint32_t lanes[4];
    _mm_store_si128(reinterpret_cast<__m128i*>(lanes), sums[c]);
    for (const uint32_t lane : lanes) total += lane;
  }
  return total;
}

double fma_rounds(int64_t rounds) {
  const __m128 half = _mm_set1_ps(0.5F);
  const __m128 two = _mm_set1_ps(2.0F);
  __m128 sums[kChains];
  MW_UNROLL
  for (int c = 0; c < kChains; ++c) sums[c] = _mm_setzero_ps();
  for (int64_t i = 0; i < rounds; ++i) {
    MW_UNROLL
    for (int c = 0; c < kChains; ++c) {
      __m128 product = half;
      asm volatile(
          "mulps %2, %1\n\t"
          "addps %1, %0"
          : "+x"(sums[c]), "+x"(product)
          : "x"(two));
    }
  }
  double total = 0;
  MW_UNROLL
  for (int c = 0; c < kChains; ++c) {
    alignas(16) float lanes[4];
    _mm_store_ps(lanes, sums[c]);
    for (const float lane : lanes) total += static_cast<double>(lane);
  }
  return total;
}

uint32_t read_sum(const void* data, size_t bytes) {
  const auto* at = static_cast<const uint8_t*>(data);
  const uint8_t* end = at + bytes;
  __m128i sums[8];
  MW_UNROLL
  for (int c = 0; c < 8; ++c) sums[c] = _mm_setzero_si128();
  for (; at != end; at += kLimitReadBytes / 4) {
    MW_UNROLL
    for (int c = 0; c < 8; ++c) {
      const auto* line = reinterpret_cast<const __m128i*>(at + 16 * c);
      sums[c] = _mm_add_epi32(sums[c], _mm_loadu_si128(line));
    }
  }
  uint32_t total = 0;
  MW_UNROLL
  for (int c = 0; c < 8; ++c) {
    alignas(16) uint32_t lanes[4];
    _mm_store_si128(reinterpret_cast<__m128i*>(lanes), sums[c]);
    for (const uint32_t lane : lanes) total += lane;
  }
  return total;
}

}  // namespace

const LimitKernels kScalarLimits{.dot = {.dot_rounds = dot_rounds,
                                         .dot_macs = kChains * 8,
                                         .dot_lanes = kChains * 4,
                                         .dot_lane_bits = 32,
                                         .dot_lane_macs = 2,
                                         .macs_a_weight = 1},
                                 .fma_rounds = fma_rounds,
                                 .fma_macs = kChains * 4,
                                 .read_sum = read_sum};

}  // namespace mw::tensor
