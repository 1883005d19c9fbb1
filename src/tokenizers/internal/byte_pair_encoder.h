#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "tokenizers/internal/merge_loop.h"
#include "tokenizers/internal/text_model.h"

namespace mw::tokenizers {

/// Merges the bytes of one piece: the adjacent pair of lowest rank first, the leftmost of equal
/// ones, until none can be merged.
///
/// Speed    a piece that is a token and merges to that token is found by one hash look-up: what
///          merging yields is remembered per token on first use. Short pieces scan for the lowest
///          rank, long ones keep a heap: O(n log n) for any input.
/// Threads  const members from any thread; the memory is one relaxed atomic a token.
class BytePairEncoder final : public TextModel {
 public:
  /// `whole_pieces_win`: a piece that is a token is never merged from bytes (Llama 3's
  /// ignore_merges).
  BytePairEncoder(Vocabulary vocabulary, MergeTable merges, bool whole_pieces_win);

  const Vocabulary& vocabulary() const override { return vocabulary_; }
  /// The token of a single byte, -1 when the vocabulary has none.
  int32_t byte_token(unsigned char byte) const { return byte_tokens_[byte]; }

  /// Appends the ids of `piece`. Bytes without a token are left out, as the reference does.
  void encode(std::string_view piece, std::vector<int32_t>& ids) const override;

 private:
  void merge(std::string_view piece, std::vector<int32_t>& ids) const;

  Vocabulary vocabulary_;
  MergeTable merges_;
  bool whole_pieces_win_;
  std::array<int32_t, 256> byte_tokens_{};
  std::vector<Merge> byte_merges_;  // (left byte, right byte), 256 x 256
  WholePieces whole_pieces_;
};

}  // namespace mw::tokenizers
