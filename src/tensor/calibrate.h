#pragma once

#include <optional>

#include "core/result.h"
#include "tensor/machine_limits.h"

namespace mw::tensor {

struct CalibrationOptions {
  int cores = 1;           // threads to go up to
  std::optional<Isa> isa;  // only this one; else all but scalar are compared
  uint64_t l2_bytes = 0;   // of a core
  uint64_t l3_bytes = 0;
  uint64_t buffer_bytes = 0;  // 0: four times L3, 64 to 512 MiB, an eighth of free memory at most
  int64_t now_s = 0;          // for measured_at_s
  int64_t budget_ns = 8'000'000;  // for each rate; at least three runs, whatever they take
};

/// Measures the machine: 0.2 s on two quiet cores, up to a second on busy ones (docs/adr/0015).
///
/// Numbers  the best of runs of about a millisecond: multiply-adds, L2 and the product of many
///          tokens by the processor time of the threads; memory and the product of one token by the
///          clock, in runs in which all threads had a core nearly all the time. Where there is no
///          such run after a while, the best of all, and `busy` is set.
/// Errors   kInternal when a kernel computes something else than the reference: every result is
///          compared, and a machine or build that is wrong must not go on.
/// Threads  starts teams of its own and ends them.
Result<MachineLimits> calibrate(const CalibrationOptions& options);

/// The thread counts that are measured: each up to four, then powers of two, and `cores`.
std::vector<int> calibrated_thread_counts(int cores);

}  // namespace mw::tensor
