#include "tokenizers/internal/char_trie.h"

#include <bit>

#include "tokenizers/internal/vocabulary.h"
#include "tokenizers/utf8_decode.h"

namespace mw::tokenizers {

CharTrie::CharTrie(std::size_t total_bytes)
    : slots_(std::bit_ceil(2 * total_bytes + 2)), mask_(slots_.size() - 1), room_(total_bytes) {}

CharTrie::Slot* CharTrie::place(uint64_t key) {
  uint64_t at = hash_of(key) & mask_;
  for (uint32_t probes = 0; probes <= kMaxProbes; ++probes, at = (at + 1) & mask_) {
    Slot& slot = slots_[at];
    if (slot.to.node == kNone || slot.key == key) return &slot;
  }
  return nullptr;
}

bool CharTrie::add(std::string_view text, int32_t id) {
  if (text.empty() || text.size() > kMaxBytes || text.size() > room_) return false;
  room_ -= text.size();
  uint32_t node = kRoot;
  Slot* slot = nullptr;
  for (std::size_t at = 0; at < text.size();) {
    const DecodedChar next = decode_utf8(text, at);
    at += next.bytes;
    const uint64_t key = uint64_t{node} << 32 | next.code_point;
    slot = place(key);
    if (slot == nullptr) return false;
    if (slot->to.node == kNone) *slot = {key, {nodes_++, -1}};
    node = slot->to.node;
  }
  slot->to.id = id;
  return true;
}

bool CharTrie::shrink() {
  std::vector<Slot> old(std::bit_ceil(2 * std::size_t{nodes_} + 2));
  old.swap(slots_);
  mask_ = slots_.size() - 1;
  std::vector<bool> goes_on(nodes_, false);
  for (const Slot& each : old) {
    if (each.to.node != kNone) goes_on[each.key >> 32] = true;
  }
  for (const Slot& each : old) {
    if (each.to.node == kNone) continue;
    Slot* slot = place(each.key);
    if (slot == nullptr) return false;
    *slot = each;
    if (!goes_on[each.to.node]) slot->to.node = kLeaf;
  }
  return true;
}

}  // namespace mw::tokenizers
