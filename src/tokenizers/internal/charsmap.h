#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace mw::tokenizers {

/// SentencePiece's compiled normalisation rules: u32 bytes of a double-array trie, the trie, then
/// the replacements as texts that end with a zero byte.
///
/// A grapheme cluster of fewer than six bytes is looked up whole, where the shortest rule that
/// begins it wins; longer ones and those without a rule go character by character, as the
/// reference does. Clusters longer than that need no exact boundary, so the rules for emoji, flags
/// and Indic conjuncts, all of longer characters, are left out.
class Charsmap {
 public:
  /// Errors: kCorrupt for a trie that is cut off or replacements that do not end.
  static Result<Charsmap> parse(std::string_view bytes);

  void apply(std::string& text) const;

 private:
  /// The replacement of the shortest rule that begins `text`; false when there is none.
  bool find(std::string_view text, std::string_view& replacement) const;

  std::vector<uint32_t> trie_;
  std::string replacements_;
  std::bitset<128> ascii_rules_;  // characters that have one
};

}  // namespace mw::tokenizers
