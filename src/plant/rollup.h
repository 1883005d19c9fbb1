#pragma once

#include <cstdint>

#include "core/clock.h"

namespace mw::plant {

/// Widths of the stretches that the store keeps aggregates of; stretches start at multiples of
/// their width since 1970 UTC.
inline constexpr int64_t kMinuteNs = kNsPerMinute;
inline constexpr int64_t kHourNs = kNsPerHour;

/// A value and when it held.
struct ValueAt {
  double value = 0;
  TimeNs ts_ns = 0;
  bool operator==(const ValueAt&) const = default;
};

/// What the samples inside one stretch [start_ns, start_ns + width_ns) amount to: enough to answer
/// for them as if they were there (ADR 0089). Only samples inside count; a sample holds until the
/// next one, at most the tag's watchdog period, and here no longer than the stretch. What it holds
/// beyond, and what the sample before the stretch holds into it, whoever reads adds (RollupFold).
/// A stretch without any sample has no Rollup.
struct Rollup {
  TimeNs start_ns = 0;
  int64_t width_ns = 0;
  uint64_t count = 0;      // usable samples: a finite number, not bad
  uint64_t bad_count = 0;  // the others
  int64_t good_ns = 0;     // held by good samples
  int64_t usable_ns = 0;   // held by usable ones
  double sum = 0;          // of the usable values, each once
  double mean = 0;         // weighted by holding time
  double spread = 0;       // sum of holding time in ns x (value - mean)^2
  // The least-squares line: mean of the times in minutes after start_ns, sum of their squared
  // distances from it, sum of the products with the values' distances.
  double mean_minutes = 0, times = 0, times_values = 0;
  double increase = 0;  // of a counter between the samples; a fall counts from zero
  uint64_t resets = 0;
  ValueAt min, max, first, last;  // of usable samples; meaningless when count is 0
  TimeNs first_ns = 0;            // of the first sample, usable or not
  TimeNs last_ns = 0;             // of the last one
  bool last_usable = false;       // whether that one is
  bool last_good = false;

  TimeNs end_ns() const { return start_ns + width_ns; }
};

/// From where on a tag is kept how: samples as they came from `raw_from_ns` on, aggregates of
/// minutes from `minute_from_ns` on, of hours from `hour_from_ns` on; before that nothing is left.
/// Whole hours, ascending backwards (raw_from >= minute_from >= hour_from); the smallest time:
/// nothing was removed.
struct KeptFrom {
  TimeNs raw_from_ns = INT64_MIN;
  TimeNs minute_from_ns = INT64_MIN;
  TimeNs hour_from_ns = INT64_MIN;
  bool operator==(const KeptFrom&) const = default;
};

/// What one bounded step of thinning out did.
struct ThinStep {
  uint64_t removed_samples = 0;
  bool done = false;  // nothing is left to remove for this target
};

}  // namespace mw::plant
