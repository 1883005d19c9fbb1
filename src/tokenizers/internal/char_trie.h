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
  /// Longer texts would make each place of a text cost that much.
  static constexpr std::size_t kMaxBytes = 1024;

  /// `total_bytes` of all texts that will be added.
  explicit CharTrie(std::size_t total_bytes);

  /// False for a text over kMaxBytes, more bytes than announced, or when the table degenerates.
  [[nodiscard]] bool add(std::string_view text, int32_t id);

  uint32_t child(uint32_t node, char32_t character) const {
    const uint64_t key = uint64_t{node} << 32 | character;
    for (uint64_t at = hash_of(key) & mask_;; at = (at + 1) & mask_) {
      if (slots_[at].key == key) return slots_[at].child;
      if (slots_[at].child == kNone) return kNone;
    }
  }
  /// The id of the text that ends at a node, -1 when none does.
  int32_t id_at(uint32_t node) const { return ids_[node]; }

 private:
  struct Slot {
    uint64_t key = UINT64_MAX;  // node << 32 | code point
    uint32_t child = kNone;
  };
  static uint64_t hash_of(uint64_t key) {
    const uint64_t hash = key * 0x9e3779b97f4a7c15U;
    return hash ^ (hash >> 29);
  }

  std::vector<Slot> slots_;
  uint64_t mask_;
  std::size_t room_;
  std::vector<int32_t> ids_ = {-1};
};

}  // namespace mw::tokenizers
