#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace mw::tokenizers {

/// What the parts of tokenizer.json ask about a character, as the reference answers it (the comment
/// in tools/gen/unicode_data.py says why that is no single Unicode version).
enum CharTrait : uint16_t {
  kPunctuation = 1 << 0,  // of Punctuation and BertPreTokenizer
  kDropped = 1 << 1,      // control characters that BertNormalizer takes out
  kAccent = 1 << 2,       // what BertNormalizer's strip_accents takes out
  kMark = 1 << 3,         // what StripAccents takes out
  kWord = 1 << 4,         // \w
  kNumeric = 1 << 5,      // of Digits
  kUpperLetter = 1 << 6,  // \p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}
  kLowerLetter = 1 << 7,  // \p{Ll}\p{Lm}\p{Lo}\p{M}
  // What these forms leave as it is, and what joins nothing in front of it.
  kNfcInert = 1 << 11,
  kNfkcInert = 1 << 12,
  kNfdInert = 1 << 13,
};

/// How a character joins its neighbours in one grapheme cluster; the classes that matter for short
/// clusters (internal/charsmap.h).
enum class Grapheme : uint8_t { kOther, kControl, kExtend, kPrepend, kSpacingMark };

/// Code points to short sequences of code points: those of `pages[p] .. pages[p+1]` lie in page p.
struct UnicodeMapping {
  const uint32_t* points;
  const uint16_t* offsets;
  const uint32_t* pool;
  const uint16_t* pages;
};

extern const uint8_t kTraitPageIndex[4352];
extern const uint16_t kTraitPages[];
extern const UnicodeMapping kCanonical;   // full canonical decompositions, without Hangul
extern const UnicodeMapping kCompatible;  // full compatibility ones, where they differ
extern const UnicodeMapping kCombining;   // canonical combining classes that are not 0
extern const UnicodeMapping kLower;
extern const uint32_t kCompositionFirst[];  // sorted by (first, second)
extern const uint32_t kCompositionSecond[];
extern const uint32_t kCompositionWhole[];
extern const int kCompositions;

inline uint16_t traits_word(char32_t code_point) {
  return kTraitPages[kTraitPageIndex[code_point >> 8] * 256U + (code_point & 255U)];
}
inline bool has_trait(char32_t code_point, CharTrait trait) {
  return (traits_word(code_point) & trait) != 0;
}
inline Grapheme grapheme_of(char32_t code_point) {
  return static_cast<Grapheme>(traits_word(code_point) >> 8 & 7);
}

/// What a code point maps to; empty when it maps to itself.
std::span<const uint32_t> mapped(const UnicodeMapping& mapping, char32_t code_point);

}  // namespace mw::tokenizers
