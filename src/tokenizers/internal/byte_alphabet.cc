#include "tokenizers/internal/byte_alphabet.h"

#include "tokenizers/utf8_decode.h"

namespace mw::tokenizers {
namespace {

constexpr bool stands_for_itself(int byte) {
  return (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
}

struct Alphabet {
  std::array<char32_t, 256> letter_of_byte{};
  std::array<int, 324> byte_of_letter{};  // -1: not of the alphabet
};

constexpr Alphabet make_alphabet() {
  Alphabet alphabet;
  for (int& byte : alphabet.byte_of_letter) byte = -1;
  char32_t next = 0x100;
  for (int byte = 0; byte < 256; ++byte) {
    const char32_t letter = stands_for_itself(byte) ? static_cast<char32_t>(byte) : next++;
    alphabet.letter_of_byte[static_cast<std::size_t>(byte)] = letter;
    alphabet.byte_of_letter[letter] = byte;
  }
  return alphabet;
}

constexpr Alphabet kAlphabet = make_alphabet();

}  // namespace

std::string byte_to_letter(unsigned char byte) {
  const char32_t letter = kAlphabet.letter_of_byte[byte];
  if (letter < 0x80) return std::string(1, static_cast<char>(letter));
  return {static_cast<char>(0xc0U | (letter >> 6)), static_cast<char>(0x80U | (letter & 0x3fU))};
}

std::optional<std::string> bytes_of_letters(std::string_view letters) {
  std::string bytes;
  for (std::size_t at = 0; at < letters.size();) {
    const DecodedChar next = decode_utf8(letters, at);
    if (next.code_point >= kAlphabet.byte_of_letter.size()) return std::nullopt;
    const int byte = kAlphabet.byte_of_letter[next.code_point];
    if (byte < 0) return std::nullopt;
    bytes += static_cast<char>(byte);
    at += next.bytes;
  }
  return bytes;
}

}  // namespace mw::tokenizers
