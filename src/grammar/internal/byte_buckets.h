#pragma once

#include <array>
#include <cstdint>

namespace mw::grammar {

/// Sets of bytes as bits of one word: bytes that grammars hardly ever tell apart share a bit. So a
/// node of a vocabulary's tree says in 8 bytes what stands below it, not in 32.
inline constexpr std::array<uint64_t, 256> kBucketOf = [] {
  std::array<uint64_t, 256> out{};
  int next = 0;
  const auto range = [&](int first, int last) {
    for (int byte = first; byte <= last; ++byte) {
      out[static_cast<std::size_t>(byte)] = uint64_t{1} << next;
    }
    ++next;
  };
  range(0x00, 0x1f);
  range('0', '9');
  range('a', 'f');  // hexadecimal digits are a language of their own
  range('g', 'z');
  range('A', 'F');
  range('G', 'Z');
  range(0x7f, 0x7f);
  range(0x80, 0xbf);  // what goes on a character of UTF-8, and what begins one of 2, 3 and 4 bytes
  range(0xc0, 0xdf);
  range(0xe0, 0xef);
  range(0xf0, 0xff);
  for (int byte = 0x20; byte < 0x7f; ++byte) {
    if (out[static_cast<std::size_t>(byte)] == 0) range(byte, byte);
  }
  return out;
}();

}  // namespace mw::grammar
