#include "tokenizers/internal/char_trie.h"

#include <bit>

#include "tokenizers/internal/vocabulary.h"
#include "tokenizers/utf8_decode.h"

namespace mw::tokenizers {

CharTrie::CharTrie(std::size_t total_bytes)
    : slots_(std::bit_ceil(2 * total_bytes + 2)), mask_(slots_.size() - 1), room_(total_bytes) {}

bool CharTrie::add(std::string_view text, int32_t id) {
  if (text.size() > kMaxBytes || text.size() > room_) return false;
  room_ -= text.size();
  uint32_t node = kRoot;
  for (std::size_t place = 0; place < text.size();) {
    const DecodedChar next = decode_utf8(text, place);
    place += next.bytes;
    const uint64_t key = uint64_t{node} << 32 | next.code_point;
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
