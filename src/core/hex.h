#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace mw {

/// Lower-case hexadecimal digits.
std::string hex_of(std::span<const uint8_t> bytes);
/// False unless `text` is exactly as many lower-case digits as `out` has room for.
bool from_hex(std::string_view text, std::span<uint8_t> out);

}  // namespace mw
