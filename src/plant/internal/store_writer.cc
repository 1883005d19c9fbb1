#include "plant/internal/store_writer.h"

#include <algorithm>
#include <chrono>

#include "core/check.h"
#include "core/clock.h"

namespace mw::plant {
namespace {

// 64k samples in one transaction: 0.8 MB of journal, about 20 ms.
constexpr std::size_t kGroupEntries = 65536;

Text problem_text(const Error& error) {
  if (error.code == Code::kResourceExhausted) {
    return {
        "plant.db cannot grow: the disk is full. New samples are kept in memory only; free "
        "space and they are stored by themselves.",
        "磁盘已满，plant.db 无法写入。新数据暂存于内存；释放空间后会自动补存。"};
  }
  return {"plant.db cannot be written: " + error.message.en +
              ". New samples are kept in memory only; writing is tried again each second.",
          "plant.db 无法写入：" + error.message.in(Language::kZh) +
              "。新数据暂存于内存，每秒自动重试。"};
}

}  // namespace

Result<std::unique_ptr<StoreWriter>> StoreWriter::start(const SqliteStoreOptions& options,
                                                        sqlite::Database database, TailTable& tail,
                                                        TextTable& texts) {
  std::unique_ptr<StoreWriter> writer(new StoreWriter(options, std::move(database), tail, texts));
  MW_ASSIGN(writer->insert_,
            writer->database_.prepare("INSERT INTO journal(count, body) VALUES(?1, ?2)"));
  MW_ASSIGN(BlockSealer sealer, BlockSealer::create(writer->database_, options.log));
  writer->sealer_ = std::move(sealer);
  writer->thread_ = std::thread([raw = writer.get()] { raw->run(); });
  return writer;
}

StoreWriter::StoreWriter(const SqliteStoreOptions& options, sqlite::Database database,
                         TailTable& tail, TextTable& texts)
    : options_(options),
      database_(std::move(database)),
      wal_sync_(options.path, options.sync_interval_ms),
      tail_(tail),
      texts_(texts) {}

StoreWriter::~StoreWriter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  room_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<AppendOutcome> StoreWriter::append(std::vector<JournalEntry> entries) {
  if (entries.empty()) return AppendOutcome::kCommitted;
  Batch batch;
  batch.entries = std::move(entries);
  std::future<Result<AppendOutcome>> done = batch.done.get_future();
  {
    std::unique_lock lock(mutex_);
    // Back-pressure: a caller that is faster than the disk waits here.
    room_.wait(lock, [&] { return stopping_ || queued_.load() < options_.queue_samples; });
    if (stopping_) {
      return Error::make(Code::kUnavailable, "the sample store is closing", "数据存储正在关闭");
    }
    queued_ += batch.entries.size();
    queue_.push_back(std::move(batch));
  }
  wake_.notify_one();
  return done.get();
}

std::optional<Text> StoreWriter::problem() const {
  const std::lock_guard lock(mutex_);
  if (!problem_) return std::nullopt;
  return problem_text(*problem_);
}

void StoreWriter::run() {
  while (true) {
    std::deque<Batch> group;
    bool stopping = false;
    {
      std::unique_lock lock(mutex_);
      const auto ready = [&] { return stopping_ || !queue_.empty(); };
      int64_t due_ns = wal_sync_.due_ns();
      if (retry_at_ns_ != 0 && (due_ns == 0 || retry_at_ns_ < due_ns)) due_ns = retry_at_ns_;
      if (due_ns == 0) {
        wake_.wait(lock, ready);
      } else {
        const int64_t left_ns = due_ns - steady_ns();
        if (left_ns > 0) wake_.wait_for(lock, std::chrono::nanoseconds(left_ns), ready);
      }
      std::size_t size = 0;
      while (!queue_.empty() && (group.empty() || size < kGroupEntries)) {
        size += queue_.front().entries.size();
        group.push_back(std::move(queue_.front()));
        queue_.pop_front();
      }
      stopping = stopping_ && queue_.empty();
    }
    if (retry_at_ns_ != 0 && (stopping || steady_ns() >= retry_at_ns_)) retry_buffer();
    handle(std::move(group));
    sync_if_due();
    if (tail_.size() >= options_.seal_samples && buffer_.empty() &&
        steady_ns() >= seal_retry_at_ns_) {
      const Result<void> sealed = seal();
      note(sealed);
      seal_retry_at_ns_ = sealed ? 0 : steady_ns() + int64_t{options_.retry_ms} * kNsPerMs;
    }
    if (stopping) break;
  }
  note(wal_sync_.sync());
  if (!buffer_.empty()) {
    options_.log(LogLevel::kError, "plant",
                 std::to_string(buffer_.size()) + " samples could not be stored before the end");
  }
}

void StoreWriter::handle(std::deque<Batch> group) {
  if (group.empty()) return;
  uint64_t size = 0;
  std::vector<JournalEntry> together;
  for (const Batch& batch : group) size += batch.entries.size();
  std::optional<Error> refused;
  if (retry_at_ns_ != 0) {
    const std::lock_guard lock(mutex_);
    refused = problem_;
  } else {
    together.reserve(size);
    for (const Batch& batch : group) {
      together.insert(together.end(), batch.entries.begin(), batch.entries.end());
    }
    const Result<void> committed = commit(together);
    note(committed);
    if (!committed) {
      refused = committed.error();
      retry_at_ns_ = steady_ns() + int64_t{options_.retry_ms} * kNsPerMs;
    } else {
      counters_.duplicates += tail_.insert(together);
    }
  }
  {
    const std::lock_guard lock(mutex_);
    queued_ -= size;
  }
  room_.notify_all();
  for (Batch& batch : group) {
    if (refused) {
      buffer(batch, *refused);
    } else {
      batch.done.set_value(AppendOutcome::kCommitted);
    }
  }
}

void StoreWriter::buffer(Batch& batch, const Error& cause) {
  if (buffer_.size() + batch.entries.size() > options_.buffer_samples) {
    counters_.dropped += batch.entries.size();
    batch.done.set_value(Error::make(
        Code::kResourceExhausted,
        "samples dropped: the disk refuses and the buffer of " +
            std::to_string(options_.buffer_samples) + " samples is full (" + cause.message.en + ")",
        "数据被丢弃：磁盘无法写入，且缓冲区（" + std::to_string(options_.buffer_samples) +
            " 个样本）已满"));
    return;
  }
  counters_.duplicates += tail_.insert(batch.entries);
  buffer_.insert(buffer_.end(), batch.entries.begin(), batch.entries.end());
  buffered_ = buffer_.size();
  batch.done.set_value(AppendOutcome::kBuffered);
}

void StoreWriter::retry_buffer() {
  while (!buffer_.empty()) {
    const auto count = std::min(buffer_.size(), kGroupEntries);
    const auto end = buffer_.begin() + static_cast<std::ptrdiff_t>(count);
    const std::vector<JournalEntry> entries(buffer_.begin(), end);
    const Result<void> committed = commit(entries);
    note(committed);
    if (!committed) {
      retry_at_ns_ = steady_ns() + int64_t{options_.retry_ms} * kNsPerMs;
      return;
    }
    buffer_.erase(buffer_.begin(), end);
    buffered_ = buffer_.size();
  }
  retry_at_ns_ = 0;
}

Result<void> StoreWriter::commit(std::span<const JournalEntry> entries) {
  MW_TRY(database_.execute("BEGIN IMMEDIATE"));
  Result<std::size_t> texts = texts_.save(database_);
  Result<void> outcome = texts ? insert_journal(entries) : Result<void>(texts.error());
  if (outcome) outcome = database_.execute("COMMIT");
  if (!outcome) {
    // SQLite may have rolled back by itself already; then this one fails, which is fine.
    (void)database_.execute("ROLLBACK");
    return outcome;
  }
  texts_.mark_saved(*texts);
  counters_.stored += entries.size();
  wal_sync_.committed();
  return {};
}

Result<void> StoreWriter::insert_journal(std::span<const JournalEntry> entries) {
  while (!entries.empty()) {
    const std::size_t count = std::min(entries.size(), kJournalEntries);
    const std::string body = encode_journal(entries.first(count));
    insert_.bind(1, static_cast<int64_t>(count)).bind(2, std::as_bytes(std::span(body)));
    MW_TRY(insert_.run());
    entries = entries.subspan(count);
  }
  return {};
}

Result<void> StoreWriter::seal() {
  MW_TRY(database_.execute("BEGIN IMMEDIATE"));
  Result<void> outcome = seal_all_tags();
  if (outcome) outcome = database_.execute("DELETE FROM journal");
  if (outcome) outcome = database_.execute("COMMIT");
  if (!outcome) {
    (void)database_.execute("ROLLBACK");
    return outcome;
  }
  // A reader looks at the tail first and then at the blocks, so it sees these samples in one of the
  // two, or in both and takes one.
  tail_.clear();
  wal_sync_.committed();
  return {};
}

Result<void> StoreWriter::seal_all_tags() {
  for (const uint32_t tag_id : tail_.tag_ids()) {
    const std::vector<StoredSample> samples = tail_.all(tag_id);
    MW_ASSIGN(const uint64_t duplicates, sealer_->seal(tag_id, samples));
    counters_.duplicates += duplicates;
  }
  return {};
}

void StoreWriter::sync_if_due() {
  const int64_t due_ns = wal_sync_.due_ns();
  if (due_ns == 0 || steady_ns() < due_ns) return;
  const Result<void> synced = wal_sync_.sync();
  if (!synced) note(synced);
}

void StoreWriter::note(const Result<void>& outcome) {
  bool changed = false;
  {
    const std::lock_guard lock(mutex_);
    changed = problem_.has_value() == outcome.has_value();
    problem_ = outcome ? std::nullopt : std::optional<Error>(outcome.error());
  }
  if (!changed) return;
  if (outcome) {
    options_.log(LogLevel::kInfo, "plant", "plant.db can be written again");
  } else {
    options_.log(LogLevel::kError, "plant", "plant.db: " + outcome.error().message.en);
  }
}

}  // namespace mw::plant
