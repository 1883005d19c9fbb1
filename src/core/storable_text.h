#pragma once

#include <string>
#include <string_view>

namespace mw {

/// Bytes of the well-formed UTF-8 character at the front of a text (Unicode 15, table 3-7); 0 where
/// there is none.
std::size_t utf8_character_bytes(std::string_view text);

bool is_utf8(std::string_view text);

/// The beginning of a text, at most so many bytes, without cutting a UTF-8 character.
std::string_view utf8_prefix(std::string_view text, std::size_t most_bytes);

/// The text as every store can keep it: what is not UTF-8, and NUL, as U+FFFD.
std::string storable_text(std::string_view text);

}  // namespace mw
