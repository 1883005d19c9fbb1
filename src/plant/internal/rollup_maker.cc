#include "plant/internal/rollup_maker.h"

#include <algorithm>
#include <vector>

#include "plant/internal/block_codec.h"
#include "plant/internal/rollup_fold.h"

namespace mw::plant {
namespace {

constexpr int kBlocksAStep = 16;  // 32k samples: about 2 ms; never less than an hour of a tag
constexpr int kRowsAStep = 256;

RollupFold fold_of(TimeNs start_ns, int64_t width_ns, const TagRole& role) {
  return RollupFold({start_ns, start_ns + width_ns}, role.hold_ns);
}

void add(RollupFold& fold, const StoredSample& sample) {
  fold.add(sample.ts_ns, sample.value, stored_usable(sample), stored_good(sample));
}

/// Folds ascending pieces (samples or rollups) into rollups of one width.
class Roller {
 public:
  Roller(int64_t width_ns, const TagRole& role) : width_ns_(width_ns), role_(role) {}
  void add(const StoredSample& sample) { plant::add(at(sample.ts_ns), sample); }
  void add(const Rollup& rollup) { at(rollup.start_ns).add(rollup); }
  std::vector<Rollup> finish() {
    close();
    return std::move(made_);
  }

 private:
  RollupFold& at(TimeNs ts_ns) {
    const TimeNs start_ns = stretch_of(ts_ns, width_ns_);
    if (!fold_ || start_ns != start_ns_) {
      close();
      start_ns_ = start_ns;
      fold_.emplace(fold_of(start_ns, width_ns_, role_));
    }
    return *fold_;
  }
  void close() {
    if (fold_ && !fold_->empty()) made_.push_back(fold_->finish());
    fold_.reset();
  }

  const int64_t width_ns_;
  const TagRole role_;
  TimeNs start_ns_ = 0;
  std::optional<RollupFold> fold_;
  std::vector<Rollup> made_;
};

}  // namespace

Result<std::optional<Rollup>> RollupMaker::hour(uint32_t tag, TimeNs hour_ns, const TagRole& role) {
  RollupFold fold = fold_of(hour_ns, kHourNs, role);
  MW_TRY(tables_.each_block(tag, {hour_ns, hour_ns + kHourNs}, [&](TimeNs, Bytes body) {
    const auto samples = decode_block(body);
    if (!samples) return true;  // a gap, as for every reader
    for (const StoredSample& sample : *samples) {
      if (sample.ts_ns >= hour_ns + kHourNs) return false;
      if (sample.ts_ns >= hour_ns) add(fold, sample);
    }
    return true;
  }));
  if (fold.empty()) return std::optional<Rollup>();
  return std::optional<Rollup>(fold.finish());
}

Result<RollupMaker::Hours> RollupMaker::hours_from(uint32_t tag, TimeNs hour_ns,
                                                   const TagRole& role,
                                                   const std::function<bool()>& enough) {
  Hours hours;
  Roller roller(kHourNs, role);
  std::optional<TimeNs> last_ns;
  MW_TRY(tables_.each_block(tag, {hour_ns, INT64_MAX}, [&](TimeNs, Bytes body) {
    const auto samples = decode_block(body);
    if (!samples) return true;  // a gap, as for every reader
    for (const StoredSample& sample : *samples) {
      if (sample.ts_ns < hour_ns) continue;
      const TimeNs in_hour_ns = stretch_of(sample.ts_ns, kHourNs);
      if (last_ns && in_hour_ns != *last_ns && enough()) {
        hours.go_on_ns = in_hour_ns;
        return false;
      }
      last_ns = in_hour_ns;
      roller.add(sample);
    }
    return true;
  }));
  hours.made = roller.finish();
  return hours;
}

Result<ThinStep> RollupMaker::thin(uint32_t tag, const TagRole& role, const KeptFrom& target,
                                   Thinned& thinned) {
  // What is coarse goes first, as far as finer is gone already, so that samples which become
  // coarse right away need nothing dropped below them.
  KeptFrom& from = thinned.from;
  const TimeNs minute_from_ns = std::min(target.minute_from_ns, from.raw_from_ns);
  const TimeNs hour_from_ns = std::min(target.hour_from_ns, from.minute_from_ns);
  ThinStep step;
  if (minute_from_ns > from.minute_from_ns) {
    MW_ASSIGN(const bool all, rows_.drop_before(tag, kMinuteNs, minute_from_ns, kRowsAStep));
    if (all) from.minute_from_ns = minute_from_ns;
  } else if (hour_from_ns > from.hour_from_ns) {
    MW_ASSIGN(const bool all, rows_.drop_before(tag, kHourNs, hour_from_ns, kRowsAStep));
    if (all) from.hour_from_ns = hour_from_ns;
  } else if (target.raw_from_ns > from.raw_from_ns) {
    return thin_samples(tag, role, target, thinned);
  } else {
    step.done = true;
    return step;
  }
  MW_TRY(tables_.put_thinned(tag, thinned));
  return step;
}

Result<ThinStep> RollupMaker::thin_samples(uint32_t tag, const TagRole& role,
                                           const KeptFrom& target, Thinned& thinned) {
  Roller minutes(kMinuteNs, role);
  TimeNs until_ns = target.raw_from_ns;
  int blocks = 0;
  std::optional<TimeNs> hour_ns;
  MW_TRY(tables_.each_block(tag, {INT64_MIN, target.raw_from_ns}, [&](TimeNs, Bytes body) {
    const auto samples = decode_block(body);
    ++blocks;
    if (!samples) return true;  // drop_before sets it aside
    for (const StoredSample& sample : *samples) {
      if (sample.ts_ns >= target.raw_from_ns) return false;
      const TimeNs in_hour_ns = stretch_of(sample.ts_ns, kHourNs);
      if (hour_ns && in_hour_ns != *hour_ns && blocks > kBlocksAStep) {
        until_ns = in_hour_ns;
        return false;
      }
      hour_ns = in_hour_ns;
      if (role.is_number) minutes.add(sample);
    }
    return true;
  }));
  if (role.is_number) {
    std::vector<Rollup> made = minutes.finish();
    Roller hours(kHourNs, role);
    for (const Rollup& minute : made) hours.add(minute);
    std::vector<Rollup> made_hours = hours.finish();
    std::erase_if(made, [&](const Rollup& r) { return r.start_ns < target.minute_from_ns; });
    std::erase_if(made_hours, [&](const Rollup& r) { return r.start_ns < target.hour_from_ns; });
    MW_TRY(rows_.put(tag, made));
    MW_TRY(rows_.put(tag, made_hours));
  }
  ThinStep step;
  MW_ASSIGN(step.removed_samples, sealer_.drop_before(tag, until_ns));
  // Minutes and hours that were not made must not be looked for, not even between two steps.
  KeptFrom& from = thinned.from;
  from.raw_from_ns = until_ns;
  from.minute_from_ns = std::max(from.minute_from_ns, std::min(target.minute_from_ns, until_ns));
  // Hours of these samples may have been made before; the step has at most a row for each.
  const TimeNs hour_from_ns = std::min(target.hour_from_ns, until_ns);
  if (hour_from_ns > from.hour_from_ns) {
    MW_ASSIGN(const bool all, rows_.drop_before(tag, kHourNs, hour_from_ns, kRowsAStep));
    if (all) from.hour_from_ns = hour_from_ns;
  }
  MW_TRY(tables_.put_thinned(tag, thinned));
  return step;
}

Result<uint64_t> RollupMaker::add_late(uint32_t tag, const TagRole& role, const KeptFrom& from,
                                       std::span<const StoredSample> samples) {
  uint64_t too_late = 0;
  std::vector<Rollup> minutes, hours;
  while (!samples.empty()) {
    const TimeNs ts_ns = samples.front().ts_ns;
    const int64_t width_ns = ts_ns >= from.minute_from_ns ? kMinuteNs : kHourNs;
    const TimeNs start_ns = stretch_of(ts_ns, width_ns);
    const auto end = std::find_if(samples.begin(), samples.end(), [&](const StoredSample& s) {
      return s.ts_ns - start_ns >= width_ns;
    });
    const std::span<const StoredSample> group(samples.begin(), end);
    samples = samples.subspan(group.size());
    if (!role.is_number || ts_ns < from.hour_from_ns) {
      too_late += group.size();
      continue;
    }
    MW_ASSIGN(const std::vector<Rollup> old,
              rows_.read(tag, width_ns, {start_ns, start_ns + width_ns}, RollupParts::kAll));
    RollupFold fold = fold_of(start_ns, width_ns, role);
    if (!old.empty()) fold.resume(old.front());
    uint64_t added = 0;
    for (const StoredSample& sample : group) {
      if (!fold.empty() && sample.ts_ns <= fold.last_ns()) continue;
      add(fold, sample);
      ++added;
    }
    too_late += group.size() - added;
    if (added > 0) (width_ns == kMinuteNs ? minutes : hours).push_back(fold.finish());
  }
  MW_TRY(rows_.put(tag, hours));
  MW_TRY(rows_.put(tag, minutes));
  MW_TRY(refold_hours(tag, role, minutes));
  return too_late;
}

Result<void> RollupMaker::refold_hours(uint32_t tag, const TagRole& role,
                                       std::span<const Rollup> minutes) {
  std::optional<TimeNs> last_ns;
  for (const Rollup& minute : minutes) {
    const TimeNs hour_ns = stretch_of(minute.start_ns, kHourNs);
    if (hour_ns == last_ns) continue;
    last_ns = hour_ns;
    MW_ASSIGN(const std::vector<Rollup> all,
              rows_.read(tag, kMinuteNs, {hour_ns, hour_ns + kHourNs}, RollupParts::kAll));
    Roller hours(kHourNs, role);
    for (const Rollup& each : all) hours.add(each);
    MW_TRY(rows_.put(tag, hours.finish()));
  }
  return {};
}

}  // namespace mw::plant
