#pragma once

#include <cmath>
#include <cstdint>

#include "core/evidence.h"
#include "plant/asset.h"
#include "plant/rollup.h"
#include "plant/sample.h"

namespace mw::plant {

inline bool has_number(const Sample& sample) {
  return sample.quality != Quality::kBad && std::isfinite(sample.value);
}

/// Adds up what lies in a window: samples and rollups, ascending, without overlap. The sums of
/// weights after West 1979 and Chan 1979, which do not lose digits when the values are large and
/// their spread is small. Splitting a window into rollups changes counts, times, extremes, first
/// and last by nothing, and means by rounding only.
class RollupFold {
 public:
  RollupFold(TimeWindow window, int64_t hold_ns) : window_(window), hold_ns_(hold_ns) {
    sum_.start_ns = window.start_ns;
    sum_.width_ns = window.end_ns - window.start_ns;
  }

  void add(const Sample& sample) {
    add(sample.ts_ns, sample.value, has_number(sample), sample.quality == Quality::kGood);
  }
  void add(TimeNs ts_ns, double value, bool usable, bool good);
  void add(const Rollup& rollup);
  /// Goes on with the samples of a rollup of this very window, as if they had been added.
  void resume(const Rollup& rollup);
  bool empty() const { return sum_.count + sum_.bad_count == 0; }
  /// The time of the newest sample so far; only unless empty().
  TimeNs last_ns() const { return sum_.last_ns; }
  /// Lets the last sample hold to its end and gives the whole.
  Rollup finish();

 private:
  void close(TimeNs next_ns);
  void count_from(double value);
  void weigh(double value, double weight);

  const TimeWindow window_;
  const int64_t hold_ns_;
  Rollup sum_;
  TimeNs weighed_ns_ = 0;  // up to where the last sample's holding is in the sums
};

/// How long a sample of a tag holds when no other comes.
inline int64_t hold_of(const Tag& tag) { return static_cast<int64_t>(tag.watchdog_s * 1e9); }

/// Where a sample stops to hold when no other comes: no overflow at the end of time.
inline TimeNs stale_at(TimeNs ts_ns, int64_t hold_ns) {
  TimeNs stale_ns = 0;
  return __builtin_add_overflow(ts_ns, hold_ns, &stale_ns) ? INT64_MAX : stale_ns;
}

/// Start of the stretch of that width in which a time lies, also before 1970.
inline TimeNs stretch_of(TimeNs ts_ns, int64_t width_ns) {
  const TimeNs start_ns = ts_ns - ts_ns % width_ns;
  return ts_ns % width_ns < 0 ? start_ns - width_ns : start_ns;
}

}  // namespace mw::plant
