// What becomes of samples while the database refuses them.
#include <algorithm>

#include "core/clock.h"
#include "plant/internal/store_writer.h"

namespace mw::plant {
namespace {

/// Where new samples are meanwhile.
Text held_text(bool on_disk) {
  if (on_disk) return {"kept on this machine's disk", "暂存于本机磁盘"};
  return {"kept in memory only", "暂存于内存"};
}

Text problem_text(const std::string& name, const Error& error, bool on_disk) {
  const Text held = held_text(on_disk);
  if (error.code == Code::kResourceExhausted) {
    return {name + " cannot grow: the disk is full. New samples are " + held.en +
                "; free space and they are stored by themselves.",
            "磁盘已满，" + name + " 无法写入。新数据" + held.zh + "；释放空间后会自动补存。"};
  }
  if (error.code == Code::kUnavailable) {
    return {name + " does not answer: " + error.message.en + ". New samples are " + held.en +
                "; it is tried again by itself.",
            name + " 无响应：" + error.message.in(Language::kZh) + "。新数据" + held.zh +
                "，将自动重试。"};
  }
  return {name + " cannot be written: " + error.message.en + ". New samples are " + held.en +
              "; writing is tried again each second.",
          name + " 无法写入：" + error.message.in(Language::kZh) + "。新数据" + held.zh +
              "，每秒自动重试。"};
}

}  // namespace

std::optional<Text> StoreWriter::problem() const {
  const std::lock_guard lock(mutex_);
  if (!problem_) return std::nullopt;
  return problem_text(name_, *problem_, on_disk_);
}

void StoreWriter::refuse(const Error& cause) {
  note(cause);
  refusal_ = Refusal{cause, next_try_ns()};
}

void StoreWriter::buffer(std::deque<Batch>& group, const Error& cause) {
  std::vector<JournalEntry> held;
  std::vector<Batch*> holders;
  for (Batch& batch : group) {
    if (buffer_.size() + held.size() + batch.entries.size() <= options_.buffer_samples) {
      held.insert(held.end(), batch.entries.begin(), batch.entries.end());
      holders.push_back(&batch);
      continue;
    }
    counters_.dropped += batch.entries.size();
    batch.done.set_value(Error::make(
        Code::kResourceExhausted,
        "samples dropped: " + name_ + " refuses them and the buffer of " +
            std::to_string(options_.buffer_samples) + " samples is full (" + cause.message.en + ")",
        "数据被丢弃：" + name_ + " 无法写入，且缓冲区（" + std::to_string(options_.buffer_samples) +
            " 个样本）已满"));
  }
  if (holders.empty()) return;
  keep_on_disk(held);
  counters_.duplicates += tail_.insert(held);
  buffer_.insert(buffer_.end(), held.begin(), held.end());
  buffered_ = buffer_.size();
  for (Batch* batch : holders) batch->done.set_value(AppendOutcome::kBuffered);
}

void StoreWriter::keep_on_disk(std::span<const JournalEntry> entries) {
  if (!waiting_) return;
  const bool first = buffer_.empty();
  const Result<void> kept = waiting_->add(entries);
  bool failed = false;
  {
    const std::lock_guard lock(mutex_);
    failed = !kept && (first || on_disk_);
    on_disk_ = kept && (first || on_disk_);
  }
  if (!failed) return;
  options_.log(LogLevel::kError, "plant",
               waiting_->path() +
                   " cannot be written, samples wait in memory only: " + kept.error().message.en);
}

void StoreWriter::take_waiting() {
  if (!waiting_) return;
  const Result<WaitingSamples::Found> found = waiting_->take_over();
  if (!found) {
    options_.log(LogLevel::kError, "plant",
                 "samples that an earlier process could not store cannot be read: " +
                     found.error().message.en + "; they stay in " + waiting_->path() +
                     ": move it away, so that new samples can wait there");
    return;
  }
  if (found->unknown > 0) {
    counters_.dropped += found->unknown;
    options_.log(LogLevel::kWarning, "plant",
                 std::to_string(found->unknown) + " samples in " + waiting_->path() +
                     " are of tags that the description does not name any more");
  }
  if (found->entries.empty()) return clear_waiting();
  (void)tail_.insert(found->entries);
  buffer_.assign(found->entries.begin(), found->entries.end());
  buffered_ = buffer_.size();
  on_disk_ = true;
  refusal_ = Refusal{
      Error::make(Code::kUnavailable, "earlier samples are stored first", "先存入此前的数据"), 1};
  options_.log(LogLevel::kInfo, "plant",
               std::to_string(buffer_.size()) +
                   " samples that an earlier process could not store "
                   "are stored now");
}

void StoreWriter::clear_waiting() {
  {
    const std::lock_guard lock(mutex_);
    on_disk_ = false;
  }
  if (!waiting_) return;
  const Result<void> cleared = waiting_->clear();
  if (cleared) return;
  // They would be stored once more by the next process, which changes nothing.
  options_.log(LogLevel::kWarning, "plant",
               waiting_->path() + " cannot be emptied: " + cleared.error().message.en);
}

void StoreWriter::retry_buffer() {
  Result<void> outcome = tables_->reconnect();
  while (outcome && !buffer_.empty()) {
    const auto count = std::min(buffer_.size(), kGroupEntries);
    const auto end = buffer_.begin() + static_cast<std::ptrdiff_t>(count);
    const std::vector<JournalEntry> entries(buffer_.begin(), end);
    outcome = commit(entries);
    if (!outcome) break;
    buffer_.erase(buffer_.begin(), end);
    buffered_ = buffer_.size();
  }
  // What has left the file has to be in the database for good.
  if (outcome && waiting_) outcome = tables_->sync();
  if (!outcome) {
    refuse(outcome.error());
    return;
  }
  clear_waiting();
  note(outcome);
  refusal_.reset();
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
    options_.log(LogLevel::kInfo, "plant", name_ + " can be written again");
  } else {
    options_.log(LogLevel::kError, "plant", name_ + ": " + outcome.error().message.en);
  }
}

}  // namespace mw::plant
