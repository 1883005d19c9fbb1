#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace mw::tokenizers {

/// Tables whose probe sequences grow longer than this are refused: only a vocabulary built to
/// collide does that at a load of one half.
inline constexpr uint32_t kMaxProbes = 1024;

/// The bytes of every token in one block, and a hash table from bytes to id for those that merging
/// may yield.
class Vocabulary {
 public:
  explicit Vocabulary(std::size_t tokens);

  /// Appends the next token; `mergeable` ones can be found by their bytes. False when the bytes
  /// were there before or the table degenerates.
  [[nodiscard]] bool add(std::string_view bytes, bool mergeable);

  int32_t size() const { return static_cast<int32_t>(offsets_.size()) - 1; }
  std::string_view bytes_of(int32_t id) const {
    const auto at = static_cast<std::size_t>(id);
    return std::string_view(arena_).substr(offsets_[at], offsets_[at + 1] - offsets_[at]);
  }
  /// The id of a mergeable token with exactly these bytes, -1 when there is none.
  int32_t find(std::string_view bytes) const {
    const uint64_t hash = hash_of(bytes);
    for (uint64_t slot = hash & mask_;; slot = (slot + 1) & mask_) {
      const Slot& entry = slots_[slot];
      if (entry.id < 0) return -1;
      if (entry.tag == static_cast<uint32_t>(hash >> 32) && bytes_of(entry.id) == bytes) {
        return entry.id;
      }
    }
  }

 private:
  struct Slot {
    uint32_t tag = 0;
    int32_t id = -1;
  };
  static uint64_t hash_of(std::string_view bytes) {
    constexpr uint64_t kFactor = 0x9e3779b97f4a7c15U;
    uint64_t hash = bytes.size() * kFactor;
    const char* at = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= 8; at += 8, left -= 8) {
      uint64_t word = 0;
      std::memcpy(&word, at, 8);
      hash = mix(hash ^ word);
    }
    uint64_t word = 0;
    std::memcpy(&word, at, left);
    return mix(hash ^ word);
  }
  static uint64_t mix(uint64_t value) {
    value *= 0xff51afd7ed558ccdU;
    value ^= value >> 32;
    value *= 0xc4ceb9fe1a85ec53U;
    return value ^ (value >> 29);
  }

  std::string arena_;
  std::vector<uint32_t> offsets_;
  std::vector<Slot> slots_;
  uint64_t mask_ = 0;
};

}  // namespace mw::tokenizers
