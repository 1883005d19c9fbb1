#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace mw::tokenizers {

/// What two neighbours become, and how early: a lower rank merges first.
struct Merge {
  static constexpr uint32_t kNone = UINT32_MAX;
  uint32_t rank = kNone;
  int32_t id = -1;
};

/// The merges of a byte-level BPE vocabulary by pair of token ids.
class MergeTable {
 public:
  explicit MergeTable(std::size_t merges);

  /// False when the table degenerates. A pair that is there already keeps its lower rank.
  [[nodiscard]] bool add(int32_t left, int32_t right, Merge merge);

  Merge find(int32_t left, int32_t right) const {
    const uint64_t key = key_of(left, right);
    for (uint64_t slot = slot_of(key);; slot = (slot + 1) & mask_) {
      const Slot& entry = slots_[slot];
      if (entry.key == key) return entry.merge;
      if (entry.key == kEmpty) return {};
    }
  }

 private:
  static constexpr uint64_t kEmpty = UINT64_MAX;  // no pair of ids, since ids are not negative
  struct Slot {
    uint64_t key = kEmpty;
    Merge merge;
  };
  static uint64_t key_of(int32_t left, int32_t right) {
    return (uint64_t{static_cast<uint32_t>(left)} << 32) | static_cast<uint32_t>(right);
  }
  uint64_t slot_of(uint64_t key) const {
    uint64_t hash = key * 0x9e3779b97f4a7c15U;
    hash ^= hash >> 32;
    hash *= 0xd6e8feb86659fd93U;
    return (hash >> 32) & mask_;
  }

  std::vector<Slot> slots_;
  uint64_t mask_ = 0;
};

}  // namespace mw::tokenizers
