#pragma once

#include <optional>

#include "tokenizers/internal/byte_fallback.h"
#include "tokenizers/internal/char_trie.h"
#include "tokenizers/internal/text_model.h"

namespace mw::tokenizers {

/// Unigram of SentencePiece (XLM-R, E5, T5): of all ways to cut a piece into tokens the one with
/// the highest sum of scores, by Viterbi. A character that no token of its own covers may be
/// unknown, at ten below the lowest score.
///
/// Source  Kudo 2018, arXiv:1804.10959.
class Unigram final : public TextModel {
 public:
  /// One score a token. Nothing where the tables degenerate or a token is too long (CharTrie).
  static std::optional<Unigram> create(Vocabulary vocabulary, std::vector<double> scores,
                                       const Unknown& unknown);

  const Vocabulary& vocabulary() const override { return vocabulary_; }
  void encode(std::string_view piece, std::vector<int32_t>& ids) const override;

 private:
  Unigram(Vocabulary vocabulary, std::vector<double> scores, const Unknown& unknown,
          std::size_t bytes);

  Vocabulary vocabulary_;
  std::vector<double> scores_;
  Unknown unknown_;
  ByteFallback fallback_;
  CharTrie tokens_;
  double unknown_score_ = 0;
};

}  // namespace mw::tokenizers
