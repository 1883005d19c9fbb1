#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "core/log.h"
#include "core/result.h"
#include "plant/internal/block_sealer.h"
#include "plant/internal/rollup_maker.h"
#include "plant/internal/store_tables.h"
#include "plant/internal/tail_table.h"

namespace mw::plant {

struct WriterCounters {
  std::atomic<uint64_t> stored{0}, duplicates{0}, dropped{0}, too_late{0}, removed{0};
};

/// What the writer does beside commits: packs the journal into blocks, makes rollups of hours that
/// have passed, thins out. Each call is one transaction or a few, whole or not at all, and but for
/// seal() short.
/// Threads  the writer's; kept_from() and due_hours() are safe from any.
class StoreUpkeep {
 public:
  /// `tables`, `tail` and `counters` outlive it. `roles` by tag number; those of tags that the
  /// catalogue does not have are not numbers.
  StoreUpkeep(StoreTables& tables, TailTable& tail, std::vector<TagRole> roles,
              WriterCounters& counters, LogSink log);

  /// Reads what the tables know of rollups. Those made with another watchdog period are dropped,
  /// and made anew in steps of roll(), as those of a version that made none.
  Result<void> prepare();
  /// Packs all of the tail, which must be in the journal, into blocks.
  Result<void> seal();
  /// Whether the last seal() failed: it is to be tried again, however few samples wait.
  bool seal_failed() const { return seal_failed_; }
  /// Whether roll() may find something to do.
  bool has_to_roll() const { return hours_passed_ || !to_remake_.empty(); }
  /// Makes some rollups.
  Result<void> roll();
  /// One step of thinning out a tag (RollupMaker::thin); what of it is in the tail is packed first.
  Result<ThinStep> thin(uint32_t tag, const KeptFrom& target);

  KeptFrom kept_from(uint32_t tag) const;
  /// Passed or still under way; a tag whose hours are made anew counts as one more.
  uint64_t due_hours() const { return due_count_.load(); }

 private:
  using TagHour = std::pair<uint32_t, TimeNs>;
  struct Sealed {
    uint64_t duplicates = 0;
    std::vector<std::pair<uint32_t, uint64_t>> too_late;  // tag, samples
    std::vector<TagHour> due;
  };

  Result<void> prepare_tag(uint32_t tag);
  Result<void> seal_all_tags();
  Result<void> seal_tag(uint32_t tag, std::span<const StoredSample> samples);
  Result<void> mark_due(uint32_t tag, std::span<const StoredSample> samples);
  Result<std::vector<TagHour>> roll_some_hours();
  Result<void> remake_some_hours();
  Result<void> put(uint32_t tag, std::span<const Rollup> hours);
  Result<std::vector<TagHour>> forget_due_before(uint32_t tag, TimeNs ts_ns);
  /// Ends the transaction as `outcome` says.
  Result<void> end(Result<void> outcome);
  /// As in the tables, also after a commit that was not answered.
  Result<Thinned> thinned(uint32_t tag);
  void set_thinned(uint32_t tag, const Thinned& thinned);
  const TagRole& role(uint32_t tag) const;
  void count_due() { due_count_ = due_.size() + to_remake_.size(); }

  StoreTables& tables_;
  TailTable& tail_;
  const std::vector<TagRole> roles_;
  WriterCounters& counters_;
  const LogSink log_;
  BlockSealer sealer_;
  RollupMaker maker_;
  bool seal_failed_ = false;
  std::set<TagHour> due_;                       // as in the table
  Sealed sealed_;                               // by the transaction under way
  std::map<uint32_t, TimeNs> to_remake_;        // tag: the hour to go on with
  std::map<uint32_t, TimeNs> rolled_until_ns_;  // no rollup of an hour starts at or after it
  TimeNs newest_ns_ = INT64_MIN;                // of all sealed samples
  bool hours_passed_ = false;                   // due hours may have passed since the last look
  std::atomic<uint64_t> due_count_{0};

  std::set<uint32_t> unsure_;  // tags whose `thinned` may be another one in the tables

  mutable std::mutex mutex_;             // thinned_
  std::map<uint32_t, Thinned> thinned_;  // those that are not as at the beginning
};

}  // namespace mw::plant
