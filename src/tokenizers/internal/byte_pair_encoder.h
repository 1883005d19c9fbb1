#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "tokenizers/internal/merge_table.h"
#include "tokenizers/internal/vocabulary.h"

namespace mw::tokenizers {

/// More merges than any vocabulary has (Llama 3: 280,147).
inline constexpr std::size_t kMaxMerges = std::size_t{1} << 23;

/// Merges the bytes of one piece: the adjacent pair of lowest rank first, the leftmost of equal
/// ones, until none can be merged.
///
/// Speed    a piece that is a token and merges to that token is found by one hash look-up: what
///          merging yields is remembered per token on first use. Short pieces scan for the lowest
///          rank, long ones keep a heap: O(n log n) for any input.
/// Threads  const members from any thread; the memory is one relaxed atomic a token.
class BytePairEncoder {
 public:
  /// `whole_pieces_win`: a piece that is a token is never merged from bytes (Llama 3's
  /// ignore_merges).
  BytePairEncoder(Vocabulary vocabulary, MergeTable merges, bool whole_pieces_win);

  const Vocabulary& vocabulary() const { return vocabulary_; }
  /// The token of a single byte, -1 when the vocabulary has none.
  int32_t byte_token(unsigned char byte) const { return byte_tokens_[byte]; }

  /// Appends the ids of `piece`. Bytes without a token are left out, as the reference does.
  void encode(std::string_view piece, std::vector<int32_t>& ids) const;

 private:
  enum Direct : uint8_t { kUnknown = 0, kYes = 1, kNo = 2 };

  void merge(std::string_view piece, std::vector<int32_t>& ids) const;
  void merge_short(std::string_view piece, std::vector<int32_t>& ids) const;
  void merge_long(std::string_view piece, std::vector<int32_t>& ids) const;

  Vocabulary vocabulary_;
  MergeTable merges_;
  bool whole_pieces_win_;
  std::array<int32_t, 256> byte_tokens_{};
  std::vector<Merge> byte_merges_;  // (left byte, right byte), 256 x 256
  std::unique_ptr<std::atomic<uint8_t>[]> direct_;
};

}  // namespace mw::tokenizers
