#include "plant/internal/store_upkeep.h"

#include <algorithm>
#include <optional>
#include <string>

#include "core/clock.h"
#include "plant/internal/rollup_fold.h"

namespace mw::plant {
namespace {

// A step holds up commits for about this long.
constexpr int64_t kStepNs = 10 * kNsPerMs;
// Hours with fewer samples are as quickly read as their rollup, which would take more room.
constexpr uint64_t kLeastForARollup = 120;

bool is_worth_a_rollup(const Rollup& hour) {
  return hour.count + hour.bad_count >= kLeastForARollup;
}

}  // namespace

StoreUpkeep::StoreUpkeep(StoreTables& tables, TailTable& tail, std::vector<TagRole> roles,
                         WriterCounters& counters, LogSink log)
    : tables_(tables),
      tail_(tail),
      roles_(std::move(roles)),
      counters_(counters),
      log_(std::move(log)),
      sealer_(tables_, log_),
      maker_(tables_, sealer_, log_) {}

const TagRole& StoreUpkeep::role(uint32_t tag) const {
  static constexpr TagRole kUnknown;
  return tag < roles_.size() ? roles_[tag] : kUnknown;
}

KeptFrom StoreUpkeep::kept_from(uint32_t tag) const {
  const std::lock_guard lock(mutex_);
  const auto found = thinned_.find(tag);
  return found != thinned_.end() ? found->second.from : KeptFrom{};
}

void StoreUpkeep::set_thinned(uint32_t tag, const Thinned& thinned) {
  const std::lock_guard lock(mutex_);
  thinned_[tag] = thinned;
}

Result<Thinned> StoreUpkeep::thinned(uint32_t tag) {
  if (unsure_.count(tag) > 0) {
    MW_ASSIGN(const Thinned known, tables_.thinned(tag));
    set_thinned(tag, known);
    unsure_.erase(tag);
  }
  const std::lock_guard lock(mutex_);
  const auto found = thinned_.find(tag);
  return found != thinned_.end() ? found->second : Thinned{};
}

Result<void> StoreUpkeep::end(Result<void> outcome) {
  if (outcome) outcome = tables_.commit();
  if (!outcome) tables_.rollback();
  return outcome;
}

Result<void> StoreUpkeep::prepare() {
  MW_TRY(tables_.begin(SqlSession::Access::kWrite));
  Result<void> outcome = tables_.each_due([&](uint32_t tag, TimeNs hour_ns) {
    due_.insert({tag, hour_ns});
    newest_ns_ = std::max(newest_ns_, hour_ns);
  });
  for (uint32_t tag = 1; outcome && tag < roles_.size(); ++tag) outcome = prepare_tag(tag);
  outcome = end(outcome);
  hours_passed_ = true;
  count_due();
  return outcome;
}

Result<void> StoreUpkeep::prepare_tag(uint32_t tag) {
  MW_ASSIGN(Thinned known, tables_.thinned(tag));
  if (roles_[tag].is_number && known.hold_ns != roles_[tag].hold_ns) {
    MW_TRY(maker_.rows().drop_from(tag, kHourNs, known.from.raw_from_ns));
    MW_ASSIGN(const std::optional<TimeNs> first, tables_.next_block_start(tag, INT64_MIN));
    if (first) {
      to_remake_[tag] = stretch_of(*first, kHourNs);
    } else {
      known.hold_ns = roles_[tag].hold_ns;
      MW_TRY(tables_.put_thinned(tag, known));
    }
  }
  set_thinned(tag, known);
  return {};
}

Result<void> StoreUpkeep::seal() {
  seal_failed_ = true;
  MW_TRY(tables_.begin(SqlSession::Access::kWrite));
  sealed_ = {};
  Result<void> outcome = seal_all_tags();
  if (outcome) outcome = tables_.clear_journal();
  MW_TRY(end(outcome));
  // A reader looks at the tail first and then at the blocks, so it sees these samples in one of the
  // two, or in both and takes one.
  tail_.clear();
  seal_failed_ = false;
  due_.insert(sealed_.due.begin(), sealed_.due.end());
  hours_passed_ = hours_passed_ || !sealed_.due.empty();
  count_due();
  counters_.duplicates += sealed_.duplicates;
  for (const auto& [tag, count] : sealed_.too_late) {
    counters_.too_late += count;
    log_(LogLevel::kWarning, "plant",
         std::to_string(count) + " samples of tag number " + std::to_string(tag) +
             " came for a time of which only aggregates are kept, and after these: they are not "
             "counted");
  }
  return {};
}

Result<void> StoreUpkeep::seal_all_tags() {
  for (const uint32_t tag : tail_.tag_ids()) {
    const std::vector<StoredSample> samples = tail_.all(tag);
    MW_ASSIGN(const Thinned known, thinned(tag));
    const KeptFrom& from = known.from;
    const auto kept = first_at_or_after(samples, from.raw_from_ns);
    if (kept != samples.begin()) {
      MW_ASSIGN(const uint64_t too_late,
                maker_.add_late(tag, role(tag), from, {samples.begin(), kept}));
      if (too_late > 0) sealed_.too_late.push_back({tag, too_late});
    }
    if (kept != samples.end()) MW_TRY(seal_tag(tag, {kept, samples.end()}));
  }
  return {};
}

Result<void> StoreUpkeep::seal_tag(uint32_t tag, std::span<const StoredSample> samples) {
  MW_ASSIGN(const uint64_t duplicates, sealer_.seal(tag, samples));
  sealed_.duplicates += duplicates;
  newest_ns_ = std::max(newest_ns_, samples.back().ts_ns);
  return role(tag).is_number ? mark_due(tag, samples) : Result<void>();
}

/// The hours of these samples are to be rolled up; where that was done before, it is to be done
/// again, and nobody may read what was made meanwhile.
Result<void> StoreUpkeep::mark_due(uint32_t tag, std::span<const StoredSample> samples) {
  auto rolled = rolled_until_ns_.find(tag);
  if (rolled == rolled_until_ns_.end()) {
    MW_ASSIGN(const std::optional<Rollup> last, maker_.rows().last_before(tag, kHourNs, INT64_MAX));
    rolled = rolled_until_ns_.emplace(tag, last ? last->end_ns() : INT64_MIN).first;
  }
  std::vector<TimeNs> again;
  std::optional<TimeNs> last_hour_ns;
  for (const StoredSample& sample : samples) {
    const TimeNs hour_ns = stretch_of(sample.ts_ns, kHourNs);
    if (hour_ns == last_hour_ns) continue;
    last_hour_ns = hour_ns;
    if (hour_ns < rolled->second) again.push_back(hour_ns);
    if (due_.count({tag, hour_ns}) > 0) continue;
    MW_TRY(tables_.add_due(tag, hour_ns));
    sealed_.due.push_back({tag, hour_ns});
  }
  return maker_.rows().erase(tag, kHourNs, again);
}

Result<void> StoreUpkeep::roll() {
  const Result<std::vector<TagHour>> rolled = roll_some_hours();
  if (!rolled) {
    tables_.rollback();
    return rolled.error();
  }
  for (const TagHour& each : *rolled) due_.erase(each);
  hours_passed_ = !rolled->empty();
  const Result<void> remade =
      hours_passed_ || to_remake_.empty() ? Result<void>() : remake_some_hours();
  count_due();
  return remade;
}

Result<void> StoreUpkeep::put(uint32_t tag, std::span<const Rollup> hours) {
  if (hours.empty()) return {};
  const auto until = rolled_until_ns_.find(tag);
  if (until != rolled_until_ns_.end()) {
    until->second = std::max(until->second, hours.back().end_ns());
  }
  return maker_.rows().put(tag, hours);
}

Result<std::vector<StoreUpkeep::TagHour>> StoreUpkeep::roll_some_hours() {
  std::vector<TagHour> rolled;
  const int64_t begun_ns = steady_ns();
  std::vector<Rollup> made;  // of one tag
  for (const auto& [tag, hour_ns] : due_) {
    if (hour_ns + kHourNs > newest_ns_) continue;  // still under way
    if (rolled.empty()) MW_TRY(tables_.begin(SqlSession::Access::kWrite));
    if (!rolled.empty() && rolled.back().first != tag) {
      MW_TRY(put(rolled.back().first, made));
      made.clear();
    }
    MW_ASSIGN(const std::optional<Rollup> hour, maker_.hour(tag, hour_ns, role(tag)));
    MW_TRY(tables_.remove_due(tag, hour_ns));
    rolled.push_back({tag, hour_ns});
    if (hour && is_worth_a_rollup(*hour)) made.push_back(*hour);
    if (steady_ns() - begun_ns > kStepNs) break;
  }
  if (rolled.empty()) return rolled;
  MW_TRY(put(rolled.back().first, made));
  MW_TRY(tables_.commit());
  return rolled;
}

/// Some hours of one tag; which of them have samples is found while its blocks are read.
Result<void> StoreUpkeep::remake_some_hours() {
  const auto [tag, from_ns] = *to_remake_.begin();
  const int64_t begun_ns = steady_ns();
  MW_ASSIGN(Thinned known, thinned(tag));
  MW_TRY(tables_.begin(SqlSession::Access::kWrite));
  RollupMaker::Hours hours;
  const auto make = [&]() -> Result<void> {
    MW_ASSIGN(hours, maker_.hours_from(tag, std::max(from_ns, known.from.raw_from_ns), role(tag),
                                       [&] { return steady_ns() - begun_ns > kStepNs; }));
    // The last one may be under way.
    if (!hours.go_on_ns && !hours.made.empty()) {
      MW_TRY(tables_.add_due(tag, hours.made.back().start_ns));
    }
    std::vector<Rollup> worth;
    for (const Rollup& hour : hours.made) {
      const bool is_last = !hours.go_on_ns && &hour == &hours.made.back();
      if (!is_last && is_worth_a_rollup(hour)) worth.push_back(hour);
    }
    MW_TRY(put(tag, worth));
    if (hours.go_on_ns) return {};
    known.hold_ns = role(tag).hold_ns;
    return tables_.put_thinned(tag, known);
  };
  MW_TRY(end(make()));
  if (hours.go_on_ns) {
    to_remake_[tag] = *hours.go_on_ns;
    return {};
  }
  set_thinned(tag, known);
  to_remake_.erase(tag);
  if (!hours.made.empty()) {
    due_.insert({tag, hours.made.back().start_ns});
    newest_ns_ = std::max(newest_ns_, hours.made.back().last_ns);
    hours_passed_ = true;
  }
  return {};
}

Result<std::vector<StoreUpkeep::TagHour>> StoreUpkeep::forget_due_before(uint32_t tag,
                                                                         TimeNs ts_ns) {
  std::vector<TagHour> gone;
  for (auto at = due_.lower_bound({tag, INT64_MIN});
       at != due_.end() && at->first == tag && at->second < ts_ns; ++at) {
    MW_TRY(tables_.remove_due(tag, at->second));
    gone.push_back(*at);
  }
  return gone;
}

Result<ThinStep> StoreUpkeep::thin(uint32_t tag, const KeptFrom& target) {
  MW_ASSIGN(Thinned known, thinned(tag));
  const TimeNs before_ns = known.from.raw_from_ns;
  // What lies in the journal is not in a block that could be thinned out yet.
  if (target.raw_from_ns > before_ns &&
      !tail_.slice(tag, {INT64_MIN, target.raw_from_ns}).empty()) {
    MW_TRY(seal());
  }
  MW_TRY(tables_.begin(SqlSession::Access::kWrite));
  ThinStep step;
  std::vector<TagHour> gone;
  const auto make = [&]() -> Result<void> {
    MW_ASSIGN(step, maker_.thin(tag, role(tag), target, known));
    if (known.from.raw_from_ns > before_ns) {
      MW_ASSIGN(gone, forget_due_before(tag, known.from.raw_from_ns));
    }
    return {};
  };
  unsure_.insert(tag);
  MW_TRY(end(make()));
  unsure_.erase(tag);
  for (const TagHour& each : gone) due_.erase(each);
  count_due();
  counters_.removed += step.removed_samples;
  set_thinned(tag, known);
  return step;
}

}  // namespace mw::plant
