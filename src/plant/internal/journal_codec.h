#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "plant/internal/stored_sample.h"

namespace mw::plant {

/// A sample with the number that the tag table gives its tag.
struct JournalEntry {
  uint32_t tag_id = 0;
  StoredSample sample;
};

/// Most entries in one row of the journal.
inline constexpr std::size_t kJournalEntries = 16384;

/// Packs samples of any tags in any order, about 12 bytes each: made for the speed of the write,
/// the block codec packs tighter later.
std::string encode_journal(std::span<const JournalEntry> entries);
/// Unpacks any bytes: kCorrupt when they are not what encode_journal made.
Result<std::vector<JournalEntry>> decode_journal(std::span<const std::byte> bytes);

}  // namespace mw::plant
