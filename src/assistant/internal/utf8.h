#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mw::assistant {

struct Character {
  char32_t code = 0;
  size_t bytes = 0;  // at least 1; a broken byte reads as U+FFFD of one byte
};

/// The character at `at`; `at` must be inside `text`.
Character read_character(std::string_view text, size_t at);
void append_utf8(std::string& out, char32_t code);
/// `text` with every broken sequence replaced by U+FFFD.
std::string valid_utf8(std::string_view text);

inline bool is_han(char32_t c) {
  return (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3400 && c <= 0x4dbf) ||
         (c >= 0xf900 && c <= 0xfaff) || c == 0x3007;
}

}  // namespace mw::assistant
