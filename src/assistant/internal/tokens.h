#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mw::assistant {

/// A word, number, Chinese character or sign of a text, folded to one spelling.
struct Token {
  enum class Kind { kWord, kNumber, kHan, kSign };
  Kind kind = Kind::kSign;
  std::string text;    // lower case, half width, simplified; "isn't" is "is" and "not"
  double number = 0;   // of kNumber
  bool glued = false;  // no space between this one and the one before
  size_t begin = 0;    // bytes of the text that was read: [begin, end)
  size_t end = 0;

  bool is_word() const { return kind == Kind::kWord; }
  bool is_number() const { return kind == Kind::kNumber; }
  bool is_han() const { return kind == Kind::kHan; }
};

using Tokens = std::vector<Token>;

/// Splits valid UTF-8. Full-width forms, case, traditional characters of the shop floor and the
/// many dashes and quotes are folded; what is left over (emoji, other scripts) stays as it is.
Tokens tokenize(std::string_view text);

/// How many tokens from `at` on spell `phrase` (folded spelling; words apart by spaces, Chinese
/// without); 0 when they do not.
size_t match_phrase(const Tokens& tokens, size_t at, std::string_view phrase);

}  // namespace mw::assistant
