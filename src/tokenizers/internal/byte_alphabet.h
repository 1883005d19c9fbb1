#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace mw::tokenizers {

/// Byte-level BPE vocabularies spell each byte as one printable character: 33-126, 161-172 and
/// 174-255 stand for themselves, the other 68 for U+0100 upward in order (space is U+0120).

/// The UTF-8 text of the character that stands for `byte`.
std::string byte_to_letter(unsigned char byte);

/// The bytes that a vocabulary entry spells; nothing when a character is not of the alphabet.
std::optional<std::string> bytes_of_letters(std::string_view letters);

}  // namespace mw::tokenizers
