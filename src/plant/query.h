#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/evidence.h"
#include "core/result.h"
#include "plant/asset.h"
#include "plant/rollup.h"
#include "plant/sample_store.h"

namespace mw::plant {

/// What an answer about a window stands on. Where samples were thinned out (ADR 0090), it is
/// computed over whole stretches, so the window may be a little wider than the one that was asked.
struct Basis {
  TimeWindow window;  // over which it was computed
  // Widest stretch of which only aggregates are kept in it; 0: every sample is there as it came.
  int64_t resolution_ns = 0;
  Interpolation interpolation = Interpolation::kStepped;  // what it was computed with
  // The tag's values go along lines, and these could not be drawn here (choose_interpolation).
  bool stepped_instead = false;
};
Basis basis_of(const SampleStore& store, TagIndex tag, TimeWindow window);

/// What a window of a numeric tag amounts to.
///
/// A sample holds until the next one, but no longer than the tag's watchdog period, nor past the
/// window's end; that stretch is its weight. `mean` and `stddev` (population) are weighted so,
/// `slope_per_minute` is the least-squares line through the samples. Bad samples end the stretch
/// before them and count for nothing else; uncertain ones count, but not for `good_share`. Samples
/// before the window count only for `good_share`, and for the values only when no usable sample
/// lies inside (then the one that still holds stands for all of it and `count` is 0).
struct Aggregate {
  uint64_t count = 0;          // usable samples inside the window
  uint64_t bad_count = 0;      // bad samples inside the window
  std::optional<double> mean;  // these are absent when nothing usable covers the window
  std::optional<ValueAt> min, max, first, last;
  std::optional<double> change;  // last - first; needs two samples
  std::optional<double> stddev;
  std::optional<double> slope_per_minute;  // needs two samples at different times
  double good_share = 0;                   // share of the window that good samples cover, 0..1
  double usable_share = 0;                 // the same with uncertain ones
  Basis basis;
  /// Bad when nothing usable, uncertain when less than 90 % is good, else good.
  Quality quality() const;
};

/// One stretch of a series for display, with the numbers that aggregate() gives for it; one with a
/// single sample is that sample. Empty optionals are a gap.
struct Bucket {
  TimeNs ts_ns = 0;  // of the stretch's start, or of the sample when samples are returned as such
  std::optional<double> mean, min, max;
};

struct Series {
  std::vector<Bucket> points;  // at most `max_points`, ascending
  double good_share = 0;
  int64_t bucket_ns = 0;  // width of a stretch
  Basis basis;
};

/// A stretch in one state, or with one text. `state` is empty where it is not known (gap or bad
/// quality), and where a text tag says nothing.
struct StateSpan {
  std::string state;
  TimeNs start_ns = 0;
  TimeNs end_ns = 0;
  bool operator==(const StateSpan&) const = default;
};

struct StateTotal {
  std::string state;
  int64_t duration_ns = 0;
  int entries = 0;  // times it was entered inside the window (not: was already in it)
};

struct StateHistory {
  std::vector<StateSpan> spans;    // ascending, without overlap, covering the window
  std::vector<StateTotal> totals;  // longest first, unknown not among them
  double good_share = 0;
};

/// Growth of a counter over a window; a fall is a reset, counted from zero.
struct CounterIncrease {
  double increase = 0;
  int resets = 0;
  uint64_t count = 0;
  double good_share = 0;
  std::optional<ValueAt> first, last;  // first: the value that the count starts from
  Basis basis;
};

/// Windows are half-open and must not be empty; `hold_ns` is the tag's watchdog period. Long
/// windows are answered from rollups, with the same result as from every sample: means, deviations
/// and slopes up to rounding, all else exactly. Errors are the store's own.
Result<Aggregate> aggregate(const SampleStore& store, TagIndex tag, TimeWindow window,
                            int64_t hold_ns);
Result<Series> series(const SampleStore& store, TagIndex tag, TimeWindow window, int64_t hold_ns,
                      int max_points);
Result<StateHistory> state_history(const SampleStore& store, TagIndex tag, TimeWindow window,
                                   int64_t hold_ns);
Result<CounterIncrease> counter_increase(const SampleStore& store, TagIndex tag, TimeWindow window,
                                         int64_t hold_ns);

}  // namespace mw::plant
