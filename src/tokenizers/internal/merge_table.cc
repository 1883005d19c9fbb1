#include "tokenizers/internal/merge_table.h"

#include <bit>

#include "tokenizers/internal/vocabulary.h"

namespace mw::tokenizers {

MergeTable::MergeTable(std::size_t merges)
    : slots_(std::bit_ceil(2 * merges + 2)),
      bits_(std::bit_ceil(6 * merges + 64) / 64),
      mask_(slots_.size() - 1),
      bit_mask_(64 * bits_.size() - 1) {}

bool MergeTable::add(int32_t left, int32_t right, int32_t id, uint32_t rank) {
  const uint64_t hash = hash_of(left, right);
  uint64_t at = hash & mask_;
  for (uint32_t probes = 0; slots_[at].left >= 0; at = (at + 1) & mask_) {
    if (slots_[at].left == left && slots_[at].right == right) return true;
    if (++probes > kMaxProbes) return false;
  }
  slots_[at] = {left, right, {rank, id}};
  const uint64_t bit = (hash >> 32) & bit_mask_;
  bits_[bit >> 6] |= uint64_t{1} << (bit & 63);
  return true;
}

}  // namespace mw::tokenizers
