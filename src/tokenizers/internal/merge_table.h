#pragma once

#include <cstdint>
#include <vector>

namespace mw::tokenizers {

/// What two neighbours become, and how early: a lower rank merges first.
struct Merge {
  static constexpr uint32_t kNone = UINT32_MAX;
  uint32_t rank = kNone;
  int32_t id = -1;
};

/// The merges of a byte-level BPE vocabulary by pair of token ids.
///
/// An encoder spends most of its time here, waiting for memory, and most look-ups find nothing: a
/// bit table that fits the second-level cache (128 KB for the 151,000 merges of Qwen 2) answers
/// six in seven of those.
class MergeTable {
 public:
  explicit MergeTable(std::size_t merges);

  /// Adds the merge of the next rank. A pair that is there already keeps its lower rank. False when
  /// the table degenerates (kMaxProbes).
  [[nodiscard]] bool add(int32_t left, int32_t right, int32_t id) {
    return add(left, right, id, next_rank_++);
  }
  /// The same with a rank of its own, which others may share.
  [[nodiscard]] bool add(int32_t left, int32_t right, int32_t id, uint32_t rank);

  Merge find(int32_t left, int32_t right) const {
    const uint64_t hash = hash_of(left, right);
    if (!may_hold(hash)) return {};
    for (uint64_t at = hash & mask_;; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      if (slot.left == left && slot.right == right) return slot.merge;
      if (slot.left < 0) return {};
    }
  }

 private:
  struct Slot {
    int32_t left = -1;  // -1: empty
    int32_t right = -1;
    Merge merge;
  };
  static uint64_t hash_of(int32_t left, int32_t right) {
    uint64_t hash = (uint64_t{static_cast<uint32_t>(left)} << 32) | static_cast<uint32_t>(right);
    hash *= 0x9e3779b97f4a7c15U;
    hash ^= hash >> 32;
    hash *= 0xd6e8feb86659fd93U;
    return hash ^ (hash >> 32);
  }
  bool may_hold(uint64_t hash) const {
    const uint64_t bit = (hash >> 32) & bit_mask_;
    return ((bits_[bit >> 6] >> (bit & 63)) & 1) != 0;
  }

  std::vector<Slot> slots_;
  std::vector<uint64_t> bits_;
  uint64_t mask_ = 0;
  uint64_t bit_mask_ = 0;
  uint32_t next_rank_ = 0;
};

}  // namespace mw::tokenizers
