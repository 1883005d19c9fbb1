#include "plant/interpolation.h"

#include <algorithm>

#include "core/check.h"
#include "plant/internal/chart_buckets.h"
#include "plant/internal/line_cursor.h"

namespace mw::plant {
namespace {

double as_share(int64_t part_ns, TimeWindow window) {
  const auto whole = static_cast<double>(window.end_ns - window.start_ns);
  return std::clamp(static_cast<double>(part_ns) / whole, 0.0, 1.0);
}

Basis line_basis(TimeWindow window) { return {window, 0, Interpolation::kLinear, false}; }

Error no_line(const char* en, const char* zh) {
  return Error::make(Code::kInvalidArgument, en, zh, "interpolation");
}

/// One stretch of a chart along lines.
struct LineBucket {
  LineSum sum;
  uint64_t count = 0;  // usable samples inside
  ValueAt first;
  bool after_gap = false;  // a silence or a bad sample lies before its first one
};

/// Equal stretches of a chart; the same that SeriesBuilder fills with steps, gaps included.
class LineChart {
 public:
  LineChart(const ChartBuckets& buckets, int64_t hold_ns)
      : buckets_(buckets),
        hold_ns_(hold_ns),
        sums_(static_cast<std::size_t>(buckets.number(buckets.window.end_ns - 1)) + 1) {}

  void add(const Sample& sample) {
    if (!has_number(sample)) {
      broken_ = true;
      return;
    }
    LineBucket& bucket = at(buckets_.number(sample.ts_ns));
    if (bucket.count++ == 0) {
      bucket.first = {sample.value, sample.ts_ns};
      bucket.after_gap = last_ns_ && (broken_ || sample.ts_ns - *last_ns_ > hold_ns_);
    }
    last_ns_ = sample.ts_ns;
    broken_ = false;
  }

  void add(const Stretch& stretch) {
    if (stretch.good) good_ns_ += stretch.end_ns - stretch.start_ns;
    const int64_t last = buckets_.number(stretch.end_ns - 1);
    for (int64_t i = buckets_.number(stretch.start_ns); i <= last; ++i) {
      const TimeNs from_ns = std::max(stretch.start_ns, buckets_.start_ns(i));
      const TimeNs to_ns = std::min(stretch.end_ns, buckets_.end_ns(i));
      at(i).sum.add(stretch.cut(from_ns, to_ns));
    }
  }

  /// A stretch without a sample gets no point: the line to draw goes straight through it.
  std::vector<Bucket> finish() const {
    std::vector<Bucket> points;
    int64_t before = -1;
    for (int64_t i = 0; i < static_cast<int64_t>(sums_.size()); ++i) {
      const LineBucket& each = sums_[static_cast<std::size_t>(i)];
      if (each.count == 0) continue;
      if (each.after_gap && i > before + 1) {
        points.push_back({buckets_.start_ns(before + 1), {}, {}, {}});
      }
      before = i;
      if (each.count == 1) {
        const double value = each.first.value;
        points.push_back({each.first.ts_ns, value, value, value});
      } else {
        points.push_back(
            {buckets_.start_ns(i), each.sum.mean(), each.sum.min().value, each.sum.max().value});
      }
    }
    return points;
  }
  int64_t good_ns() const { return good_ns_; }

 private:
  LineBucket& at(int64_t bucket) { return sums_[static_cast<std::size_t>(bucket)]; }

  const ChartBuckets buckets_;
  const int64_t hold_ns_;
  std::vector<LineBucket> sums_;
  std::optional<TimeNs> last_ns_;
  bool broken_ = false;
  int64_t good_ns_ = 0;
};

}  // namespace

std::optional<Interpolation> interpolation_of(std::string_view text) {
  if (text == "stepped") return Interpolation::kStepped;
  if (text == "linear") return Interpolation::kLinear;
  return std::nullopt;
}

std::string_view interpolation_name(Interpolation interpolation) {
  return interpolation == Interpolation::kLinear ? "linear" : "stepped";
}

std::string_view how_name(PointValue::How how) {
  switch (how) {
    case PointValue::How::kNone:
      return "none";
    case PointValue::How::kSample:
      return "sample";
    case PointValue::How::kHeld:
      return "held";
    case PointValue::How::kLine:
      return "line";
  }
  return "none";
}

Result<Interpolation> choose_interpolation(const SampleStore& store, const Tag& tag,
                                           TimeWindow window, std::optional<Interpolation> asked) {
  if (asked.value_or(tag.interpolation) == Interpolation::kStepped) return Interpolation::kStepped;
  if (tag.kind != TagKind::kNumber) {
    return no_line("'interpolation': a counter, a state or a text goes in steps: ask for stepped",
                   "“interpolation”：计数、状态和文本只能阶梯变化，请使用 stepped");
  }
  const bool kept = window.start_ns >= store.kept_from(tag.index).raw_from_ns;
  if (kept && window.end_ns - window.start_ns <= kLongestLinearNs) return Interpolation::kLinear;
  if (!asked) return Interpolation::kStepped;
  if (!kept) {
    return no_line(
        "'interpolation': of the window's beginning only aggregates are kept, and they do not tell "
        "how the value went from sample to sample: ask for a later window, or for stepped",
        "“interpolation”：该时间段开头只保留了聚合值，无法得知采样之间的变化：请选择更晚的时间段，"
        "或使用 stepped");
  }
  return no_line(
      "'interpolation': lines are drawn over at most 31 days: ask for a shorter window, or for "
      "stepped",
      "“interpolation”：linear 最多支持 31 天：请缩短时间段，或使用 stepped");
}

Result<Aggregate> linear_aggregate(const SampleStore& store, TagIndex tag, TimeWindow window,
                                   int64_t hold_ns) {
  MW_CHECK(window.start_ns < window.end_ns);
  LineSum line;
  RollupFold samples(window, hold_ns);  // counts, first, last, slope: not of the line
  MW_TRY(for_each_stretch(
      store, tag, window, hold_ns, [&](const Sample& sample) { samples.add(sample); },
      [&](const Stretch& stretch) { line.add(stretch); }));
  const Rollup inside = samples.finish();
  Aggregate out;
  out.basis = line_basis(window);
  out.count = inside.count;
  out.bad_count = inside.bad_count;
  out.good_share = as_share(line.good_ns(), window);
  out.usable_share = as_share(line.usable_ns(), window);
  if (line.usable_ns() == 0) return out;
  out.mean = line.mean();
  out.stddev = line.stddev();
  out.min = line.min();
  out.max = line.max();
  out.first = inside.count > 0 ? inside.first : line.first();
  out.last = inside.count > 0 ? inside.last : line.last();
  if (inside.count >= 2) {
    out.change = inside.last.value - inside.first.value;
    if (inside.times > 0) out.slope_per_minute = inside.times_values / inside.times;
  }
  return out;
}

Result<Series> linear_series(const SampleStore& store, TagIndex tag, TimeWindow window,
                             int64_t hold_ns, int max_points) {
  MW_CHECK(max_points >= 1);
  MW_CHECK(window.start_ns < window.end_ns);
  Series out;
  out.basis = line_basis(window);
  const ChartBuckets buckets = choose_buckets(out.basis, max_points);
  out.bucket_ns = buckets.width_ns;
  LineChart chart(buckets, hold_ns);
  const auto take = [&](const auto& piece) { chart.add(piece); };
  MW_TRY(for_each_stretch(store, tag, window, hold_ns, take, take));
  out.points = chart.finish();
  out.good_share = as_share(chart.good_ns(), window);
  return out;
}

PointValue point_between(const Sample* before, const Sample* after, TimeNs ts_ns, int64_t hold_ns,
                         Interpolation interpolation) {
  PointValue out;
  out.ts_ns = ts_ns;
  if (before == nullptr) return out;
  out.before_ns = before->ts_ns;
  out.quality = before->quality;
  out.reason = before->reason;
  const bool exact = before->ts_ns == ts_ns;
  if (before->quality == Quality::kBad) return out;
  if (!exact && stale_at(before->ts_ns, hold_ns) <= ts_ns) {  // a silence: no line reaches over it
    out.quality = Quality::kBad;
    out.reason = QualityReason::kSilent;
    return out;
  }
  out.how = exact ? PointValue::How::kSample : PointValue::How::kHeld;
  out.text = before->text;
  if (!has_number(*before)) return out;
  out.value = before->value;
  if (exact || interpolation == Interpolation::kStepped || after == nullptr) return out;
  if (!has_number(*after) || after->ts_ns > stale_at(before->ts_ns, hold_ns)) return out;
  const Stretch line = *stretch_between(*before, after, hold_ns);
  out.how = PointValue::How::kLine;
  out.after_ns = after->ts_ns;
  out.value = line.at(ts_ns);
  if (out.quality == Quality::kGood && after->quality != Quality::kGood) {
    out.quality = after->quality;
    out.reason = after->reason;
  }
  return out;
}

Result<PointValue> value_at(const SampleStore& store, const Tag& tag, TimeNs ts_ns,
                            std::optional<Interpolation> asked) {
  if (ts_ns < store.kept_from(tag.index).raw_from_ns) {
    return Error::make(
        Code::kInvalidArgument,
        "'at_ms': of this time only aggregates are kept, and they do not tell the "
        "value at one moment: ask for the mean of its minute or hour",
        "“at_ms”：该时间只保留了聚合值，无法得知某一时刻的值：请查询该分钟或小时的均值", "at_ms");
  }
  const TimeWindow moment{ts_ns, ts_ns + 1};
  MW_ASSIGN(const Interpolation interpolation, choose_interpolation(store, tag, moment, asked));
  MW_ASSIGN(const std::optional<Sample> before, store.last_before(tag.index, ts_ns + 1));
  std::optional<Sample> after;
  const int64_t hold_ns = hold_of(tag);
  if (interpolation == Interpolation::kLinear) {
    MW_TRY(
        store.scan(tag.index, {ts_ns + 1, stale_at(ts_ns + 1, hold_ns)}, [&](const Sample& sample) {
          after = sample;
          return false;
        }));
  }
  return point_between(before ? &*before : nullptr, after ? &*after : nullptr, ts_ns, hold_ns,
                       interpolation);
}

}  // namespace mw::plant
