#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tokenizers/internal/byte_fallback.h"
#include "tokenizers/internal/merge_loop.h"
#include "tokenizers/internal/text_model.h"

namespace mw::tokenizers {

/// Byte-pair encoding of SentencePiece (Llama 2, Gemma): characters merge, and those without a
/// token become bytes.
///
/// Speed    a piece may be a whole text. It is cut first wherever no merge joins the two characters
///          at a place, which changes nothing: words come out, and those that are tokens are found
///          by one look-up.
/// Threads  const members from any thread.
class CharPairEncoder final : public TextModel {
 public:
  CharPairEncoder(Vocabulary vocabulary, MergeTable merges, const Unknown& unknown,
                  bool whole_pieces_win);

  /// Tells of each merge in the table, before the first text: it may join what ends as `left` with
  /// what begins as `right`.
  void allow_join(int32_t left, int32_t right);

  const Vocabulary& vocabulary() const override { return vocabulary_; }
  void encode(std::string_view piece, std::vector<int32_t>& ids) const override;

 private:
  class RecentRuns;
  void encode_run(std::string_view run, RecentRuns* recent, std::vector<int32_t>& ids) const;
  void merge(std::string_view run, std::vector<int32_t>& ids) const;
  int32_t id_of(std::string_view character, char32_t code_point) const;
  static uint32_t bit_of(char32_t left, char32_t right) {
    return (left * 0x9e3779b1U ^ right * 0x85ebca6bU) >> (32 - kJoinBits);
  }

  static constexpr int kJoinBits = 20;  // 128 KB; Gemma 3 joins 33,695 pairs of characters
  Vocabulary vocabulary_;
  MergeTable merges_;
  ByteFallback fallback_;
  bool whole_pieces_win_;
  bool may_cut_ = true;
  std::vector<uint64_t> joins_;
  std::vector<int32_t> char_ids_;  // by code point, of the basic plane
  WholePieces whole_pieces_;
};

}  // namespace mw::tokenizers
