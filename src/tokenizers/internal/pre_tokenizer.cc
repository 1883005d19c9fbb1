#include "tokenizers/internal/pre_tokenizer.h"

#include <array>
#include <string>

#include "tokenizers/internal/unicode_classes.h"
#include "tokenizers/internal/unicode_data.h"
#include "tokenizers/utf8_decode.h"

namespace mw::tokenizers {
namespace {

constexpr auto kAsciiClasses = [] {
  std::array<CharClass, 128> classes{};
  for (std::size_t c = 0; c < classes.size(); ++c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool space = c == ' ' || (c >= 9 && c <= 13);
    classes[c] = letter                   ? CharClass::kLetter
                 : (c >= '0' && c <= '9') ? CharClass::kNumber
                 : space                  ? CharClass::kSpace
                                          : CharClass::kOther;
  }
  return classes;
}();

/// A character's class and length; length 0 at the end of the text.
struct Char {
  CharClass kind = CharClass::kOther;
  uint8_t bytes = 0;
};

inline Char char_at(std::string_view text, std::size_t at) {
  if (at >= text.size()) return {};
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x80) return {kAsciiClasses[byte], 1};
  const DecodedChar decoded = decode_utf8(text, at);
  return {char_class(decoded.code_point), decoded.bytes};
}

inline std::size_t skip(std::string_view text, std::size_t at, CharClass kind) {
  for (Char next = char_at(text, at); next.bytes != 0 && next.kind == kind;
       next = char_at(text, at)) {
    at += next.bytes;
  }
  return at;
}

bool is_newline(std::string_view text, std::size_t at) {
  return at < text.size() && (text[at] == '\r' || text[at] == '\n');
}

/// Length of 's, 't, 're, 've, 'm, 'll or 'd at an apostrophe; 0 when it is none of them.
std::size_t contraction(std::string_view text, std::size_t at, bool any_case) {
  const auto letter = [&](std::size_t i) {
    if (at + i >= text.size()) return '\0';
    const char c = text[at + i];
    return any_case && c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  };
  switch (letter(1)) {
    case 's':
    case 't':
    case 'm':
    case 'd':
      return 2;
    case 'r':
    case 'v':
      return letter(2) == 'e' ? 3 : 0;
    case 'l':
      return letter(2) == 'l' ? 3 : 0;
    case '\xc5':  // U+017F, long s, is a case of "s"
      return any_case && letter(2) == '\xbf' ? 3 : 0;
    default:
      return 0;
  }
}

/// \s+(?!\S)|\s+ : the last character of a run goes to the piece after it, unless there is none or
/// the run is that one character. `followed` says whether something follows the run.
std::size_t space_run_end(std::string_view text, std::size_t begin, std::size_t run_end,
                          bool followed) {
  if (!followed) return run_end;
  std::size_t last = run_end - 1;
  while ((static_cast<unsigned char>(text[last]) & 0xc0U) == 0x80U) --last;
  return last > begin ? last : run_end;
}

/// `numbers_apart`: the text to cut ends at the next number (kSmolLm).
std::size_t gpt2_end(std::string_view text, std::size_t begin, bool numbers_apart) {
  const Char first = char_at(text, begin);
  if (numbers_apart && first.kind == CharClass::kNumber) return begin + first.bytes;
  if (text[begin] == '\'') {
    if (const std::size_t length = contraction(text, begin, false)) return begin + length;
  }
  std::size_t at = begin;
  CharClass kind = first.kind;
  if (text[begin] == ' ') {
    const Char second = char_at(text, begin + 1);
    const bool apart = numbers_apart && second.kind == CharClass::kNumber;
    if (second.bytes != 0 && second.kind != CharClass::kSpace && !apart) {
      at = begin + 1;
      kind = second.kind;
    }
  }
  const std::size_t end = skip(text, at, kind);
  if (kind != CharClass::kSpace) return end;
  const Char after = char_at(text, end);
  const bool followed = after.bytes != 0 && !(numbers_apart && after.kind == CharClass::kNumber);
  return space_run_end(text, begin, end, followed);
}

/// `most_digits`: 3 for Llama 3, 1 for Qwen 2.
std::size_t llama3_end(std::string_view text, std::size_t begin, int most_digits) {
  const Char first = char_at(text, begin);
  const std::size_t second_at = begin + first.bytes;
  if (text[begin] == '\'') {
    if (const std::size_t length = contraction(text, begin, true)) return begin + length;
  }
  if (first.kind == CharClass::kLetter) return skip(text, second_at, CharClass::kLetter);
  if (first.kind == CharClass::kNumber) {
    std::size_t at = second_at;
    for (int digits = 1; digits < most_digits; ++digits) {
      const Char next = char_at(text, at);
      if (next.bytes == 0 || next.kind != CharClass::kNumber) break;
      at += next.bytes;
    }
    return at;
  }
  const Char second = char_at(text, second_at);
  const bool leads = second.bytes != 0 && !is_newline(text, begin);
  if (leads && second.kind == CharClass::kLetter) return skip(text, second_at, CharClass::kLetter);
  const bool space_leads = leads && text[begin] == ' ' && second.kind == CharClass::kOther;
  if (first.kind == CharClass::kOther || space_leads) {
    std::size_t at = skip(text, second_at, CharClass::kOther);
    while (is_newline(text, at)) ++at;
    return at;
  }
  // White space: up to the last line break of the run, else as in GPT-2.
  const std::size_t end = skip(text, begin, CharClass::kSpace);
  for (std::size_t at = end; at > begin; --at) {
    if (is_newline(text, at - 1)) return at;
  }
  return space_run_end(text, begin, end, end < text.size());
}

/// A run of upper-case letters, where marks and letters without case count as upper and as lower.
struct CasedWord {
  std::size_t lower_end = 0;  // the end of [upper]*[lower]+, 0 when that does not fit
  std::size_t upper_end = 0;  // the end of [upper]+, 0 when there is none
};

CasedWord cased_word(std::string_view text, std::size_t begin) {
  CasedWord word;
  std::size_t at = begin;
  uint8_t bytes = 0;
  const auto traits = [&]() -> uint16_t {
    if (at >= text.size()) return 0;
    const DecodedChar next = decode_utf8(text, at);
    bytes = next.bytes;
    return traits_word(next.code_point);
  };
  for (uint16_t now = traits(); (now & kUpperLetter) != 0; now = traits()) {
    at += bytes;
    // Where no lower case follows, the last letter that is both has to serve as one.
    if ((now & kLowerLetter) != 0) word.lower_end = at;
  }
  if (at > begin) word.upper_end = at;
  while ((traits() & kLowerLetter) != 0) word.lower_end = at += bytes;
  return word;
}

std::size_t with_contraction(std::string_view text, std::size_t at) {
  return at < text.size() && text[at] == '\'' ? at + contraction(text, at, true) : at;
}

std::size_t o200k_end(std::string_view text, std::size_t begin) {
  const Char first = char_at(text, begin);
  const bool unlettered = first.kind == CharClass::kOther || first.kind == CharClass::kSpace;
  // Any one character but a line break may lead a word. A mark is a word itself.
  const CasedWord led =
      unlettered && !is_newline(text, begin) ? cased_word(text, begin + first.bytes) : CasedWord();
  const CasedWord plain = cased_word(text, begin);
  for (const std::size_t end : {led.lower_end, plain.lower_end, led.upper_end, plain.upper_end}) {
    if (end != 0) return with_contraction(text, end);
  }
  if (!unlettered) return llama3_end(text, begin, 3);
  const bool space_leads = text[begin] == ' ' && char_at(text, begin + 1).bytes != 0 &&
                           char_at(text, begin + 1).kind == CharClass::kOther;
  if (first.kind == CharClass::kOther || space_leads) {
    std::size_t at = skip(text, begin + first.bytes, CharClass::kOther);
    while (at < text.size() && (is_newline(text, at) || text[at] == '/')) ++at;
    return at;
  }
  return llama3_end(text, begin, 3);
}

struct NamedPreTokenizer {
  std::string_view name;
  PreTokenizer kind;
};

// As files write them.
constexpr std::array kExpressions = {
    NamedPreTokenizer{
        R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)",
        PreTokenizer::kGpt2},
    NamedPreTokenizer{
        R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
        PreTokenizer::kLlama3},
    NamedPreTokenizer{
        R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
        PreTokenizer::kQwen2},
    NamedPreTokenizer{
        R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
        PreTokenizer::kO200k},
};

// Names found in files for the same expressions.
constexpr std::array kNames = {
    NamedPreTokenizer{"gpt-2", PreTokenizer::kGpt2},
    NamedPreTokenizer{"gpt2", PreTokenizer::kGpt2},
    NamedPreTokenizer{"smollm", PreTokenizer::kSmolLm},
    NamedPreTokenizer{"starcoder", PreTokenizer::kSmolLm},
    NamedPreTokenizer{"refact", PreTokenizer::kSmolLm},
    NamedPreTokenizer{"command-r", PreTokenizer::kSmolLm},
    NamedPreTokenizer{"llama-3", PreTokenizer::kLlama3},
    NamedPreTokenizer{"llama3", PreTokenizer::kLlama3},
    NamedPreTokenizer{"llama-bpe", PreTokenizer::kLlama3},
    NamedPreTokenizer{"llama-v3", PreTokenizer::kLlama3},
    NamedPreTokenizer{"qwen2", PreTokenizer::kQwen2},
    NamedPreTokenizer{"gpt-4o", PreTokenizer::kO200k},
};

}  // namespace

Result<PreTokenizer> pre_tokenizer_named(std::string_view name) {
  for (const NamedPreTokenizer& each : kNames) {
    if (each.name == name) return each.kind;
  }
  std::string known;
  for (const NamedPreTokenizer& each : kNames) {
    known += (known.empty() ? "" : ", ") + std::string(each.name);
  }
  const std::string shown = name.empty() ? "(none)" : std::string(name.substr(0, 40));
  return Error::make(
      Code::kUnsupported,
      "tokenizer.ggml.pre: pre-tokenizer '" + shown +
          "' is not supported, and a wrong one would spoil every answer; known: " + known,
      "tokenizer.ggml.pre：不支持预分词器 “" + shown + "”，用错会使所有回答变差；已支持：" + known,
      "tokenizer.ggml.pre");
}

std::optional<PreTokenizer> pre_tokenizer_of_regex(std::string_view expression) {
  for (const NamedPreTokenizer& each : kExpressions) {
    if (each.name == expression) return each.kind;
  }
  return std::nullopt;
}

std::size_t piece_end(PreTokenizer kind, std::string_view text, std::size_t begin) {
  switch (kind) {
    case PreTokenizer::kGpt2:
      return gpt2_end(text, begin, false);
    case PreTokenizer::kSmolLm:
      return gpt2_end(text, begin, true);
    case PreTokenizer::kLlama3:
      return llama3_end(text, begin, 3);
    case PreTokenizer::kQwen2:
      return llama3_end(text, begin, 1);
    case PreTokenizer::kO200k:
      return o200k_end(text, begin);
  }
  return text.size();
}

}  // namespace mw::tokenizers
