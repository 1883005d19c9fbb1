#include "grammar/internal/char_set.h"

#include <algorithm>
#include <cstdio>

namespace mw::grammar {
namespace {

using Bytes = std::vector<unsigned char>;

Bytes encode(uint32_t c) {
  const auto low = [](uint32_t bits) { return static_cast<unsigned char>(0x80u | (bits & 0x3fu)); };
  if (c < 0x80) return {static_cast<unsigned char>(c)};
  if (c < 0x800) return {static_cast<unsigned char>(0xc0u | (c >> 6)), low(c)};
  if (c < 0x10000) {
    return {static_cast<unsigned char>(0xe0u | (c >> 12)), low(c >> 6), low(c)};
  }
  return {static_cast<unsigned char>(0xf0u | (c >> 18)), low(c >> 12), low(c >> 6), low(c)};
}

/// Byte strings from `low` to `high`, of the same length, in order.
Expr between(ExprPool& pool, const Bytes& low, const Bytes& high, std::size_t from) {
  if (from + 1 == low.size()) return pool.range(low[from], high[from]);
  if (low[from] == high[from]) {
    return pool.concat(pool.byte(low[from]), between(pool, low, high, from + 1));
  }
  Bytes least = low;
  Bytes most = high;
  std::fill(least.begin() + static_cast<std::ptrdiff_t>(from) + 1, least.end(), 0x80);
  std::fill(most.begin() + static_cast<std::ptrdiff_t>(from) + 1, most.end(), 0xbf);
  std::vector<Expr> parts = {
      pool.concat(pool.byte(low[from]), between(pool, low, most, from + 1)),
      pool.concat(pool.byte(high[from]), between(pool, least, high, from + 1))};
  if (high[from] - low[from] > 1) {
    parts.push_back(pool.concat(pool.range(static_cast<unsigned char>(low[from] + 1),
                                           static_cast<unsigned char>(high[from] - 1)),
                                between(pool, least, most, from + 1)));
  }
  return pool.any_of(std::move(parts));
}

}  // namespace

CharSet& CharSet::add(uint32_t low, uint32_t high) {
  constexpr uint32_t kFirstSurrogate = 0xd800;
  constexpr uint32_t kLastSurrogate = 0xdfff;
  high = std::min(high, kLastCodePoint);
  if (low > high) return *this;
  if (low <= kLastSurrogate && high >= kFirstSurrogate) {
    if (low < kFirstSurrogate) add(low, kFirstSurrogate - 1);
    if (high > kLastSurrogate) add(kLastSurrogate + 1, high);
    return *this;
  }
  ranges_.emplace_back(low, high);
  std::sort(ranges_.begin(), ranges_.end());
  std::vector<std::pair<uint32_t, uint32_t>> merged;
  for (const auto& range : ranges_) {
    if (!merged.empty() && range.first <= merged.back().second + 1) {
      merged.back().second = std::max(merged.back().second, range.second);
    } else {
      merged.push_back(range);
    }
  }
  ranges_ = std::move(merged);
  return *this;
}

CharSet& CharSet::add(const CharSet& other) {
  for (const auto& [low, high] : other.ranges_) add(low, high);
  return *this;
}

CharSet CharSet::complement() const {
  CharSet out;
  uint32_t next = 0;
  for (const auto& [low, high] : ranges_) {
    if (low > next) out.add(next, low - 1);
    next = high + 1;
  }
  if (next <= kLastCodePoint) out.add(next, kLastCodePoint);
  return out;
}

CharSet CharSet::without_case() const {
  CharSet out = *this;
  for (const auto& [low, high] : ranges_) {
    const auto shift = [&](uint32_t first, uint32_t last, int by) {
      const uint32_t from = std::max(low, first);
      const uint32_t to = std::min(high, last);
      if (from > to) return;
      out.add(static_cast<uint32_t>(static_cast<int>(from) + by),
              static_cast<uint32_t>(static_cast<int>(to) + by));
    };
    shift('a', 'z', 'A' - 'a');
    shift('A', 'Z', 'a' - 'A');
  }
  return out;
}

bool CharSet::has(uint32_t code_point) const {
  return std::any_of(ranges_.begin(), ranges_.end(), [code_point](const auto& range) {
    return code_point >= range.first && code_point <= range.second;
  });
}

std::string json_escape(uint32_t code_point) {
  switch (code_point) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\b':
      return "\\b";
    case '\f':
      return "\\f";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      break;
  }
  if (code_point >= 0x20) return {};
  char text[8];
  std::snprintf(text, sizeof text, "\\u%04x", code_point);
  return text;
}

std::string utf8_of(uint32_t code_point) {
  const Bytes bytes = encode(code_point);
  return {bytes.begin(), bytes.end()};
}

Expr char_expr(ExprPool& pool, const CharSet& set, Spelling spelling) {
  std::vector<Expr> parts;
  CharSet raw = set;
  if (spelling == Spelling::kJson) {
    CharSet escaped(0, 0x1f);
    escaped.add('"', '"').add('\\', '\\');
    for (const auto& [low, high] : escaped.ranges()) {
      for (uint32_t each = low; each <= high; ++each) {
        if (set.has(each)) parts.push_back(pool.literal(json_escape(each)));
      }
    }
    raw = CharSet();
    const CharSet plain = escaped.complement();
    for (const auto& [low, high] : set.ranges()) {
      for (const auto& [first, last] : plain.ranges()) {
        raw.add(std::max(low, first), std::min(high, last));
      }
    }
  }
  static constexpr std::pair<uint32_t, uint32_t> kLengths[] = {
      {0, 0x7f}, {0x80, 0x7ff}, {0x800, 0xffff}, {0x10000, kLastCodePoint}};
  for (const auto& [low, high] : raw.ranges()) {
    for (const auto& [first, last] : kLengths) {
      const uint32_t from = std::max(low, first);
      const uint32_t to = std::min(high, last);
      if (from <= to) parts.push_back(between(pool, encode(from), encode(to), 0));
    }
  }
  return pool.any_of(std::move(parts));
}

std::string spelled(std::string_view utf8, Spelling spelling) {
  if (spelling == Spelling::kPlain) return std::string(utf8);
  std::string out;
  for (const char each : utf8) {
    const std::string escape = json_escape(static_cast<unsigned char>(each));
    out += escape.empty() ? std::string(1, each) : escape;
  }
  return out;
}

Expr text_expr(ExprPool& pool, std::string_view utf8, Spelling spelling) {
  return pool.literal(spelled(utf8, spelling));
}

}  // namespace mw::grammar
