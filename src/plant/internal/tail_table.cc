#include "plant/internal/tail_table.h"

namespace mw::plant {
uint64_t TailTable::insert(std::span<const JournalEntry> entries) {
  const std::lock_guard lock(mutex_);
  uint64_t duplicates = 0;
  for (const JournalEntry& entry : entries) {
    if (entry.tag_id >= by_tag_.size()) by_tag_.resize(std::size_t{entry.tag_id} + 1);
    std::vector<StoredSample>& samples = by_tag_[entry.tag_id];
    if (samples.empty() || samples.back().ts_ns < entry.sample.ts_ns) {
      samples.push_back(entry.sample);
    } else {
      const auto at = first_at_or_after(samples, entry.sample.ts_ns);
      if (at->ts_ns == entry.sample.ts_ns) {
        ++duplicates;
        continue;
      }
      samples.insert(at, entry.sample);
    }
    ++size_;
  }
  return duplicates;
}

void TailTable::clear() {
  const std::lock_guard lock(mutex_);
  for (std::vector<StoredSample>& samples : by_tag_) {
    samples.clear();
    samples.shrink_to_fit();
  }
  size_ = 0;
}

std::size_t TailTable::size() const {
  const std::lock_guard lock(mutex_);
  return size_;
}

std::vector<uint32_t> TailTable::tag_ids() const {
  const std::lock_guard lock(mutex_);
  std::vector<uint32_t> ids;
  for (std::size_t id = 0; id < by_tag_.size(); ++id) {
    if (!by_tag_[id].empty()) ids.push_back(static_cast<uint32_t>(id));
  }
  return ids;
}

const std::vector<StoredSample>* TailTable::find(uint32_t tag_id) const {
  return tag_id < by_tag_.size() ? &by_tag_[tag_id] : nullptr;
}

std::vector<StoredSample> TailTable::all(uint32_t tag_id) const {
  const std::lock_guard lock(mutex_);
  const std::vector<StoredSample>* samples = find(tag_id);
  return samples != nullptr ? *samples : std::vector<StoredSample>{};
}

std::vector<StoredSample> TailTable::slice(uint32_t tag_id, TimeWindow window) const {
  const std::lock_guard lock(mutex_);
  const std::vector<StoredSample>* samples = find(tag_id);
  if (samples == nullptr || window.start_ns >= window.end_ns) return {};
  return {first_at_or_after(*samples, window.start_ns), first_at_or_after(*samples, window.end_ns)};
}

std::optional<StoredSample> TailTable::last_before(uint32_t tag_id, TimeNs ts_ns) const {
  const std::lock_guard lock(mutex_);
  const std::vector<StoredSample>* samples = find(tag_id);
  if (samples == nullptr) return std::nullopt;
  const auto at = first_at_or_after(*samples, ts_ns);
  if (at == samples->begin()) return std::nullopt;
  return *std::prev(at);
}

}  // namespace mw::plant
