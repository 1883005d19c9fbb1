#include "plant/query.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/check.h"
#include "plant/internal/hold_cursor.h"
#include "plant/internal/rollup_fold.h"

namespace mw::plant {
namespace {

constexpr double kGoodEnough = 0.9;

double as_share(int64_t part_ns, TimeWindow window) {
  const auto whole = static_cast<double>(window.end_ns - window.start_ns);
  return std::clamp(static_cast<double>(part_ns) / whole, 0.0, 1.0);
}

// Shorter windows are as quickly read sample by sample.
constexpr int64_t kLongWindowNs = 3 * kHourNs;

/// A window added up, and what the sample before it holds into it.
struct WindowSum {
  Rollup sum;
  std::optional<Sample> before;  // the last one before the window
  int64_t before_ns = 0;         // how much of the window it holds
  Basis basis;

  bool before_usable() const { return before && has_number(*before); }
  int64_t good_ns() const {
    return sum.good_ns + (before_usable() && before->quality == Quality::kGood ? before_ns : 0);
  }
  int64_t usable_ns() const { return sum.usable_ns + (before_usable() ? before_ns : 0); }
};

Result<WindowSum> sum_up(const SampleStore& store, TagIndex tag, TimeWindow window,
                         int64_t hold_ns) {
  WindowSum out;
  out.basis = basis_of(store, tag, window);
  window = out.basis.window;
  MW_CHECK(window.start_ns < window.end_ns);
  MW_ASSIGN(out.before, store.last_before(tag, window.start_ns));
  RollupFold fold(window, hold_ns);
  const int64_t widest_ns = window.end_ns - window.start_ns >= kLongWindowNs ? kHourNs : 0;
  const auto take = [&](const auto& piece) {
    fold.add(piece);
    return true;
  };
  MW_TRY(store.pieces(tag, window, widest_ns, SampleStore::PieceUse::kStatistics, take, take));
  out.sum = fold.finish();
  if (out.before) {
    const TimeNs until_ns = std::min({stale_at(out.before->ts_ns, hold_ns), window.end_ns,
                                      fold.empty() ? window.end_ns : out.sum.first_ns});
    out.before_ns = std::max<int64_t>(0, until_ns - window.start_ns);
  }
  return out;
}

}  // namespace

Quality Aggregate::quality() const {
  if (!mean) return Quality::kBad;
  return good_share >= kGoodEnough ? Quality::kGood : Quality::kUncertain;
}

Basis basis_of(const SampleStore& store, TagIndex tag, TimeWindow window) {
  const KeptFrom from = store.kept_from(tag);
  Basis basis{window, 0};
  if (window.start_ns >= from.raw_from_ns) return basis;
  const auto width_at = [&](TimeNs ts_ns) {
    return ts_ns < from.minute_from_ns ? kHourNs : kMinuteNs;
  };
  basis.resolution_ns = width_at(window.start_ns);
  if (window.start_ns >= INT64_MIN + kHourNs) {
    basis.window.start_ns = stretch_of(window.start_ns, width_at(window.start_ns));
  }
  if (window.end_ns < from.raw_from_ns) {
    const int64_t width_ns = width_at(window.end_ns - 1);
    basis.window.end_ns = stretch_of(window.end_ns - 1, width_ns) + width_ns;
  }
  return basis;
}

Result<Aggregate> aggregate(const SampleStore& store, TagIndex tag, TimeWindow window,
                            int64_t hold_ns) {
  MW_ASSIGN(const WindowSum whole, sum_up(store, tag, window, hold_ns));
  const Rollup& sum = whole.sum;
  Aggregate out;
  out.basis = whole.basis;
  out.count = sum.count;
  out.bad_count = sum.bad_count;
  out.good_share = as_share(whole.good_ns(), whole.basis.window);
  out.usable_share = as_share(whole.usable_ns(), whole.basis.window);
  if (sum.count == 0) {
    if (whole.before_usable() && whole.before_ns > 0) {
      const ValueAt at{whole.before->value, whole.before->ts_ns};
      out.mean = at.value;
      out.min = out.max = out.first = out.last = at;
      out.stddev = 0.0;
    }
    return out;
  }
  // Every sample inside holds for at least a nanosecond, so there is weight.
  out.mean = sum.mean;
  out.stddev = std::sqrt(std::max(0.0, sum.spread / static_cast<double>(sum.usable_ns)));
  out.min = sum.min;
  out.max = sum.max;
  out.first = sum.first;
  out.last = sum.last;
  if (sum.count >= 2) {
    out.change = sum.last.value - sum.first.value;
    if (sum.times > 0) out.slope_per_minute = sum.times_values / sum.times;
  }
  return out;
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
    if (held.sample->quality == Quality::kBad || held.hold_ns == 0) return;
    // A text tag that says nothing is known to: the stretch counts, and has no text.
    if (held.sample->quality == Quality::kGood) good_ns += held.hold_ns;
    if (held.sample->text.empty()) return;
    add_span("", covered_ns, held.start_ns);
    add_span(held.sample->text, held.start_ns, held.start_ns + held.hold_ns);
    covered_ns = held.start_ns + held.hold_ns;
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
  MW_ASSIGN(const WindowSum whole, sum_up(store, tag, window, hold_ns));
  const Rollup& sum = whole.sum;
  CounterIncrease out;
  out.basis = whole.basis;
  out.good_share = as_share(whole.good_ns(), whole.basis.window);
  // The count starts from the last value before the window, however old: a counter keeps it.
  MW_ASSIGN(const std::optional<Sample> before,
            last_usable_before(store, tag, whole.basis.window.start_ns));
  if (before) out.first = out.last = ValueAt{before->value, before->ts_ns};
  if (sum.count == 0) return out;
  out.count = sum.count;
  out.increase = sum.increase;
  out.resets = static_cast<int>(sum.resets);
  if (before) {
    const double step = sum.first.value - before->value;
    out.increase += step >= 0 ? step : sum.first.value;
    if (step < 0) ++out.resets;
  } else {
    out.first = sum.first;
  }
  out.last = sum.last;
  return out;
}

}  // namespace mw::plant
