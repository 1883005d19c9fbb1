#include "tokenizers/internal/special_tokens.h"

#include <algorithm>

#include "tokenizers/internal/unicode_classes.h"
#include "tokenizers/internal/unicode_data.h"
#include "tokenizers/utf8_decode.h"

namespace mw::tokenizers {
namespace {

std::size_t char_before(std::string_view text, std::size_t at) {
  do {
    --at;
  } while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U);
  return at;
}

}  // namespace

void SpecialTokens::add(std::string_view text, int32_t id, Kind kind) {
  if (text.empty() || text.size() > kMaxBytes) return;
  if (!ids_.emplace(text, Entry{id, kind}).second) return;
  any_anywhere_ = any_anywhere_ || kind.anywhere;
  seconds_[static_cast<unsigned char>(text[0])].set(
      text.size() == 1 ? 256 : static_cast<unsigned char>(text[1]));
  std::vector<uint16_t>& lengths = lengths_[static_cast<unsigned char>(text[0])];
  const auto length = static_cast<uint16_t>(text.size());
  const auto place = std::lower_bound(lengths.begin(), lengths.end(), length, std::greater<>());
  if (place == lengths.end() || *place != length) lengths.insert(place, length);
}

const SpecialTokens::Entry* SpecialTokens::find_entry(std::string_view text) const {
  const auto found = ids_.find(text);
  return found == ids_.end() ? nullptr : &found->second;
}

bool SpecialTokens::stands_alone(std::string_view text, std::size_t at, std::size_t length) {
  const auto is_word = [&](std::size_t place) {
    return has_trait(decode_utf8(text, place).code_point, kWord);
  };
  const std::size_t end = at + length;
  return (at == 0 || !is_word(char_before(text, at))) && (end == text.size() || !is_word(end));
}

SpecialTokens::Match SpecialTokens::extended(std::string_view text, std::size_t begin, Match match,
                                             const Kind& kind) {
  const auto is_space = [&](std::size_t place) {
    return char_class(decode_utf8(text, place).code_point) == CharClass::kSpace;
  };
  std::size_t end = match.begin + match.bytes;
  while (kind.strips_right && end < text.size() && is_space(end)) {
    end += decode_utf8(text, end).bytes;
  }
  while (kind.strips_left && match.begin > begin) {
    const std::size_t before = char_before(text, match.begin);
    if (before < begin || !is_space(before)) break;
    match.begin = before;
  }
  match.bytes = end - match.begin;
  return match;
}

}  // namespace mw::tokenizers
