#pragma once

#include <cstdint>

#include "tokenizers/internal/unicode_tables.h"

namespace mw::tokenizers {

/// What the pre-tokenizers tell apart: \p{L}, \p{N}, \s and all the rest.
enum class CharClass : uint8_t { kOther = 0, kLetter = 1, kNumber = 2, kSpace = 3 };

inline CharClass char_class(char32_t code_point) {
  const uint64_t word =
      kUnicodePages[kUnicodePageIndex[code_point >> 8] * 8U + ((code_point >> 5) & 7U)];
  return static_cast<CharClass>((word >> (2 * (code_point & 31U))) & 3U);
}

}  // namespace mw::tokenizers
