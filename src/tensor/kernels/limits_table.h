#pragma once

// Micro-benchmarks of an instruction set: what its multiply-adds and loads can do at best, with
// nothing around them. Each computes something that is checked, so that it cannot be left out by
// a compiler or go unnoticed when it is wrong. Plain types only, as in kernels/table.h.

#include <stddef.h>
#include <stdint.h>

namespace mw::tensor {

/// Operands of the byte products: 7 * -3 in each place.
inline constexpr int kLimitWeight = 7;
inline constexpr int kLimitActivation = -3;
/// `read_sum` takes multiples of this.
inline constexpr size_t kLimitReadBytes = 512;
/// More rounds than this and a float lane of `fma_rounds` is no longer exact.
inline constexpr int64_t kMaxLimitRounds = int64_t{1} << 24;

struct DotLimit {
  /// `rounds` of independent integer multiply-adds of the kind that the w4 product is made of, in
  /// registers. Returns the sum of all lanes, each as an unsigned number of `dot_lane_bits`.
  uint32_t (*dot_rounds)(int64_t rounds);
  int dot_macs;       // multiply-adds a round
  int dot_lanes;      // lanes that are summed at the end
  int dot_lane_bits;  // 16 or 32
  int dot_lane_macs;  // multiply-adds a lane takes a round
  int macs_a_weight;  // of these, how many the product of one w4 weight with one activation takes
};

struct LimitKernels {
  DotLimit dot;

  /// `rounds` of independent f32 multiply-adds that add 1 to each lane; the sum of all lanes.
  double (*fma_rounds)(int64_t rounds);
  int fma_macs;  // multiply-adds (= lanes) a round

  /// The sum of all 32-bit words of `bytes`, modulo 2^32.
  uint32_t (*read_sum)(const void* data, size_t bytes);
};

extern const LimitKernels kScalarLimits;
extern const LimitKernels kAvx2Limits;
extern const LimitKernels kAvx512Limits;
extern const DotLimit kAvxVnniDotLimit;  // beside kAvx2Limits
extern const DotLimit kAmxDotLimit;      // beside kAvx512Limits

}  // namespace mw::tensor
