#include "tokenizers/internal/byte_fallback.h"

#include <algorithm>

namespace mw::tokenizers {

std::optional<unsigned char> byte_of_token(std::string_view token) {
  if (token.size() != 6 || !token.starts_with("<0x") || token.back() != '>') return std::nullopt;
  int value = 0;
  for (const char c : token.substr(3, 2)) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (digit < 0) return std::nullopt;
    value = 16 * value + digit;
  }
  return static_cast<unsigned char>(value);
}

ByteFallback::ByteFallback(const Vocabulary& vocabulary, const Unknown& unknown)
    : unknown_(unknown) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  for (std::size_t byte = 0; byte < 256; ++byte) {
    const char token[] = {'<', '0', 'x', kDigits[byte >> 4], kDigits[byte & 15], '>'};
    byte_ids_[byte] = unknown.as_bytes ? vocabulary.find({token, sizeof token}) : -1;
  }
}

void ByteFallback::append(std::string_view character, std::vector<int32_t>& ids) const {
  const auto id_of = [&](char c) { return byte_ids_[static_cast<unsigned char>(c)]; };
  if (std::all_of(character.begin(), character.end(), [&](char c) { return id_of(c) >= 0; })) {
    for (const char c : character) ids.push_back(id_of(c));
  } else if (unknown_.id >= 0) {
    ids.push_back(unknown_.id);
  }
}

void ByteFallback::fuse(std::size_t begin, std::vector<int32_t>& ids) const {
  if (!unknown_.fuse || unknown_.id < 0) return;
  const auto from = ids.begin() + static_cast<std::ptrdiff_t>(begin);
  ids.erase(std::unique(from, ids.end(),
                        [&](int32_t a, int32_t b) { return a == unknown_.id && b == a; }),
            ids.end());
}

}  // namespace mw::tokenizers
