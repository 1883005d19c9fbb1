#include "plant/internal/store_writer.h"

#include <algorithm>
#include <chrono>

#include "core/clock.h"

namespace mw::plant {

Result<std::unique_ptr<StoreWriter>> StoreWriter::start(const BlockStoreOptions& options,
                                                        std::string name,
                                                        std::unique_ptr<StoreTables> tables,
                                                        std::unique_ptr<WaitingSamples> waiting,
                                                        std::vector<TagRole> roles, TailTable& tail,
                                                        TextTable& texts) {
  std::unique_ptr<StoreWriter> writer(new StoreWriter(options, std::move(name), std::move(tables),
                                                      std::move(waiting), std::move(roles), tail,
                                                      texts));
  MW_TRY(writer->upkeep_.prepare());
  writer->take_waiting();
  writer->thread_ = std::thread([raw = writer.get()] { raw->run(); });
  return writer;
}

StoreWriter::StoreWriter(const BlockStoreOptions& options, std::string name,
                         std::unique_ptr<StoreTables> tables,
                         std::unique_ptr<WaitingSamples> waiting, std::vector<TagRole> roles,
                         TailTable& tail, TextTable& texts)
    : options_(options),
      name_(std::move(name)),
      tables_(std::move(tables)),
      waiting_(std::move(waiting)),
      tail_(tail),
      texts_(texts),
      upkeep_(*tables_, tail_, std::move(roles), counters_, options_.log) {}

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

Result<ThinStep> StoreWriter::thin(uint32_t tag, const KeptFrom& target) {
  ThinJob job;
  job.tag = tag;
  job.target = target;
  std::future<Result<ThinStep>> done = job.done.get_future();
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      return Error::make(Code::kUnavailable, "the sample store is closing", "数据存储正在关闭");
    }
    jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
  return done.get();
}

Result<void> StoreWriter::put_records(std::vector<PlantRecord> records) {
  if (records.empty()) return {};
  RecordJob job;
  job.records = std::move(records);
  return queue_records(std::move(job));
}

Result<void> StoreWriter::drop_records(std::string kind, TimeNs before_ns) {
  RecordJob job;
  job.drop_kind = std::move(kind);
  job.drop_before_ns = before_ns;
  return queue_records(std::move(job));
}

Result<void> StoreWriter::queue_records(RecordJob job) {
  std::future<Result<void>> done = job.done.get_future();
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      return Error::make(Code::kUnavailable, "the sample store is closing", "数据存储正在关闭");
    }
    record_jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
  return done.get();
}

int64_t StoreWriter::next_due_ns() const {
  int64_t due_ns = tables_->sync_due_ns();
  const auto at = [&](int64_t other_ns) {
    if (other_ns != 0 && (due_ns == 0 || other_ns < due_ns)) due_ns = other_ns;
  };
  // What is aside waits until samples can be committed.
  if (refusal_) {
    at(refusal_->retry_at_ns);
  } else if (aside_retry_at_ns_ != 0) {
    at(aside_retry_at_ns_);
  } else if (upkeep_.has_to_roll()) {
    at(std::max<int64_t>(1, rest_until_ns_));
  }
  return due_ns;
}

StoreWriter::Work StoreWriter::wait() {
  Work work;
  std::unique_lock lock(mutex_);
  const auto ready = [&] {
    return stopping_ || !queue_.empty() || !jobs_.empty() || !record_jobs_.empty();
  };
  const int64_t due_ns = next_due_ns();
  if (due_ns == 0) {
    wake_.wait(lock, ready);
  } else {
    const int64_t left_ns = due_ns - steady_ns();
    if (left_ns > 0) wake_.wait_for(lock, std::chrono::nanoseconds(left_ns), ready);
  }
  std::size_t size = 0;
  while (!queue_.empty() && (work.group.empty() || size < kGroupEntries)) {
    size += queue_.front().entries.size();
    work.group.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  if (!jobs_.empty()) {
    work.job = std::move(jobs_.front());
    jobs_.pop_front();
  }
  work.records = std::move(record_jobs_);
  record_jobs_.clear();
  work.stopping = stopping_ && queue_.empty() && jobs_.empty();
  return work;
}

void StoreWriter::run() {
  while (true) {
    Work work = wait();
    if (refusal_ && (work.stopping || steady_ns() >= refusal_->retry_at_ns)) retry_buffer();
    handle(std::move(work.group));
    handle_records(std::move(work.records));
    sync_if_due();
    seal_if_full();
    if (!work.stopping || work.job) work_aside(std::move(work.job));
    if (work.stopping) break;
  }
  note(tables_->sync());
  if (!buffer_.empty()) {
    options_.log(LogLevel::kError, "plant",
                 std::to_string(buffer_.size()) + " samples could not be stored before the end; " +
                     (on_disk_ ? "they wait in " + waiting_->path() : "they are lost"));
  }
}

void StoreWriter::seal_if_full() {
  if (tail_.size() < options_.seal_samples && !upkeep_.seal_failed()) return;
  if (may_work_aside()) note_aside(upkeep_.seal());
}

bool StoreWriter::may_work_aside() {
  // What waits in the buffer is in the tail, but not in the journal that sealing clears.
  if (refusal_ || !buffer_.empty() || steady_ns() < aside_retry_at_ns_) return false;
  if (aside_retry_at_ns_ == 0) return true;
  const Result<void> connected = tables_->reconnect();
  if (!connected) note_aside(connected);
  return connected.has_value();
}

void StoreWriter::note_aside(const Result<void>& outcome) {
  note(outcome);
  aside_retry_at_ns_ = outcome ? 0 : next_try_ns();
}

void StoreWriter::work_aside(std::optional<ThinJob> job) {
  if (job) {
    Result<ThinStep> step = thin_now(*job);
    // Whoever asked for it hears of it and asks again; the connection may be one to make anew.
    if (!step && !refusal_) aside_retry_at_ns_ = next_try_ns();
    job->done.set_value(std::move(step));
  } else if ((upkeep_.has_to_roll() || aside_retry_at_ns_ != 0) && steady_ns() >= rest_until_ns_ &&
             may_work_aside()) {
    const int64_t begun_ns = steady_ns();
    note_aside(upkeep_.roll());
    // As long a rest as that took: a year of history is rolled up on half a core.
    rest_until_ns_ = 2 * steady_ns() - begun_ns;
  }
}

Result<ThinStep> StoreWriter::thin_now(const ThinJob& job) {
  if (refusal_) return refusal_->cause;
  if (aside_retry_at_ns_ != 0) MW_TRY(tables_->reconnect());
  Result<ThinStep> step = upkeep_.thin(job.tag, job.target);
  // A problem of packing is one for all samples, not only for whoever asked for this.
  if (!step && upkeep_.seal_failed()) note(step.error());
  return step;
}

void StoreWriter::handle_records(std::deque<RecordJob> jobs) {
  if (jobs.empty()) return;
  const Result<void> written = write_records(jobs);
  for (RecordJob& job : jobs) job.done.set_value(written);
}

Result<void> StoreWriter::write_records(const std::deque<RecordJob>& jobs) {
  if (refusal_) return refusal_->cause;
  if (aside_retry_at_ns_ != 0) MW_TRY(tables_->reconnect());
  const auto put_all = [&]() -> Result<void> {
    MW_TRY(tables_->begin(SqlSession::Access::kWrite));
    for (const RecordJob& job : jobs) {
      for (const PlantRecord& record : job.records) MW_TRY(tables_->put_record(record));
      if (!job.drop_kind.empty()) {
        MW_TRY(tables_->drop_records(job.drop_kind, job.drop_before_ns));
      }
    }
    return tables_->commit();
  };
  if (const Result<void> put = put_all(); !put) {
    tables_->rollback();
    // The connection may be one to make anew.
    aside_retry_at_ns_ = next_try_ns();
    return put;
  }
  return tables_->sync();
}

void StoreWriter::handle(std::deque<Batch> group) {
  if (group.empty()) return;
  uint64_t size = 0;
  for (const Batch& batch : group) size += batch.entries.size();
  if (!refusal_) {
    std::vector<JournalEntry> together;
    together.reserve(size);
    for (const Batch& batch : group) {
      together.insert(together.end(), batch.entries.begin(), batch.entries.end());
    }
    const Result<void> committed = commit(together);
    if (committed) {
      note(committed);
      counters_.duplicates += tail_.insert(together);
    } else {
      refuse(committed.error());
    }
  }
  {
    const std::lock_guard lock(mutex_);
    queued_ -= size;
  }
  room_.notify_all();
  if (refusal_) {
    buffer(group, refusal_->cause);
  } else {
    for (Batch& batch : group) batch.done.set_value(AppendOutcome::kCommitted);
  }
}

Result<void> StoreWriter::commit(std::span<const JournalEntry> entries) {
  MW_TRY(tables_->begin(SqlSession::Access::kWrite));
  Result<std::size_t> texts = texts_.save(*tables_);
  Result<void> outcome = texts ? insert_journal(entries) : Result<void>(texts.error());
  if (outcome) outcome = tables_->commit();
  if (!outcome) {
    tables_->rollback();
    return outcome;
  }
  texts_.mark_saved(*texts);
  counters_.stored += entries.size();
  return {};
}

Result<void> StoreWriter::insert_journal(std::span<const JournalEntry> entries) {
  while (!entries.empty()) {
    const std::size_t count = std::min(entries.size(), kJournalEntries);
    const std::string body = encode_journal(entries.first(count));
    MW_TRY(tables_->add_journal(static_cast<int64_t>(count), std::as_bytes(std::span(body))));
    entries = entries.subspan(count);
  }
  return {};
}

void StoreWriter::sync_if_due() {
  const int64_t due_ns = tables_->sync_due_ns();
  if (due_ns == 0 || steady_ns() < due_ns) return;
  const Result<void> synced = tables_->sync();
  if (!synced || (!refusal_ && aside_retry_at_ns_ == 0)) note(synced);
}

int64_t StoreWriter::next_try_ns() const {
  return steady_ns() + int64_t{options_.retry_ms} * kNsPerMs;
}

}  // namespace mw::plant
