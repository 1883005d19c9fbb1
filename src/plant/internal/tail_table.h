#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "core/evidence.h"
#include "plant/internal/journal_codec.h"
#include "plant/internal/stored_sample.h"

namespace mw::plant {

/// The samples that are in no block yet, ascending by source time for each tag.
/// Threads  safe from any thread; only the store's writer changes it.
class TailTable {
 public:
  /// Adds what is not there; the first sample of a (tag, time) stays. Returns how many were there.
  uint64_t insert(std::span<const JournalEntry> entries);
  void clear();

  std::size_t size() const;
  std::vector<uint32_t> tag_ids() const;
  std::vector<StoredSample> all(uint32_t tag_id) const;
  std::vector<StoredSample> slice(uint32_t tag_id, TimeWindow window) const;
  std::optional<StoredSample> last_before(uint32_t tag_id, TimeNs ts_ns) const;

 private:
  const std::vector<StoredSample>* find(uint32_t tag_id) const;

  mutable std::mutex mutex_;
  std::vector<std::vector<StoredSample>> by_tag_;  // index: tag id
  std::size_t size_ = 0;
};

}  // namespace mw::plant
