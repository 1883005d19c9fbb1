#include "plant/internal/store_writer.h"

#include <algorithm>
#include <chrono>

#include "core/check.h"
#include "core/clock.h"
#include "plant/internal/rollup_fold.h"

namespace mw::plant {
namespace {

// 64k samples in one transaction: 0.8 MB of journal, about 20 ms.
constexpr std::size_t kGroupEntries = 65536;

// A step of work aside holds up commits for about this long.
constexpr int64_t kStepNs = 10 * kNsPerMs;
// Hours with fewer samples are as quickly read as their rollup, which would take more room.
constexpr uint64_t kLeastForARollup = 120;

Text problem_text(const std::string& name, const Error& error) {
  if (error.code == Code::kResourceExhausted) {
    return {name +
                " cannot grow: the disk is full. New samples are kept in memory only; free "
                "space and they are stored by themselves.",
            "磁盘已满，" + name + " 无法写入。新数据暂存于内存；释放空间后会自动补存。"};
  }
  if (error.code == Code::kUnavailable) {
    return {
        name + " does not answer: " + error.message.en +
            ". New samples are kept in memory only; it is tried again by itself.",
        name + " 无响应：" + error.message.in(Language::kZh) + "。新数据暂存于内存，将自动重试。"};
  }
  return {name + " cannot be written: " + error.message.en +
              ". New samples are kept in memory only; writing is tried again each second.",
          name + " 无法写入：" + error.message.in(Language::kZh) +
              "。新数据暂存于内存，每秒自动重试。"};
}

}  // namespace

Result<std::unique_ptr<StoreWriter>> StoreWriter::start(WriterOptions options,
                                                        std::unique_ptr<StoreTables> tables,
                                                        std::vector<TagRole> roles, TailTable& tail,
                                                        TextTable& texts) {
  std::unique_ptr<StoreWriter> writer(
      new StoreWriter(std::move(options), std::move(tables), std::move(roles), tail, texts));
  MW_TRY(writer->prepare());
  writer->thread_ = std::thread([raw = writer.get()] { raw->run(); });
  return writer;
}

StoreWriter::StoreWriter(WriterOptions options, std::unique_ptr<StoreTables> tables,
                         std::vector<TagRole> roles, TailTable& tail, TextTable& texts)
    : options_(std::move(options)),
      tables_(std::move(tables)),
      roles_(std::move(roles)),
      sealer_(*tables_, options_.log),
      maker_(*tables_, sealer_, options_.log),
      tail_(tail),
      texts_(texts) {}

/// Reads what the tables know of rollups; those made with another watchdog period, or by a version
/// that made none, are made anew as far as their samples are there.
Result<void> StoreWriter::prepare() {
  MW_TRY(tables_->begin(SqlSession::Access::kWrite));
  Result<void> outcome = tables_->each_due([&](uint32_t tag, TimeNs hour_ns) {
    due_.insert({tag, hour_ns});
    newest_ns_ = std::max(newest_ns_, hour_ns);
  });
  for (uint32_t tag = 1; outcome && tag < roles_.size(); ++tag) {
    const Result<Thinned> known = tables_->thinned(tag);
    if (!known) {
      outcome = known.error();
      break;
    }
    Thinned thinned = *known;
    if (roles_[tag].is_number && thinned.hold_ns != roles_[tag].hold_ns) {
      thinned.hold_ns = roles_[tag].hold_ns;
      outcome = remake_all(tag);
      if (outcome) outcome = tables_->put_thinned(tag, thinned);
    }
    thinned_[tag] = thinned;
  }
  if (outcome) outcome = tables_->commit();
  if (!outcome) tables_->rollback();
  due_count_ = due_.size();
  hours_passed_ = true;
  return outcome;
}

Result<void> StoreWriter::remake_all(uint32_t tag) {
  MW_ASSIGN(const Thinned thinned, tables_->thinned(tag));
  MW_ASSIGN(
      const std::vector<Rollup> hours,
      maker_.rows().read(tag, kHourNs, {thinned.from.raw_from_ns, INT64_MAX}, RollupParts::kChart));
  std::vector<TimeNs> starts;
  for (const Rollup& hour : hours) starts.push_back(hour.start_ns);
  MW_TRY(maker_.rows().erase(tag, kHourNs, starts));
  std::set<TimeNs> with_samples;
  MW_TRY(tables_->each_block_span(tag, [&](TimeNs start_ns, TimeNs end_ns) {
    for (TimeNs at_ns = stretch_of(start_ns, kHourNs); at_ns <= end_ns; at_ns += kHourNs) {
      with_samples.insert(at_ns);
    }
  }));
  for (const TimeNs hour_ns : with_samples) {
    MW_TRY(tables_->add_due(tag, hour_ns));
    due_.insert({tag, hour_ns});
    newest_ns_ = std::max(newest_ns_, hour_ns);
  }
  return {};
}

const TagRole& StoreWriter::role(uint32_t tag) const {
  static constexpr TagRole kUnknown;
  return tag < roles_.size() ? roles_[tag] : kUnknown;
}

KeptFrom StoreWriter::kept_from(uint32_t tag) const {
  const std::lock_guard lock(mutex_);
  const auto found = thinned_.find(tag);
  return found != thinned_.end() ? found->second.from : KeptFrom{};
}

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

std::optional<Text> StoreWriter::problem() const {
  const std::lock_guard lock(mutex_);
  if (!problem_) return std::nullopt;
  return problem_text(options_.name, *problem_);
}

int64_t StoreWriter::next_due_ns() const {
  int64_t due_ns = tables_->sync_due_ns();
  const auto at = [&](int64_t other_ns) {
    if (other_ns != 0 && (due_ns == 0 || other_ns < due_ns)) due_ns = other_ns;
  };
  at(retry_at_ns_);
  // What is aside waits until samples can be committed.
  if (retry_at_ns_ == 0) at(aside_retry_at_ns_);
  // Hours that wait for their rollup: now.
  if (retry_at_ns_ == 0 && aside_retry_at_ns_ == 0 && hours_passed_) at(1);
  return due_ns;
}

void StoreWriter::run() {
  while (true) {
    std::deque<Batch> group;
    std::optional<ThinJob> job;
    bool stopping = false;
    {
      std::unique_lock lock(mutex_);
      const auto ready = [&] { return stopping_ || !queue_.empty() || !jobs_.empty(); };
      const int64_t due_ns = next_due_ns();
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
      if (!jobs_.empty()) {
        job = std::move(jobs_.front());
        jobs_.pop_front();
      }
      stopping = stopping_ && queue_.empty() && jobs_.empty();
    }
    if (retry_at_ns_ != 0 && (stopping || steady_ns() >= retry_at_ns_)) retry_buffer();
    handle(std::move(group));
    sync_if_due();
    seal_if_full();
    if (!stopping || job) work_aside(std::move(job));
    if (stopping) break;
  }
  note(tables_->sync());
  if (!buffer_.empty()) {
    options_.log(LogLevel::kError, "plant",
                 std::to_string(buffer_.size()) + " samples could not be stored before the end");
  }
}

void StoreWriter::seal_if_full() {
  if (tail_.size() < options_.seal_samples && !seal_failed_) return;
  if (may_work_aside()) note_aside(seal());
}

bool StoreWriter::may_work_aside() {
  if (!buffer_.empty() || retry_at_ns_ != 0 || steady_ns() < aside_retry_at_ns_) return false;
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
    if (!step && retry_at_ns_ == 0) aside_retry_at_ns_ = next_try_ns();
    job->done.set_value(std::move(step));
  } else if ((hours_passed_ || aside_retry_at_ns_ != 0) && may_work_aside()) {
    roll_due_hours();
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
      retry_at_ns_ = next_try_ns();
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
  const Result<void> connected = tables_->reconnect();
  if (!connected) {
    note(connected);
    retry_at_ns_ = next_try_ns();
    return;
  }
  while (!buffer_.empty()) {
    const auto count = std::min(buffer_.size(), kGroupEntries);
    const auto end = buffer_.begin() + static_cast<std::ptrdiff_t>(count);
    const std::vector<JournalEntry> entries(buffer_.begin(), end);
    const Result<void> committed = commit(entries);
    note(committed);
    if (!committed) {
      retry_at_ns_ = next_try_ns();
      return;
    }
    buffer_.erase(buffer_.begin(), end);
    buffered_ = buffer_.size();
  }
  retry_at_ns_ = 0;
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

Result<void> StoreWriter::seal() {
  seal_failed_ = true;
  MW_TRY(tables_->begin(SqlSession::Access::kWrite));
  new_due_.clear();
  Result<void> outcome = seal_all_tags();
  if (outcome) outcome = tables_->clear_journal();
  if (outcome) outcome = tables_->commit();
  if (!outcome) {
    tables_->rollback();
    return outcome;
  }
  // A reader looks at the tail first and then at the blocks, so it sees these samples in one of the
  // two, or in both and takes one.
  tail_.clear();
  seal_failed_ = false;
  due_.insert(new_due_.begin(), new_due_.end());
  due_count_ = due_.size();
  hours_passed_ = hours_passed_ || !new_due_.empty();
  return {};
}

Result<void> StoreWriter::seal_all_tags() {
  for (const uint32_t tag : tail_.tag_ids()) {
    const std::vector<StoredSample> samples = tail_.all(tag);
    const KeptFrom from = kept_from(tag);
    const auto kept = std::find_if(samples.begin(), samples.end(), [&](const StoredSample& s) {
      return s.ts_ns >= from.raw_from_ns;
    });
    if (kept != samples.begin()) {
      MW_ASSIGN(const uint64_t too_late,
                maker_.add_late(tag, role(tag), from,
                                std::span<const StoredSample>(samples.begin(), kept)));
      if (too_late > 0) {
        counters_.too_late += too_late;
        options_.log(LogLevel::kWarning, "plant",
                     std::to_string(too_late) + " samples of tag number " + std::to_string(tag) +
                         " came for a time of which only aggregates are kept, and after these: "
                         "they are not counted");
      }
    }
    if (kept != samples.end()) {
      MW_TRY(seal_tag(tag, std::span<const StoredSample>(kept, samples.end())));
    }
  }
  return {};
}

Result<void> StoreWriter::seal_tag(uint32_t tag, std::span<const StoredSample> samples) {
  MW_ASSIGN(const uint64_t duplicates, sealer_.seal(tag, samples));
  counters_.duplicates += duplicates;
  newest_ns_ = std::max(newest_ns_, samples.back().ts_ns);
  return role(tag).is_number ? mark_due(tag, samples) : Result<void>();
}

/// The hours of these samples are to be rolled up; where that was done before, it is to be done
/// again, and nobody may read what was made meanwhile.
Result<void> StoreWriter::mark_due(uint32_t tag, std::span<const StoredSample> samples) {
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
    MW_TRY(tables_->add_due(tag, hour_ns));
    new_due_.push_back({tag, hour_ns});
  }
  return maker_.rows().erase(tag, kHourNs, again);
}

void StoreWriter::roll_due_hours() {
  const Result<std::vector<TagHour>> rolled = roll_some_hours();
  if (!rolled) {
    tables_->rollback();
    note_aside(rolled.error());
    return;
  }
  note_aside({});
  for (const TagHour& each : *rolled) due_.erase(each);
  due_count_ = due_.size();
  hours_passed_ = !rolled->empty();
}

Result<std::vector<StoreWriter::TagHour>> StoreWriter::roll_some_hours() {
  std::vector<TagHour> rolled;
  const int64_t begun_ns = steady_ns();
  std::vector<Rollup> made;  // of one tag
  const auto put = [&]() -> Result<void> {
    if (made.empty()) return {};
    const uint32_t tag = rolled.back().first;
    const auto until = rolled_until_ns_.find(tag);
    if (until != rolled_until_ns_.end()) {
      until->second = std::max(until->second, made.back().end_ns());
    }
    MW_TRY(maker_.rows().put(tag, made));
    made.clear();
    return {};
  };
  for (const auto& [tag, hour_ns] : due_) {
    if (hour_ns + kHourNs > newest_ns_) continue;  // still under way
    if (rolled.empty()) MW_TRY(tables_->begin(SqlSession::Access::kWrite));
    if (!rolled.empty() && rolled.back().first != tag) MW_TRY(put());
    MW_ASSIGN(const std::optional<Rollup> hour, maker_.hour(tag, hour_ns, role(tag)));
    MW_TRY(tables_->remove_due(tag, hour_ns));
    rolled.push_back({tag, hour_ns});
    if (hour && hour->count + hour->bad_count >= kLeastForARollup) made.push_back(*hour);
    if (steady_ns() - begun_ns > kStepNs) break;
  }
  if (rolled.empty()) return rolled;
  MW_TRY(put());
  MW_TRY(tables_->commit());
  return rolled;
}

Result<ThinStep> StoreWriter::thin_now(const ThinJob& job) {
  if (retry_at_ns_ != 0) {
    const std::lock_guard lock(mutex_);
    if (problem_) return *problem_;
  }
  if (aside_retry_at_ns_ != 0) MW_TRY(tables_->reconnect());
  Thinned thinned;
  {
    const std::lock_guard lock(mutex_);
    const auto found = thinned_.find(job.tag);
    if (found != thinned_.end()) thinned = found->second;
  }
  const TimeNs before_ns = thinned.from.raw_from_ns;
  // What lies in the journal is not in a block that could be thinned out yet.
  const bool in_tail = !tail_.slice(job.tag, {INT64_MIN, job.target.raw_from_ns}).empty();
  if (job.target.raw_from_ns > before_ns && in_tail) {
    if (!buffer_.empty()) {
      return Error::make(Code::kUnavailable, "samples wait to be stored first", "有采样尚未存储");
    }
    const Result<void> sealed = seal();
    note(sealed);
    MW_TRY(sealed);
  }
  MW_TRY(tables_->begin(SqlSession::Access::kWrite));
  Result<ThinStep> step = maker_.thin(job.tag, role(job.tag), job.target, thinned);
  std::vector<TagHour> gone;
  if (step && thinned.from.raw_from_ns > before_ns) {
    for (auto at = due_.lower_bound({job.tag, INT64_MIN});
         at != due_.end() && at->first == job.tag && at->second < thinned.from.raw_from_ns; ++at) {
      gone.push_back(*at);
    }
  }
  Result<void> outcome = step ? Result<void>() : Result<void>(step.error());
  for (const auto& [tag, hour_ns] : gone) {
    if (outcome) outcome = tables_->remove_due(tag, hour_ns);
  }
  if (outcome) outcome = tables_->commit();
  if (!outcome) {
    tables_->rollback();
    return outcome.error();
  }
  for (const TagHour& each : gone) due_.erase(each);
  due_count_ = due_.size();
  counters_.removed += step->removed_samples;
  const std::lock_guard lock(mutex_);
  thinned_[job.tag] = thinned;
  return step;
}

void StoreWriter::sync_if_due() {
  const int64_t due_ns = tables_->sync_due_ns();
  if (due_ns == 0 || steady_ns() < due_ns) return;
  const Result<void> synced = tables_->sync();
  if (!synced || (retry_at_ns_ == 0 && aside_retry_at_ns_ == 0)) note(synced);
}

int64_t StoreWriter::next_try_ns() const {
  return steady_ns() + int64_t{options_.retry_ms} * kNsPerMs;
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
    options_.log(LogLevel::kInfo, "plant", options_.name + " can be written again");
  } else {
    options_.log(LogLevel::kError, "plant", options_.name + ": " + outcome.error().message.en);
  }
}

}  // namespace mw::plant
