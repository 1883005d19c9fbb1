#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "core/result.h"
#include "plant/block_store.h"
#include "plant/internal/journal_codec.h"
#include "plant/internal/store_tables.h"
#include "plant/internal/store_upkeep.h"
#include "plant/internal/tail_table.h"
#include "plant/internal/text_table.h"
#include "plant/internal/waiting_samples.h"
#include "plant/sample_store.h"

namespace mw::plant {

/// The one thread that writes to the sample store's database. What came in since its last commit
/// goes into the next one (group commit), so many callers share one transaction. Between two groups
/// it does at most one bounded step of other work: rollups of hours that have passed, thinning.
///
/// While the database refuses, entries wait in a bounded buffer, readable through the tail and kept
/// on disk (WaitingSamples), and a commit is tried again each `retry_ms`; what does not fit is
/// refused and counted.
class StoreWriter {
 public:
  /// In one transaction: 0.8 MB of journal, about 20 ms.
  static constexpr std::size_t kGroupEntries = 65536;

  /// `name` of the database, as people know it. `tables`, `tail` and `texts` are filled by then;
  /// the last two outlive the writer. `waiting`, if any, may hold what an earlier process could not
  /// store: it is stored first. `roles` as StoreUpkeep's.
  static Result<std::unique_ptr<StoreWriter>> start(const BlockStoreOptions& options,
                                                    std::string name,
                                                    std::unique_ptr<StoreTables> tables,
                                                    std::unique_ptr<WaitingSamples> waiting,
                                                    std::vector<TagRole> roles, TailTable& tail,
                                                    TextTable& texts);
  /// Commits what is queued, syncs and ends.
  ~StoreWriter();

  Result<AppendOutcome> append(std::vector<JournalEntry> entries);
  /// One step of thinning out a tag (RollupMaker::thin).
  Result<ThinStep> thin(uint32_t tag, const KeptFrom& target);
  KeptFrom kept_from(uint32_t tag) const { return upkeep_.kept_from(tag); }
  /// Returns once they are committed and synced; there is no buffer for them.
  Result<void> put_records(std::vector<PlantRecord> records);
  /// Returns once that is committed and synced.
  Result<void> drop_records(std::string kind, TimeNs before_ns);

  const WriterCounters& counters() const { return counters_; }
  uint64_t backlog() const { return queued_.load() + buffered_.load(); }
  uint64_t due_hours() const { return upkeep_.due_hours(); }
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
  struct RecordJob {
    std::vector<PlantRecord> records;
    std::string drop_kind;  // empty: none is dropped
    TimeNs drop_before_ns = 0;
    std::promise<Result<void>> done;
  };
  struct Work {
    std::deque<Batch> group;
    std::optional<ThinJob> job;
    std::deque<RecordJob> records;
    bool stopping = false;
  };

  StoreWriter(const BlockStoreOptions& options, std::string name,
              std::unique_ptr<StoreTables> tables, std::unique_ptr<WaitingSamples> waiting,
              std::vector<TagRole> roles, TailTable& tail, TextTable& texts);
  /// What an earlier process could not store.
  void take_waiting();
  void run();
  /// Waits for work, or until something is due.
  Work wait();
  void handle(std::deque<Batch> group);
  Result<void> commit(std::span<const JournalEntry> entries);
  Result<void> insert_journal(std::span<const JournalEntry> entries);
  /// The database refuses samples: those that come wait until it is tried again.
  void refuse(const Error& cause);
  void retry_buffer();
  /// Answers each: held, or dropped where there is no room.
  void buffer(std::deque<Batch>& group, const Error& cause);
  /// The same on disk. After a failure nobody is told that what is held would last.
  void keep_on_disk(std::span<const JournalEntry> entries);
  void clear_waiting();
  void seal_if_full();
  void work_aside(std::optional<ThinJob> job);
  Result<ThinStep> thin_now(const ThinJob& job);
  Result<void> queue_records(RecordJob job);
  void handle_records(std::deque<RecordJob> jobs);
  Result<void> write_records(const std::deque<RecordJob>& jobs);
  /// Whether sealing and rolling up may go on; after a failure once their time has come, over a new
  /// connection where the old one was lost.
  bool may_work_aside();
  void note_aside(const Result<void>& outcome);
  int64_t next_try_ns() const;
  int64_t next_due_ns() const;
  void sync_if_due();
  void note(const Result<void>& outcome);

  const BlockStoreOptions options_;
  const std::string name_;
  const std::unique_ptr<StoreTables> tables_;
  const std::unique_ptr<WaitingSamples> waiting_;  // may be null
  TailTable& tail_;
  TextTable& texts_;
  WriterCounters counters_;
  StoreUpkeep upkeep_;

  mutable std::mutex mutex_;  // queue_, jobs_, record_jobs_, stopping_, problem_, on_disk_
  std::condition_variable wake_, room_;
  std::deque<Batch> queue_;
  std::deque<ThinJob> jobs_;
  std::deque<RecordJob> record_jobs_;
  bool stopping_ = false;
  std::optional<Error> problem_;
  bool on_disk_ = false;  // all that is held
  std::atomic<uint64_t> queued_{0}, buffered_{0};

  // Of the writer's thread only:
  struct Refusal {
    Error cause;
    int64_t retry_at_ns = 0;  // steady time
  };
  std::deque<JournalEntry> buffer_;  // in the tail, not in the journal
  std::optional<Refusal> refusal_;   // of samples: none is committed before those of the buffer
  int64_t aside_retry_at_ns_ = 0;    // after sealing or rolling up failed; 0: it did not
  int64_t rest_until_ns_ = 0;        // between two steps of rolling up
  std::thread thread_;
};

}  // namespace mw::plant
