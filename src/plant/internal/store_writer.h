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

#include "core/log.h"
#include "core/result.h"
#include "plant/internal/block_sealer.h"
#include "plant/internal/journal_codec.h"
#include "plant/internal/tail_table.h"
#include "plant/internal/text_table.h"
#include "plant/internal/wal_sync.h"
#include "plant/sample_store.h"
#include "plant/sqlite_store.h"
#include "sqlite/database.h"

namespace mw::plant {

/// The one thread that writes plant.db. What came in since its last commit goes into the next one
/// (group commit), so many callers share one transaction.
///
/// While the disk refuses, entries wait in a bounded buffer, readable through the tail, and a
/// commit is tried again each `retry_ms`; what does not fit is refused and counted.
class StoreWriter {
 public:
  struct Counters {
    std::atomic<uint64_t> stored{0}, duplicates{0}, dropped{0};
  };

  /// `database`, `tail` and `texts` are filled by then; the last two outlive the writer.
  static Result<std::unique_ptr<StoreWriter>> start(const SqliteStoreOptions& options,
                                                    sqlite::Database database, TailTable& tail,
                                                    TextTable& texts);
  /// Commits what is queued, syncs and ends.
  ~StoreWriter();

  Result<AppendOutcome> append(std::vector<JournalEntry> entries);
  const Counters& counters() const { return counters_; }
  uint64_t backlog() const { return queued_.load() + buffered_.load(); }
  std::optional<Text> problem() const;

 private:
  struct Batch {
    std::vector<JournalEntry> entries;
    std::promise<Result<AppendOutcome>> done;
  };

  StoreWriter(const SqliteStoreOptions& options, sqlite::Database database, TailTable& tail,
              TextTable& texts);
  void run();
  void handle(std::deque<Batch> group);
  Result<void> commit(std::span<const JournalEntry> entries);
  Result<void> insert_journal(std::span<const JournalEntry> entries);
  void retry_buffer();
  void buffer(Batch& batch, const Error& cause);
  Result<void> seal();
  Result<void> seal_all_tags();
  void sync_if_due();
  void note(const Result<void>& outcome);

  const SqliteStoreOptions options_;
  sqlite::Database database_;
  sqlite::Statement insert_;
  std::optional<BlockSealer> sealer_;
  WalSync wal_sync_;
  TailTable& tail_;
  TextTable& texts_;
  Counters counters_;

  mutable std::mutex mutex_;  // queue_, stopping_, problem_
  std::condition_variable wake_, room_;
  std::deque<Batch> queue_;
  bool stopping_ = false;
  std::optional<Error> problem_;
  std::atomic<uint64_t> queued_{0}, buffered_{0};

  // Of the writer's thread only:
  std::deque<JournalEntry> buffer_;  // in the tail, not in the journal
  int64_t retry_at_ns_ = 0;          // steady time; 0 when there is nothing to retry
  int64_t seal_retry_at_ns_ = 0;
  std::thread thread_;
};

}  // namespace mw::plant
