#include "tokenizers/internal/charsmap.h"

#include <cstring>

#include "tokenizers/internal/unicode_data.h"
#include "tokenizers/utf8_decode.h"

namespace mw::tokenizers {
namespace {

constexpr std::size_t kShortCluster = 6;

Error broken(const std::string& problem) {
  return Error::make(Code::kCorrupt, "precompiled_charsmap: " + problem,
                     "precompiled_charsmap 已损坏：" + problem, "precompiled_charsmap");
}

/// Leading consonants, vowels and trailing consonants of Hangul; 0 for other characters.
int hangul_kind(char32_t c) {
  if (c < 0x1100 || c > 0xd7fb) return 0;
  if (c < 0x1160 || (c >= 0xa960 && c < 0xa97d)) return 'L';
  if (c < 0x11a8 || (c >= 0xd7b0 && c < 0xd7c7)) return 'V';
  if (c < 0x1200 || c >= 0xd7cb) return 'T';
  if (c >= 0xac00 && c < 0xd7a4) return (c - 0xac00) % 28 == 0 ? 'V' : 'T';
  return 0;
}

bool hangul_joins(char32_t left, char32_t right) {
  const int a = hangul_kind(left);
  const int b = hangul_kind(right);
  if (a == 0 || b == 0) return false;
  if (a == 'L') return b == 'L' || b == 'V' || right >= 0xac00;
  return right < 0xac00 && (a == 'V' ? b == 'V' || b == 'T' : b == 'T');
}

std::size_t cluster_end(std::string_view text, std::size_t begin) {
  DecodedChar left = decode_utf8(text, begin);
  std::size_t at = begin + left.bytes;
  while (at < text.size()) {
    const DecodedChar right = decode_utf8(text, at);
    const Grapheme left_class = grapheme_of(left.code_point);
    const Grapheme right_class = grapheme_of(right.code_point);
    if (left_class == Grapheme::kControl || right_class == Grapheme::kControl) {
      return left.code_point == '\r' && right.code_point == '\n' ? at + 1 : at;
    }
    const bool joins = right_class == Grapheme::kExtend || right_class == Grapheme::kSpacingMark ||
                       left_class == Grapheme::kPrepend ||
                       hangul_joins(left.code_point, right.code_point);
    if (!joins) return at;
    at += right.bytes;
    left = right;
  }
  return at;
}

}  // namespace

Result<Charsmap> Charsmap::parse(std::string_view bytes) {
  if (bytes.size() < 4) return broken("expected at least 4 bytes");
  uint32_t trie_bytes = 0;
  std::memcpy(&trie_bytes, bytes.data(), 4);
  if (trie_bytes % 4 != 0 || trie_bytes > bytes.size() - 4) {
    return broken("the trie of " + std::to_string(trie_bytes) + " bytes does not fit " +
                  std::to_string(bytes.size()));
  }
  Charsmap map;
  map.trie_.resize(trie_bytes / 4);
  if (trie_bytes != 0) std::memcpy(map.trie_.data(), bytes.data() + 4, trie_bytes);
  map.replacements_ = bytes.substr(4 + trie_bytes);
  if (!map.replacements_.empty() && map.replacements_.back() != '\0') {
    return broken("the last replacement does not end");
  }
  std::string_view ignored;
  for (std::size_t c = 1; c < map.ascii_rules_.size(); ++c) {
    const char text = static_cast<char>(c);
    map.ascii_rules_[c] = map.find({&text, 1}, ignored);
  }
  return map;
}

bool Charsmap::find(std::string_view text, std::string_view& replacement) const {
  // Units of Darts: bit 8 has a value, bits 0-7 label, bits 10- offset (shifted by 8 with bit 9).
  const auto offset_of = [](uint32_t unit) { return (unit >> 10) << ((unit & 0x200U) >> 6); };
  if (trie_.empty()) return false;
  uint32_t node = offset_of(trie_[0]);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == 0) return false;
    node ^= byte;
    if (node >= trie_.size()) return false;
    const uint32_t unit = trie_[node];
    if ((unit & 0x800000ffU) != byte) return false;
    node ^= offset_of(unit);
    if (((unit >> 8) & 1) == 0) continue;
    if (node >= trie_.size()) return false;
    const uint32_t value = trie_[node] & 0x7fffffffU;
    if (value >= replacements_.size()) return false;
    replacement = std::string_view(replacements_.c_str() + value);
    return true;
  }
  return false;
}

void Charsmap::apply(std::string& text) const {
  std::string out;
  out.reserve(text.size() + 8);
  std::string_view replacement;
  const std::string_view all = text;
  const auto is_plain = [&](std::size_t at) {
    return at >= all.size() || (all[at] > ' ' && all[at] < 0x7f) || all[at] == ' ';
  };
  for (std::size_t at = 0; at < all.size();) {
    // Two plain characters never join, and few maps have a rule for one.
    if (is_plain(at) && is_plain(at + 1) && !ascii_rules_[static_cast<unsigned char>(all[at])]) {
      out += all[at++];
      continue;
    }
    const std::size_t end = cluster_end(all, at);
    if (end - at < kShortCluster && find(all.substr(at, end - at), replacement)) {
      out += replacement;
      at = end;
      continue;
    }
    while (at < end) {
      const std::size_t bytes = decode_utf8(all, at).bytes;
      if (find(all.substr(at, bytes), replacement)) {
        out += replacement;
      } else {
        out.append(all, at, bytes);
      }
      at += bytes;
    }
  }
  text = std::move(out);
}

}  // namespace mw::tokenizers
