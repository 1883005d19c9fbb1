#include "plant/internal/rollup_fold.h"

#include <algorithm>

namespace mw::plant {

void RollupFold::close(TimeNs next_ns) {
  if (empty() || !sum_.last_usable) return;
  const TimeNs end_ns = std::min({next_ns, stale_at(sum_.last_ns, hold_ns_), window_.end_ns});
  if (end_ns <= weighed_ns_) return;
  const int64_t held_ns = end_ns - weighed_ns_;
  weighed_ns_ = end_ns;
  sum_.usable_ns += held_ns;
  if (sum_.last_good) sum_.good_ns += held_ns;
  weigh(sum_.last.value, static_cast<double>(held_ns));
}

void RollupFold::weigh(double value, double weight) {
  // usable_ns holds this weight already.
  const double step = value - sum_.mean;
  sum_.mean += step * weight / static_cast<double>(sum_.usable_ns);
  sum_.spread += weight * step * (value - sum_.mean);
}

void RollupFold::count_from(double value) {
  if (sum_.count == 0) return;
  const double step = value - sum_.last.value;
  sum_.increase += step >= 0 ? step : value;
  if (step < 0) ++sum_.resets;
}

void RollupFold::add(TimeNs ts_ns, double value, bool usable, bool good) {
  close(ts_ns);
  if (empty()) sum_.first_ns = ts_ns;
  sum_.last_ns = ts_ns;
  sum_.last_usable = usable;
  sum_.last_good = usable && good;
  weighed_ns_ = ts_ns;
  if (!usable) {
    ++sum_.bad_count;
    return;
  }
  count_from(value);
  const ValueAt at{value, ts_ns};
  if (sum_.count == 0) sum_.first = sum_.min = sum_.max = at;
  if (value < sum_.min.value) sum_.min = at;
  if (value > sum_.max.value) sum_.max = at;
  sum_.last = at;
  ++sum_.count;
  // Running least squares of value over minutes (Welford's form for the covariance).
  const double minutes = static_cast<double>(ts_ns - window_.start_ns) / kNsPerMinute;
  const auto n = static_cast<double>(sum_.count);
  const double step = minutes - sum_.mean_minutes;
  const double value_step = value - (sum_.count > 1 ? sum_.sum / (n - 1) : 0.0);
  sum_.mean_minutes += step / n;
  sum_.times += step * (minutes - sum_.mean_minutes);
  sum_.times_values += step * (value_step - value_step / n);
  sum_.sum += value;
}

void RollupFold::add(const Rollup& rollup) {
  close(rollup.first_ns);
  if (empty()) sum_.first_ns = rollup.first_ns;
  sum_.last_ns = rollup.last_ns;
  sum_.last_usable = rollup.last_usable;
  sum_.last_good = rollup.last_good;
  weighed_ns_ = rollup.end_ns();
  sum_.bad_count += rollup.bad_count;
  sum_.good_ns += rollup.good_ns;
  if (rollup.count == 0) return;
  if (rollup.usable_ns > 0) {
    const auto before = static_cast<double>(sum_.usable_ns);
    const auto added = static_cast<double>(rollup.usable_ns);
    const double step = rollup.mean - sum_.mean;
    sum_.usable_ns += rollup.usable_ns;
    const auto whole = static_cast<double>(sum_.usable_ns);
    sum_.mean += step * added / whole;
    sum_.spread += rollup.spread + step * step * before * added / whole;
  }
  count_from(rollup.first.value);
  sum_.increase += rollup.increase;
  sum_.resets += rollup.resets;
  if (sum_.count == 0) {
    sum_.first = rollup.first;
    sum_.min = rollup.min;
    sum_.max = rollup.max;
  }
  if (rollup.min.value < sum_.min.value) sum_.min = rollup.min;
  if (rollup.max.value > sum_.max.value) sum_.max = rollup.max;
  sum_.last = rollup.last;
  const double minutes =
      rollup.mean_minutes + static_cast<double>(rollup.start_ns - window_.start_ns) / kNsPerMinute;
  const auto before = static_cast<double>(sum_.count);
  const auto added = static_cast<double>(rollup.count);
  const double step = minutes - sum_.mean_minutes;
  const double value_step = rollup.sum / added - (sum_.count > 0 ? sum_.sum / before : 0.0);
  const double share = before * added / (before + added);
  sum_.mean_minutes += step * added / (before + added);
  sum_.times += rollup.times + step * step * share;
  sum_.times_values += rollup.times_values + step * value_step * share;
  sum_.count += rollup.count;
  sum_.sum += rollup.sum;
}

void RollupFold::resume(const Rollup& rollup) {
  sum_ = rollup;
  weighed_ns_ = rollup.last_ns;
  if (!rollup.last_usable) return;
  // The last sample's holding to the end of the stretch is taken back: a later one may cut it.
  const int64_t held_ns =
      std::min(stale_at(rollup.last_ns, hold_ns_), rollup.end_ns()) - rollup.last_ns;
  sum_.usable_ns = std::max<int64_t>(0, rollup.usable_ns - held_ns);
  if (rollup.last_good) sum_.good_ns = std::max<int64_t>(0, rollup.good_ns - held_ns);
  if (sum_.usable_ns == 0) {
    sum_.mean = 0;
    sum_.spread = 0;
    return;
  }
  const auto held = static_cast<double>(held_ns);
  const double value = rollup.last.value;
  sum_.mean += (rollup.mean - value) * held / static_cast<double>(sum_.usable_ns);
  sum_.spread = std::max(0.0, rollup.spread - held * (value - rollup.mean) * (value - sum_.mean));
}

Rollup RollupFold::finish() {
  close(window_.end_ns);
  return sum_;
}

}  // namespace mw::plant
