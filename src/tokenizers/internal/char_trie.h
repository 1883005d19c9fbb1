#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace mw::tokenizers {

/// Texts and their ids, for finding all that begin at a place, a character at a time. A node's
/// children are found in one hash table of all.
class CharTrie {
 public:
  static constexpr uint32_t kRoot = 0;
  static constexpr uint32_t kNone = UINT32_MAX;
  static constexpr uint32_t kLeaf = UINT32_MAX - 1;  // after shrink(): no text goes on from here
  /// Longer texts would make each place of a text cost that much.
  static constexpr std::size_t kMaxBytes = 1024;

  /// `total_bytes` of all texts that will be added.
  explicit CharTrie(std::size_t total_bytes);

  /// False for a text over kMaxBytes, more bytes than announced, or when the table degenerates.
  [[nodiscard]] bool add(std::string_view text, int32_t id);

  struct Step {
    uint32_t node = kNone;  // kNone: no text goes on so; kLeaf: one ends so, and none goes on
    int32_t id = -1;        // of the text that ends here, -1 when none does
  };
  Step step(uint32_t node, char32_t character) const {
    const uint64_t key = uint64_t{node} << 32 | character;
    for (uint64_t at = hash_of(key) & mask_;; at = (at + 1) & mask_) {
      if (slots_[at].key == key || slots_[at].to.node == kNone) return slots_[at].to;
    }
  }
  /// Makes the table as small as what was added allows, and tells leaves apart: a step from one
  /// would look for what is not there, which is a miss of the cache. False when it degenerates.
  [[nodiscard]] bool shrink();

 private:
  struct Slot {
    uint64_t key = UINT64_MAX;  // node << 32 | code point
    Step to;
  };
  /// The slot of a key, or the empty one where it belongs; nullptr after too many probes.
  Slot* place(uint64_t key);
  static uint64_t hash_of(uint64_t key) {
    const uint64_t hash = key * 0x9e3779b97f4a7c15U;
    return hash ^ (hash >> 29);
  }

  std::vector<Slot> slots_;
  uint64_t mask_;
  std::size_t room_;
  uint32_t nodes_ = 1;
};

}  // namespace mw::tokenizers
