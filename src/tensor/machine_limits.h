#pragma once

#include <cstdint>
#include <vector>

#include "tensor/activations.h"
#include "tensor/isa.h"

namespace mw::tensor {

/// What the machine does with a number of threads; rates of all of them together.
struct ThreadRates {
  int threads = 1;
  double int_gmac_s = 0;      // integer multiply-adds of the w4 product's instruction, registers
  double f32_gmac_s = 0;      // f32 multiply-adds, registers
  double l2_gb_s = 0;         // reading half of each core's L2
  double memory_gb_s = 0;     // reading a buffer four times the size of L3
  double prefill_gmac_s = 0;  // w4 product of 64 tokens: weights times tokens, counted once
  double decode_gb_s = 0;     // w4 product of one token: bytes of weights, from memory
};

/// The two products on an instruction set, with all cores.
struct IsaRates {
  Isa isa = Isa::kScalar;
  double prefill_gmac_s = 0;
  double decode_gb_s = 0;
};

/// What a calibration found. Rates only: what follows from them (threads, batch shapes) is computed
/// by the functions below, so that a stored file cannot contradict itself.
struct MachineLimits {
  Isa isa = Isa::kScalar;          // the rates below are of this one
  std::vector<IsaRates> isas;      // those that were compared
  std::vector<ThreadRates> rates;  // ascending threads, from 1 to the cores that may be used
  uint64_t l2_bytes = 0;           // of a core
  uint64_t l3_bytes = 0;           // of the machine; 0 when there is none
  uint64_t buffer_bytes = 0;       // what memory_gb_s and decode_gb_s were read from
  int64_t measured_at_s = 0;       // Unix time
  double took_ms = 0;
  /// Others used the processors in every run of some rate. Such rates choose no threads and no
  /// instruction set: all cores and the highest are taken, as if nothing had been measured. Batch
  /// shapes are those of one thread, which was disturbed least.
  bool busy = false;

  /// The rates with the most threads that were measured and are at most `threads`.
  const ThreadRates& at(int threads) const;
};

/// Bytes that hold a w4 weight: the narrowest format, so the one that memory limits least.
inline constexpr double kW4WeightBytes = 0.625;
inline constexpr double kW8WeightBytes = 1.0625;

/// The smallest number of threads within 3 % of the best rate: more would heat the machine and
/// take cores from others for nothing. `threads` serves a team that does both, as ours does today.
struct ThreadChoice {
  int decode = 1;
  int prefill = 1;
  int threads = 1;
};
ThreadChoice choose_threads(const MachineLimits& limits);

/// The instruction set whose products are faster, as the geometric mean of both rates; within 3 %
/// the higher one.
Isa choose_faster(const std::vector<IsaRates>& isas);

/// Batch shapes at the balance point: rows (tokens) of a step whose multiplying takes as long as
/// the product of one row, which waits for memory or for the kernel. No bit of an answer depends on
/// them.
struct BatchShapes {
  /// Sequences that decode for little more than the time of one, with w4 and w8 weights. (Three
  /// take 1.27 times the time of one on a Zen 4 where this says three, six take 1.9.)
  int decode_rows_w4 = 1;
  int decode_rows_w8 = 1;
  /// Ten times the balance point: reading weights costs a prefill step a tenth at most; a multiple
  /// of a tile. More only makes the sequences that decode wait longer.
  int prefill_rows = 8;
};
BatchShapes choose_batch_shapes(const MachineLimits& limits, int threads);

/// How far rates are from a limit, as bench and the comparison print it.
struct LimitShare {
  double share = 0;    // rate / limit; over 1 when the limit is not the one that holds
  bool in_l3 = false;  // the weights fit L3, so memory need not be read for each token
};
/// `macs` byte products per token.
double mac_share(const MachineLimits& limits, int threads, double tok_s, double macs);
/// `bytes` of weights read per step of `batch` tokens.
LimitShare decode_share(const MachineLimits& limits, int threads, double tok_s, int batch,
                        double bytes);
/// Multiply-adds that the w4 product spends on a weight: one for each byte of an activation.
int macs_a_weight(Isa isa, InputForm form);

struct LimitKernels;  // kernels/limits_table.h
const LimitKernels& limit_kernels_of(Isa isa);

}  // namespace mw::tensor
