#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mw::tokenizers {

/// One character of a text.
struct DecodedChar {
  char32_t code_point = 0;
  uint8_t bytes = 0;
};

/// The code point at `at`. A byte that begins no valid UTF-8 sequence (overlong, surrogate, over
/// U+10FFFF, cut off) counts alone, as U+FFFD.
DecodedChar decode_utf8(std::string_view text, std::size_t at);

}  // namespace mw::tokenizers
