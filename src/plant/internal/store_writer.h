#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/log.h"
#include "core/result.h"
#include "plant/internal/block_sealer.h"
#include "plant/internal/journal_codec.h"
#include "plant/internal/rollup_maker.h"
#include "plant/internal/store_tables.h"
#include "plant/internal/tail_table.h"
#include "plant/internal/text_table.h"
#include "plant/sample_store.h"

namespace mw::plant {

struct WriterOptions {
  std::string name;  // of the database, as people know it
  LogSink log = no_log();
  uint64_t queue_samples = 262'144;   // accepted and not committed: more make append() wait
  uint64_t buffer_samples = 500'000;  // held in memory while the database refuses (20 MB)
  uint64_t seal_samples = 131'072;    // in the journal before they are packed into blocks
  int retry_ms = 1000;                // between attempts while the database refuses
};

/// The one thread that writes to the sample store's database. What came in since its last commit
/// goes into the next one (group commit), so many callers share one transaction. Between two groups
/// it does at most one bounded step of other work: rollups of hours that have passed, thinning.
///
/// While the database refuses, entries wait in a bounded buffer, readable through the tail, and a
/// commit is tried again each `retry_ms`; what does not fit is refused and counted.
class StoreWriter {
 public:
  struct Counters {
    std::atomic<uint64_t> stored{0}, duplicates{0}, dropped{0}, too_late{0}, removed{0};
  };

  /// `tables`, `tail` and `texts` are filled by then; the last two outlive the writer.
  /// `roles` by tag number; those of tags that the catalogue does not have are not numbers.
  static Result<std::unique_ptr<StoreWriter>> start(WriterOptions options,
                                                    std::unique_ptr<StoreTables> tables,
                                                    std::vector<TagRole> roles, TailTable& tail,
                                                    TextTable& texts);
  /// Commits what is queued, syncs and ends.
  ~StoreWriter();

  Result<AppendOutcome> append(std::vector<JournalEntry> entries);
  /// One step of thinning out a tag (RollupMaker::thin).
  Result<ThinStep> thin(uint32_t tag, const KeptFrom& target);
  KeptFrom kept_from(uint32_t tag) const;

  const Counters& counters() const { return counters_; }
  uint64_t backlog() const { return queued_.load() + buffered_.load(); }
  /// Passed or still under way.
  uint64_t due_hours() const { return due_count_.load(); }
  std::optional<Text> problem() const;

 private:
  struct Batch {
    std::vector<JournalEntry> entries;
    std::promise<Result<AppendOutcome>> done;
  };
  struct ThinJob {
    uint32_t tag = 0;
    KeptFrom target;
    std::promise<Result<ThinStep>> done;
  };
  using TagHour = std::pair<uint32_t, TimeNs>;

  StoreWriter(WriterOptions options, std::unique_ptr<StoreTables> tables,
              std::vector<TagRole> roles, TailTable& tail, TextTable& texts);
  Result<void> prepare();
  void run();
  void handle(std::deque<Batch> group);
  Result<void> commit(std::span<const JournalEntry> entries);
  Result<void> insert_journal(std::span<const JournalEntry> entries);
  void retry_buffer();
  void buffer(Batch& batch, const Error& cause);
  void seal_if_full();
  Result<void> seal();
  Result<void> seal_all_tags();
  Result<void> seal_tag(uint32_t tag, std::span<const StoredSample> samples);
  Result<void> mark_due(uint32_t tag, std::span<const StoredSample> samples);
  Result<void> remake_all(uint32_t tag);
  void work_aside(std::optional<ThinJob> job);
  /// Whether sealing and rolling up may go on; after a failure once their time has come, over a new
  /// connection where the old one was lost.
  bool may_work_aside();
  void note_aside(const Result<void>& outcome);
  int64_t next_try_ns() const;
  void roll_due_hours();
  Result<std::vector<TagHour>> roll_some_hours();
  Result<ThinStep> thin_now(const ThinJob& job);
  const TagRole& role(uint32_t tag) const;
  int64_t next_due_ns() const;
  void sync_if_due();
  void note(const Result<void>& outcome);

  const WriterOptions options_;
  const std::unique_ptr<StoreTables> tables_;
  const std::vector<TagRole> roles_;
  BlockSealer sealer_;
  RollupMaker maker_;
  TailTable& tail_;
  TextTable& texts_;
  Counters counters_;

  mutable std::mutex mutex_;  // queue_, jobs_, stopping_, problem_, thinned_
  std::condition_variable wake_, room_;
  std::deque<Batch> queue_;
  std::deque<ThinJob> jobs_;
  bool stopping_ = false;
  std::optional<Error> problem_;
  std::map<uint32_t, Thinned> thinned_;  // those that are not as at the beginning
  std::atomic<uint64_t> queued_{0}, buffered_{0}, due_count_{0};

  // Of the writer's thread only:
  std::deque<JournalEntry> buffer_;             // in the tail, not in the journal
  int64_t retry_at_ns_ = 0;                     // steady time; 0 when there is nothing to retry
  int64_t aside_retry_at_ns_ = 0;               // the same for sealing and for work aside
  bool seal_failed_ = false;                    // the last time: to be tried again, however few
  std::set<TagHour> due_;                       // as in the table
  std::vector<TagHour> new_due_;                // of the transaction under way
  std::map<uint32_t, TimeNs> rolled_until_ns_;  // no rollup of an hour starts at or after it
  TimeNs newest_ns_ = INT64_MIN;                // of all sealed samples
  bool hours_passed_ = false;                   // due hours may have passed since the last look
  std::thread thread_;
};

}  // namespace mw::plant
