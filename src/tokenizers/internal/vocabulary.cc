#include "tokenizers/internal/vocabulary.h"

#include <bit>

namespace mw::tokenizers {

Vocabulary::Vocabulary(std::size_t tokens)
    : offsets_(1, 0), slots_(std::bit_ceil(2 * tokens + 2)), mask_(slots_.size() - 1) {
  offsets_.reserve(tokens + 1);
}

bool Vocabulary::add(std::string_view bytes, bool mergeable) {
  const int32_t id = size();
  arena_ += bytes;
  offsets_.push_back(static_cast<uint32_t>(arena_.size()));
  if (!mergeable) return true;
  const uint64_t hash = hash_of(bytes);
  uint64_t slot = hash & mask_;
  for (uint32_t probes = 0; slots_[slot].id >= 0; ++probes, slot = (slot + 1) & mask_) {
    if (probes > kMaxProbes || bytes_of(slots_[slot].id) == bytes) return false;
  }
  slots_[slot] = {static_cast<uint32_t>(hash >> 32), id};
  return true;
}

}  // namespace mw::tokenizers
