#pragma once

#include <cstdint>

namespace mw::tokenizers {

/// Two-stage table over all code points: page = kUnicodePageIndex[code_point >> 8], then two bits
/// a code point in the eight words of that page. Generated; read through char_class().
extern const std::uint8_t kUnicodePageIndex[4352];
extern const std::uint64_t kUnicodePages[1064];

}  // namespace mw::tokenizers
