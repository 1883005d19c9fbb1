#include "tokenizers/internal/merge_table.h"

#include <bit>

#include "tokenizers/internal/vocabulary.h"

namespace mw::tokenizers {

MergeTable::MergeTable(std::size_t merges)
    : slots_(std::bit_ceil(2 * merges + 2)), mask_(slots_.size() - 1) {}

bool MergeTable::add(int32_t left, int32_t right, Merge merge) {
  const uint64_t key = key_of(left, right);
  uint64_t slot = slot_of(key);
  for (uint32_t probes = 0; slots_[slot].key != kEmpty; ++probes, slot = (slot + 1) & mask_) {
    if (slots_[slot].key == key) return true;
    if (probes > kMaxProbes) return false;
  }
  slots_[slot] = {key, merge};
  return true;
}

}  // namespace mw::tokenizers
