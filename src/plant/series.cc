#include <algorithm>
#include <cmath>

#include "core/check.h"
#include "plant/internal/hold_cursor.h"
#include "plant/query.h"

namespace mw::plant {
namespace {

/// Means of equal stretches; a silence longer than the watchdog period, or a stretch of bad
/// samples, is a point without values.
class SeriesBuilder {
 public:
  SeriesBuilder(TimeWindow window, int64_t hold_ns, int max_points)
      : window_(window),
        hold_ns_(hold_ns),
        // Ceiling, so that the last stretch still lies within max_points.
        bucket_ns_((window.end_ns - window.start_ns + max_points - 1) / max_points) {}

  void add(const HeldSample& held) {
    const Sample& sample = *held.sample;
    if (sample.quality == Quality::kGood && std::isfinite(sample.value)) {
      good_ns_ += held.hold_ns;
    }
    if (sample.ts_ns < window_.start_ns) return;
    const bool usable = sample.quality != Quality::kBad && std::isfinite(sample.value);
    if (!usable) {
      broken_ = true;
      return;
    }
    const int64_t bucket = (sample.ts_ns - window_.start_ns) / bucket_ns_;
    if (bucket != bucket_) start(bucket, sample.ts_ns);
    broken_ = false;
    last_ns_ = sample.ts_ns;
    ++count_;
    sum_ += sample.value;
    min_ = std::min(min_, sample.value);
    max_ = std::max(max_, sample.value);
    first_ns_ = count_ == 1 ? sample.ts_ns : first_ns_;
  }

  Series finish() {
    close();
    const auto whole = static_cast<double>(window_.end_ns - window_.start_ns);
    out_.good_share = std::clamp(static_cast<double>(good_ns_) / whole, 0.0, 1.0);
    return std::move(out_);
  }

 private:
  void start(int64_t bucket, TimeNs ts_ns) {
    close();
    // A gap shows only where at least one whole stretch is empty: it takes that one's place, so
    // that there are never more than max_points.
    const bool silent = last_ns_ && ts_ns - *last_ns_ > hold_ns_;
    if (last_ns_ && bucket > bucket_ + 1 && (silent || broken_)) {
      out_.points.push_back({window_.start_ns + (bucket_ + 1) * bucket_ns_, {}, {}, {}});
    }
    bucket_ = bucket;
    count_ = 0;
    sum_ = 0;
    min_ = INFINITY;
    max_ = -INFINITY;
  }

  void close() {
    if (count_ == 0) return;
    // A stretch with one sample is that sample, at its own time.
    const TimeNs ts_ns = count_ == 1 ? first_ns_ : window_.start_ns + bucket_ * bucket_ns_;
    out_.points.push_back({ts_ns, sum_ / static_cast<double>(count_), min_, max_});
  }

  const TimeWindow window_;
  const int64_t hold_ns_;
  const int64_t bucket_ns_;
  Series out_;
  int64_t good_ns_ = 0;
  int64_t bucket_ = -1;
  uint64_t count_ = 0;
  double sum_ = 0, min_ = 0, max_ = 0;
  TimeNs first_ns_ = 0;
  std::optional<TimeNs> last_ns_;
  bool broken_ = false;
};

}  // namespace

Result<Series> series(const SampleStore& store, TagIndex tag, TimeWindow window, int64_t hold_ns,
                      int max_points) {
  MW_CHECK(max_points >= 1);
  SeriesBuilder builder(window, hold_ns, max_points);
  MW_TRY(for_each_held(store, tag, window, hold_ns,
                       [&](const HeldSample& held) { builder.add(held); }));
  return builder.finish();
}

}  // namespace mw::plant
