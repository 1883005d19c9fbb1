#pragma once

#include <string>
#include <string_view>

namespace mw {

/// Bytes of the well-formed UTF-8 character at the front of a text (Unicode 15, table 3-7); 0 where
/// there is none.
std::size_t utf8_character_bytes(std::string_view text);

/// The text as every store can keep it: what is not UTF-8, and NUL, as U+FFFD.
std::string storable_text(std::string_view text);

}  // namespace mw
