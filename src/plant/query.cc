#include "plant/query.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/check.h"
#include "plant/internal/hold_cursor.h"

namespace mw::plant {
namespace {

constexpr double kGoodEnough = 0.9;

double as_share(int64_t part_ns, TimeWindow window) {
  const auto whole = static_cast<double>(window.end_ns - window.start_ns);
  return std::clamp(static_cast<double>(part_ns) / whole, 0.0, 1.0);
}

bool has_number(const Sample& sample) {
  return sample.quality != Quality::kBad && std::isfinite(sample.value);
}

/// Sums over one window; the weighted ones after West 1979, which does not lose digits when the
/// values are large and their spread is small.
class AggregateBuilder {
 public:
  explicit AggregateBuilder(TimeWindow window) : window_(window) {}

  void add(const HeldSample& held) {
    const Sample& sample = *held.sample;
    const bool inside = sample.ts_ns >= window_.start_ns;
    if (!has_number(sample)) {
      if (inside) ++out_.bad_count;
      return;
    }
    usable_ns_ += held.hold_ns;
    if (sample.quality == Quality::kGood) good_ns_ += held.hold_ns;
    if (!inside) {
      if (held.hold_ns > 0) held_in_ = sample;
      return;
    }
    ++out_.count;
    take_value(sample);
    weigh(sample.value, static_cast<double>(held.hold_ns));
    fit(sample);
  }

  Aggregate finish() {
    out_.good_share = as_share(good_ns_, window_);
    out_.usable_share = as_share(usable_ns_, window_);
    if (out_.count == 0) {
      if (held_in_) stand_in(*held_in_);
      return out_;
    }
    // Every sample inside holds for at least a nanosecond, so there is weight.
    out_.mean = mean_;
    out_.stddev = std::sqrt(std::max(0.0, spread_ / weight_));
    if (out_.count >= 2) {
      out_.change = out_.last->value - out_.first->value;
      if (times_ > 0) out_.slope_per_minute = times_values_ / times_;
    }
    return out_;
  }

 private:
  void take_value(const Sample& sample) {
    const ValueAt at{sample.value, sample.ts_ns};
    if (!out_.first) out_.first = at;
    out_.last = at;
    if (!out_.min || sample.value < out_.min->value) out_.min = at;
    if (!out_.max || sample.value > out_.max->value) out_.max = at;
  }

  void weigh(double value, double weight) {
    weight_ += weight;
    const double step = value - mean_;
    mean_ += step * weight / weight_;
    spread_ += weight * step * (value - mean_);
  }

  /// Running least squares of value over minutes (Welford's form for the covariance).
  void fit(const Sample& sample) {
    const double minutes = static_cast<double>(sample.ts_ns - window_.start_ns) / kNsPerMinute;
    const auto n = static_cast<double>(out_.count);
    const double step = minutes - mean_minutes_;
    mean_minutes_ += step / n;
    times_ += step * (minutes - mean_minutes_);
    mean_value_ += (sample.value - mean_value_) / n;
    times_values_ += step * (sample.value - mean_value_);
  }

  void stand_in(const Sample& sample) {
    const ValueAt at{sample.value, sample.ts_ns};
    out_.mean = sample.value;
    out_.min = out_.max = out_.first = out_.last = at;
    out_.stddev = 0.0;
  }

  const TimeWindow window_;
  Aggregate out_;
  std::optional<Sample> held_in_;
  int64_t good_ns_ = 0, usable_ns_ = 0;
  double weight_ = 0, mean_ = 0, spread_ = 0;
  double mean_minutes_ = 0, mean_value_ = 0, times_ = 0, times_values_ = 0;
};

}  // namespace

Quality Aggregate::quality() const {
  if (!mean) return Quality::kBad;
  return good_share >= kGoodEnough ? Quality::kGood : Quality::kUncertain;
}

Result<Aggregate> aggregate(const SampleStore& store, TagIndex tag, TimeWindow window,
                            int64_t hold_ns) {
  AggregateBuilder builder(window);
  MW_TRY(for_each_held(store, tag, window, hold_ns,
                       [&](const HeldSample& held) { builder.add(held); }));
  return builder.finish();
}

Result<StateHistory> state_history(const SampleStore& store, TagIndex tag, TimeWindow window,
                                   int64_t hold_ns) {
  StateHistory history;
  int64_t good_ns = 0;
  const auto add_span = [&](const std::string& state, TimeNs start_ns, TimeNs end_ns) {
    if (start_ns >= end_ns) return;
    if (!history.spans.empty() && history.spans.back().state == state) {
      history.spans.back().end_ns = end_ns;
    } else {
      history.spans.push_back({state, start_ns, end_ns});
    }
  };
  TimeNs covered_ns = window.start_ns;
  MW_TRY(for_each_held(store, tag, window, hold_ns, [&](const HeldSample& held) {
    const bool known = held.sample->quality != Quality::kBad && !held.sample->text.empty();
    if (!known || held.hold_ns == 0) return;
    add_span("", covered_ns, held.start_ns);
    add_span(held.sample->text, held.start_ns, held.start_ns + held.hold_ns);
    covered_ns = held.start_ns + held.hold_ns;
    if (held.sample->quality == Quality::kGood) good_ns += held.hold_ns;
  }));
  add_span("", covered_ns, window.end_ns);
  history.good_share = as_share(good_ns, window);

  std::map<std::string, StateTotal> totals;
  std::string last_known;
  for (const StateSpan& span : history.spans) {
    if (span.state.empty()) continue;
    StateTotal& total = totals[span.state];
    total.state = span.state;
    total.duration_ns += span.end_ns - span.start_ns;
    // Seen again after a gap in the same state is no new entry; the first one is none either.
    if (!last_known.empty() && last_known != span.state) ++total.entries;
    last_known = span.state;
  }
  for (auto& [state, total] : totals) history.totals.push_back(std::move(total));
  std::stable_sort(
      history.totals.begin(), history.totals.end(),
      [](const StateTotal& a, const StateTotal& b) { return a.duration_ns > b.duration_ns; });
  return history;
}

Result<CounterIncrease> counter_increase(const SampleStore& store, TagIndex tag, TimeWindow window,
                                         int64_t hold_ns) {
  CounterIncrease out;
  int64_t good_ns = 0;
  const auto take = [&](const Sample& sample) {
    if (out.last) {
      const double step = sample.value - out.last->value;
      out.increase += step >= 0 ? step : sample.value;
      if (step < 0) ++out.resets;
    } else {
      out.first = ValueAt{sample.value, sample.ts_ns};
    }
    out.last = ValueAt{sample.value, sample.ts_ns};
  };
  // The count starts from the last value before the window, however old: a counter keeps it.
  MW_ASSIGN(const std::optional<Sample> before, last_usable_before(store, tag, window.start_ns));
  if (before) take(*before);
  MW_TRY(for_each_held(store, tag, window, hold_ns, [&](const HeldSample& held) {
    if (!has_number(*held.sample)) return;
    if (held.sample->quality == Quality::kGood) good_ns += held.hold_ns;
    if (held.sample->ts_ns < window.start_ns) return;
    take(*held.sample);
    ++out.count;
  }));
  out.good_share = as_share(good_ns, window);
  return out;
}

}  // namespace mw::plant
