#include <algorithm>
#include <optional>

#include "core/check.h"
#include "plant/internal/chart_buckets.h"
#include "plant/internal/rollup_fold.h"
#include "plant/query.h"

namespace mw::plant {
namespace {

/// Equal stretches, each with the mean that aggregate() gives for it (ADR 0045); a silence longer
/// than the watchdog period, or a stretch of bad samples, is a point without values.
class SeriesBuilder {
 public:
  SeriesBuilder(const ChartBuckets& buckets, int64_t hold_ns)
      : buckets_(buckets), hold_ns_(hold_ns) {}

  void add(const Sample& sample) {
    const bool usable = has_number(sample);
    if (usable) enter(sample.ts_ns);
    // A bad one shows nothing of its own: it ends how long the one before it holds.
    if (fold_) fold_->add(sample);
    if (usable) last_ns_ = sample.ts_ns;
    broken_ = !usable;
  }

  void add(const Rollup& rollup) {
    if (rollup.count > 0) {
      broken_ = broken_ || rollup.first_ns < rollup.first.ts_ns;
      enter(rollup.first.ts_ns);
      last_ns_ = rollup.last.ts_ns;
    }
    if (fold_) fold_->add(rollup);
    broken_ = !rollup.last_usable;
  }

  std::vector<Bucket> finish() {
    close();
    return std::move(points_);
  }

 private:
  void enter(TimeNs ts_ns) {
    const int64_t bucket = buckets_.number(ts_ns);
    if (bucket == bucket_) return;
    close();
    // A gap shows only where at least one whole stretch is empty: it takes that one's place, so
    // that there are never more than max_points.
    const bool silent = last_ns_ && ts_ns - *last_ns_ > hold_ns_;
    if (last_ns_ && bucket > bucket_ + 1 && (silent || broken_)) {
      points_.push_back({buckets_.start_ns(bucket_ + 1), {}, {}, {}});
    }
    bucket_ = bucket;
    fold_.emplace(TimeWindow{buckets_.start_ns(bucket), buckets_.end_ns(bucket)}, hold_ns_);
  }

  void close() {
    if (!fold_) return;
    const Rollup whole = fold_->finish();
    const double min = whole.min.value, max = whole.max.value;
    // A stretch with one sample is that sample, at its own time. Rounding leaves no mean outside.
    if (whole.count == 1) {
      points_.push_back({whole.first.ts_ns, whole.first.value, min, max});
    } else {
      points_.push_back({buckets_.start_ns(bucket_), std::clamp(whole.mean, min, max), min, max});
    }
  }

  const ChartBuckets buckets_;
  const int64_t hold_ns_;
  std::vector<Bucket> points_;
  int64_t bucket_ = -1;
  std::optional<RollupFold> fold_;  // of that bucket; none before the first usable sample
  std::optional<TimeNs> last_ns_;
  bool broken_ = false;
};

/// How long good samples hold in a window.
class GoodTime {
 public:
  GoodTime(TimeWindow window, int64_t hold_ns) : window_(window), hold_ns_(hold_ns) {}

  void add(const Sample& sample) {
    hold_until(sample.ts_ns);
    start_ns_ = std::max(sample.ts_ns, window_.start_ns);
    stale_ns_ = stale_at(sample.ts_ns, hold_ns_);
    good_ = has_number(sample) && sample.quality == Quality::kGood;
  }
  void add(const Rollup& rollup) {
    hold_until(rollup.first_ns);
    sum_ns_ += rollup.good_ns;
    start_ns_ = rollup.end_ns();
    stale_ns_ = stale_at(rollup.last_ns, hold_ns_);
    good_ = rollup.last_good;
  }
  double share() {
    hold_until(window_.end_ns);
    const auto whole = static_cast<double>(window_.end_ns - window_.start_ns);
    return std::clamp(static_cast<double>(sum_ns_) / whole, 0.0, 1.0);
  }

 private:
  void hold_until(TimeNs next_ns) {
    const TimeNs end_ns = std::min({next_ns, stale_ns_, window_.end_ns});
    if (good_ && end_ns > start_ns_) sum_ns_ += end_ns - start_ns_;
  }

  const TimeWindow window_;
  const int64_t hold_ns_;
  int64_t sum_ns_ = 0;
  TimeNs start_ns_ = 0, stale_ns_ = 0;
  bool good_ = false;
};

}  // namespace

Result<Series> series(const SampleStore& store, TagIndex tag, TimeWindow window, int64_t hold_ns,
                      int max_points) {
  MW_CHECK(max_points >= 1);
  MW_CHECK(window.start_ns < window.end_ns);
  Series out;
  out.basis = basis_of(store, tag, window);
  const ChartBuckets buckets = choose_buckets(out.basis, max_points);
  out.bucket_ns = buckets.width_ns;
  SeriesBuilder builder(buckets, hold_ns);
  GoodTime good(out.basis.window, hold_ns);
  MW_ASSIGN(const std::optional<Sample> before, store.last_before(tag, buckets.window.start_ns));
  if (before) good.add(*before);
  const auto take = [&](const auto& piece) {
    good.add(piece);
    builder.add(piece);
    return true;
  };
  const int64_t widest_ns = buckets.width_ns % kHourNs == 0 ? kHourNs : 0;
  MW_TRY(store.pieces(tag, out.basis.window, widest_ns, SampleStore::PieceUse::kChart, take, take));
  out.points = builder.finish();
  out.good_share = good.share();
  return out;
}

}  // namespace mw::plant
