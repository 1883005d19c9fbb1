#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "grammar/internal/expression.h"

namespace mw::grammar {

inline constexpr uint32_t kLastCodePoint = 0x10ffff;

/// A set of Unicode code points without surrogates.
class CharSet {
 public:
  CharSet() = default;
  CharSet(uint32_t low, uint32_t high) { add(low, high); }

  CharSet& add(uint32_t low, uint32_t high);
  CharSet& add(const CharSet& other);
  CharSet complement() const;
  /// Adds the other case of ASCII letters.
  CharSet without_case() const;
  bool has(uint32_t code_point) const;
  /// Sorted, apart from each other.
  const std::vector<std::pair<uint32_t, uint32_t>>& ranges() const { return ranges_; }

 private:
  std::vector<std::pair<uint32_t, uint32_t>> ranges_;
};

/// How characters are spelled in the text that is constrained.
enum class Spelling {
  kPlain,  // UTF-8
  kJson,   // inside a JSON string: one spelling a character, escapes where they must be
};

/// The texts of one character of the set.
Expr char_expr(ExprPool& pool, const CharSet& set, Spelling spelling);
/// Some text of known characters (UTF-8), spelled so.
Expr text_expr(ExprPool& pool, std::string_view utf8, Spelling spelling);
/// The text itself, spelled so. Bytes that are no UTF-8 stay as they are.
std::string spelled(std::string_view utf8, Spelling spelling);
/// The escape of a character in the kJson spelling; empty when it stands for itself.
std::string json_escape(uint32_t code_point);
std::string utf8_of(uint32_t code_point);

}  // namespace mw::grammar
