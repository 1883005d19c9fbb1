#include "tokenizers/internal/byte_trie.h"

#include <bit>

#include "tokenizers/internal/vocabulary.h"

namespace mw::tokenizers {

ByteTrie::ByteTrie(std::size_t total_bytes)
    : slots_(std::bit_ceil(2 * total_bytes + 2)), mask_(slots_.size() - 1), room_(total_bytes) {}

bool ByteTrie::add(std::string_view text, int32_t id) {
  if (text.size() > kMaxBytes || text.size() > room_) return false;
  room_ -= text.size();
  uint32_t node = kRoot;
  for (const char c : text) {
    const uint64_t key = uint64_t{node} << 8 | static_cast<unsigned char>(c);
    uint64_t at = hash_of(key) & mask_;
    uint32_t probes = 0;
    while (slots_[at].child != kNone && slots_[at].key != key) {
      if (++probes > kMaxProbes) return false;
      at = (at + 1) & mask_;
    }
    if (slots_[at].child == kNone) {
      slots_[at] = {key, static_cast<uint32_t>(ids_.size())};
      ids_.push_back(-1);
    }
    node = slots_[at].child;
  }
  ids_[node] = id;
  return true;
}

}  // namespace mw::tokenizers
