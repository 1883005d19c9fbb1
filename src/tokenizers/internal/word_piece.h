#pragma once

#include <optional>

#include "tokenizers/internal/char_trie.h"
#include "tokenizers/internal/text_model.h"

namespace mw::tokenizers {

/// WordPiece of BERT: the longest token that begins the word, then the longest with the prefix
/// "##" that goes on; a word that does not come out even is one unknown token.
class WordPiece final : public TextModel {
 public:
  struct Options {
    std::string continuing_prefix = "##";
    std::size_t max_chars = 100;  // longer words are unknown
    int32_t unknown_id = -1;
  };
  /// Nothing where the tables degenerate or a token is too long (CharTrie).
  static std::optional<WordPiece> create(Vocabulary vocabulary, Options options);

  const Vocabulary& vocabulary() const override { return vocabulary_; }
  void encode(std::string_view word, std::vector<int32_t>& ids) const override;

 private:
  WordPiece(Vocabulary vocabulary, Options options, std::size_t bytes);

  Vocabulary vocabulary_;
  Options options_;
  CharTrie begins_;
  CharTrie goes_on_;
};

}  // namespace mw::tokenizers
