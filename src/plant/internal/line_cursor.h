#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <optional>

#include "core/evidence.h"
#include "core/result.h"
#include "plant/internal/rollup_fold.h"
#include "plant/sample.h"
#include "plant/sample_store.h"

namespace mw::plant {

/// A stretch of time over which a tag has a value: along a line from one end to the other.
struct Stretch {
  TimeNs start_ns = 0, end_ns = 0;
  double start_value = 0, end_value = 0;
  bool good = false;

  double at(TimeNs ts_ns) const {
    const auto part = static_cast<double>(ts_ns - start_ns);
    return std::lerp(start_value, end_value, part / static_cast<double>(end_ns - start_ns));
  }
  Stretch cut(TimeNs from_ns, TimeNs to_ns) const {
    return {from_ns, to_ns, at(from_ns), at(to_ns), good};
  }
};

/// From a sample to the next one, or as far as it holds; none after a sample without a value.
/// `next` may be nullptr. Not cut to any window.
inline std::optional<Stretch> stretch_between(const Sample& sample, const Sample* next,
                                              int64_t hold_ns) {
  if (!has_number(sample)) return std::nullopt;
  const TimeNs stale_ns = stale_at(sample.ts_ns, hold_ns);
  const bool good = sample.quality == Quality::kGood;
  if (next != nullptr && has_number(*next) && next->ts_ns <= stale_ns) {
    return Stretch{sample.ts_ns, next->ts_ns, sample.value, next->value,
                   good && next->quality == Quality::kGood};
  }
  const TimeNs end_ns = next == nullptr ? stale_ns : std::min(stale_ns, next->ts_ns);
  return Stretch{sample.ts_ns, end_ns, sample.value, sample.value, good};
}

/// Adds up stretches: time, mean, spread and extremes of the line.
class LineSum {
 public:
  void add(const Stretch& stretch) {
    const int64_t length_ns = stretch.end_ns - stretch.start_ns;
    if (length_ns <= 0) return;
    if (stretch.good) good_ns_ += length_ns;
    if (usable_ns_ == 0) {
      min_ = max_ = first_ = {stretch.start_value, stretch.start_ns};
    }
    for (const ValueAt at : {ValueAt{stretch.start_value, stretch.start_ns},
                             ValueAt{stretch.end_value, stretch.end_ns}}) {
      if (at.value < min_.value) min_ = at;
      if (at.value > max_.value) max_ = at;
      last_ = at;
    }
    usable_ns_ += length_ns;
    // After Chan 1979, as RollupFold; a line's own spread is its height squared over twelve.
    const auto weight = static_cast<double>(length_ns);
    const double middle = std::midpoint(stretch.start_value, stretch.end_value);
    const double height = stretch.end_value - stretch.start_value;
    const double step = middle - mean_;
    mean_ += step * weight / static_cast<double>(usable_ns_);
    spread_ += weight * (step * (middle - mean_) + height * height / 12);
  }

  int64_t good_ns() const { return good_ns_; }
  int64_t usable_ns() const { return usable_ns_; }
  // These only when usable_ns() > 0. Rounding leaves no mean outside the extremes.
  double mean() const { return std::clamp(mean_, min_.value, max_.value); }
  double stddev() const {
    return std::sqrt(std::max(0.0, spread_ / static_cast<double>(usable_ns_)));
  }
  ValueAt min() const { return min_; }
  ValueAt max() const { return max_; }
  ValueAt first() const { return first_; }
  ValueAt last() const { return last_; }

 private:
  int64_t good_ns_ = 0, usable_ns_ = 0;
  double mean_ = 0, spread_ = 0;
  ValueAt min_, max_, first_, last_;
};

/// Calls `take` for each stretch of the window, ascending and cut to it, and `inside` for each
/// sample in it, before the stretch that begins there.
template <class Inside, class Take>
Result<void> for_each_stretch(const SampleStore& store, TagIndex tag, TimeWindow window,
                              int64_t hold_ns, const Inside& inside, const Take& take) {
  MW_ASSIGN(std::optional<Sample> last, store.last_before(tag, window.start_ns));
  const auto close = [&](const Sample* next) {
    if (!last) return;
    const std::optional<Stretch> whole = stretch_between(*last, next, hold_ns);
    if (!whole) return;
    const TimeNs from_ns = std::max(whole->start_ns, window.start_ns);
    const TimeNs to_ns = std::min(whole->end_ns, window.end_ns);
    if (from_ns >= to_ns) return;
    const bool uncut = from_ns == whole->start_ns && to_ns == whole->end_ns;
    take(uncut ? *whole : whole->cut(from_ns, to_ns));
  };
  bool ended = false;
  // The line over the window's end goes to the first sample after it.
  const TimeWindow wider{window.start_ns, stale_at(window.end_ns, hold_ns)};
  MW_TRY(store.scan(tag, wider, [&](const Sample& sample) {
    close(&sample);
    ended = sample.ts_ns >= window.end_ns;
    if (ended) return false;
    inside(sample);
    last = sample;
    return true;
  }));
  if (!ended) close(nullptr);
  return {};
}

}  // namespace mw::plant
