#include "tokenizers/utf8_decode.h"

namespace mw::tokenizers {
namespace {

constexpr DecodedChar kInvalid = {0xfffd, 1};

}  // namespace

DecodedChar decode_utf8(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const auto is_tail = [&](std::size_t i) { return (byte(i) & 0xc0U) == 0x80U; };
  const char32_t lead = byte(0);
  const std::size_t left = text.size() - at;
  if (lead < 0x80) return {lead, 1};
  if (lead < 0xe0) {
    if (lead < 0xc2 || left < 2 || !is_tail(1)) return kInvalid;
    return {((lead & 0x1fU) << 6) | (byte(1) & 0x3fU), 2};
  }
  if (lead < 0xf0) {
    if (left < 3 || !is_tail(1) || !is_tail(2)) return kInvalid;
    const char32_t code = ((lead & 0xfU) << 12) | ((byte(1) & 0x3fU) << 6) | (byte(2) & 0x3fU);
    if (code < 0x800 || (code >= 0xd800 && code < 0xe000)) return kInvalid;
    return {code, 3};
  }
  if (lead > 0xf4 || left < 4 || !is_tail(1) || !is_tail(2) || !is_tail(3)) return kInvalid;
  const char32_t code = ((lead & 7U) << 18) | ((byte(1) & 0x3fU) << 12) | ((byte(2) & 0x3fU) << 6) |
                        (byte(3) & 0x3fU);
  if (code < 0x10000 || code > 0x10ffff) return kInvalid;
  return {code, 4};
}

}  // namespace mw::tokenizers
