#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tokenizers/tokenizer.h"

namespace mw::testing_support {

/// The character that spells a byte in byte-level BPE vocabularies, worked out anew so that tests
/// do not use the code they check.
inline std::string letter_of(int byte) {
  int letter = byte;
  const auto is_plain = [](int b) {
    return (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174;
  };
  if (!is_plain(byte)) {
    letter = 256;
    for (int before = 0; before < byte; ++before) letter += is_plain(before) ? 0 : 1;
  }
  if (letter < 0x80) return std::string(1, static_cast<char>(letter));
  return {static_cast<char>(0xc0 | (letter >> 6)), static_cast<char>(0x80 | (letter & 0x3f))};
}

/// All letters of a text, as a vocabulary spells it.
inline std::string letters_of(std::string_view text) {
  std::string letters;
  for (const char c : text) letters += letter_of(static_cast<unsigned char>(c));
  return letters;
}

/// A made-up vocabulary: id b is byte b, then the merges in order (from id 256), then
/// "<|im_start|>" and "<|im_end|>" as control tokens.
inline tokenizers::TokenizerSpec tiny_spec(
    std::string pre, const std::vector<std::pair<std::string, std::string>>& merges = {}) {
  tokenizers::TokenizerSpec spec;
  spec.pre = std::move(pre);
  for (int byte = 0; byte < 256; ++byte) spec.tokens.push_back(letter_of(byte));
  for (const auto& [left, right] : merges) {
    spec.merges.push_back(letters_of(left) + " " + letters_of(right));
    spec.tokens.push_back(letters_of(left + right));
  }
  spec.token_types.assign(spec.tokens.size(), 1);
  for (const char* special : {"<|im_start|>", "<|im_end|>"}) {
    spec.tokens.emplace_back(special);
    spec.token_types.push_back(3);
  }
  return spec;
}

inline std::unique_ptr<tokenizers::Tokenizer> tiny_tokenizer(
    std::string pre, const std::vector<std::pair<std::string, std::string>>& merges = {}) {
  return std::move(tokenizers::Tokenizer::create(tiny_spec(std::move(pre), merges))).value();
}

}  // namespace mw::testing_support
