#include "tensor/machine_limits.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"
#include "tensor/kernels/limits_table.h"
#include "tensor/kernels/table.h"

namespace mw::tensor {
namespace {

/// Differences below this are noise: best-of runs on a busy machine repeat to about 2 %.
constexpr double kNoise = 0.97;

int smallest_near_best(const MachineLimits& limits, double ThreadRates::*rate) {
  double best = 0;
  for (const ThreadRates& each : limits.rates) best = std::max(best, each.*rate);
  for (const ThreadRates& each : limits.rates) {
    if (each.*rate >= kNoise * best) return each.threads;
  }
  return 1;
}

/// Rows whose multiplying takes as long as the product of one row does.
int rows_at_balance(const ThreadRates& rates, double weight_bytes) {
  if (rates.memory_gb_s <= 0 || rates.decode_gb_s <= 0) return 1;
  // One row of w4 is measured. A wider format takes at least the kernel's time for it, and at least
  // as long as its bytes need.
  const double one_row_ns =
      std::max(weight_bytes / rates.memory_gb_s, kW4WeightBytes / rates.decode_gb_s);
  return static_cast<int>(std::clamp(rates.prefill_gmac_s * one_row_ns, 1.0, 512.0));
}

}  // namespace

const ThreadRates& MachineLimits::at(int threads) const {
  MW_CHECK(!rates.empty());
  const ThreadRates* found = &rates.front();
  for (const ThreadRates& each : rates) {
    if (each.threads <= threads) found = &each;
  }
  return *found;
}

ThreadChoice choose_threads(const MachineLimits& limits) {
  ThreadChoice out;
  if (limits.busy) {
    // A team of two that never had both cores looks no faster than one thread.
    out.threads = out.decode = out.prefill = limits.rates.back().threads;
    return out;
  }
  out.decode = smallest_near_best(limits, &ThreadRates::decode_gb_s);
  out.prefill = smallest_near_best(limits, &ThreadRates::prefill_gmac_s);
  out.threads = std::max(out.decode, out.prefill);
  return out;
}

Isa choose_faster(const std::vector<IsaRates>& isas) {
  MW_CHECK(!isas.empty());
  const auto score = [](const IsaRates& each) {
    return std::sqrt(each.prefill_gmac_s * each.decode_gb_s);
  };
  double best = 0;
  for (const IsaRates& each : isas) best = std::max(best, score(each));
  Isa chosen = Isa::kScalar;
  for (const IsaRates& each : isas) {
    if (score(each) >= kNoise * best) chosen = std::max(chosen, each.isa);
  }
  return chosen;
}

BatchShapes choose_batch_shapes(const MachineLimits& limits, int threads) {
  // On a busy machine one thread was the least disturbed.
  const ThreadRates& rates = limits.busy ? limits.rates.front() : limits.at(threads);
  BatchShapes out;
  // The product's own rate, not the instruction's: unpacking and scales are part of a row's price.
  out.decode_rows_w4 = rows_at_balance(rates, kW4WeightBytes);
  out.decode_rows_w8 = rows_at_balance(rates, kW8WeightBytes);
  const int rows = 10 * out.decode_rows_w8;
  out.prefill_rows = (rows + kTileTokens - 1) / kTileTokens * kTileTokens;
  return out;
}

double mac_share(const MachineLimits& limits, int threads, double tok_s, double macs) {
  const double limit = limits.at(threads).int_gmac_s * 1e9;
  return limit <= 0 ? 0 : macs * tok_s / limit;
}

LimitShare decode_share(const MachineLimits& limits, int threads, double tok_s, int batch,
                        double bytes) {
  const double limit = limits.at(threads).memory_gb_s * 1e9;
  const double steps = tok_s / std::max(1, batch);
  return {limit <= 0 ? 0 : bytes * steps / limit, bytes <= static_cast<double>(limits.l3_bytes)};
}

int macs_a_weight(Isa isa, InputForm form) {
  return form == InputForm::kBytes ? 1 : limit_kernels_of(isa).dot.macs_a_weight;
}

const LimitKernels& limit_kernels_of(Isa isa) {
  static const LimitKernels avx_vnni{kAvxVnniDotLimit, kAvx2Limits.fma_rounds, kAvx2Limits.fma_macs,
                                     kAvx2Limits.read_sum};
  static const LimitKernels amx{kAmxDotLimit, kAvx512Limits.fma_rounds, kAvx512Limits.fma_macs,
                                kAvx512Limits.read_sum};
  switch (isa) {
    case Isa::kAmx:
      return amx;
    case Isa::kAvx512:
      return kAvx512Limits;
    case Isa::kAvxVnni:
      return avx_vnni;
    case Isa::kAvx2:
      return kAvx2Limits;
    case Isa::kScalar:
      break;
  }
  return kScalarLimits;
}

}  // namespace mw::tensor
