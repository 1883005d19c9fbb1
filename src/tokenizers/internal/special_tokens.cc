#include "tokenizers/internal/special_tokens.h"

#include <algorithm>

namespace mw::tokenizers {

void SpecialTokens::add(std::string_view text, int32_t id) {
  if (text.empty() || text.size() > kMaxBytes) return;
  if (!ids_.emplace(text, id).second) return;
  std::vector<uint16_t>& lengths = lengths_[static_cast<unsigned char>(text[0])];
  const auto length = static_cast<uint16_t>(text.size());
  const auto place = std::lower_bound(lengths.begin(), lengths.end(), length, std::greater<>());
  if (place == lengths.end() || *place != length) lengths.insert(place, length);
}

SpecialTokens::Match SpecialTokens::next(std::string_view text, std::size_t begin,
                                         std::size_t end) const {
  for (std::size_t at = begin; at < end; ++at) {
    for (const std::size_t length : lengths_[static_cast<unsigned char>(text[at])]) {
      if (length > end - at) continue;
      const auto found = ids_.find(text.substr(at, length));
      if (found != ids_.end()) return {at, length, found->second};
    }
  }
  return {};
}

int32_t SpecialTokens::find(std::string_view text) const {
  const auto found = ids_.find(text);
  return found == ids_.end() ? -1 : found->second;
}

}  // namespace mw::tokenizers
