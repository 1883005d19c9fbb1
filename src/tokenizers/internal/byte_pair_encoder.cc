#include "tokenizers/internal/byte_pair_encoder.h"

namespace mw::tokenizers {

BytePairEncoder::BytePairEncoder(Vocabulary vocabulary, MergeTable merges, bool whole_pieces_win)
    : vocabulary_(std::move(vocabulary)),
      merges_(std::move(merges)),
      whole_pieces_win_(whole_pieces_win),
      byte_merges_(std::size_t{256} * 256),
      whole_pieces_(vocabulary_.size()) {
  for (int byte = 0; byte < 256; ++byte) {
    const char text = static_cast<char>(byte);
    byte_tokens_[static_cast<std::size_t>(byte)] = vocabulary_.find({&text, 1});
  }
  for (std::size_t left = 0; left < 256; ++left) {
    for (std::size_t right = 0; right < 256; ++right) {
      if (byte_tokens_[left] < 0 || byte_tokens_[right] < 0) continue;
      byte_merges_[256 * left + right] = merges_.find(byte_tokens_[left], byte_tokens_[right]);
    }
  }
}

void BytePairEncoder::encode(std::string_view piece, std::vector<int32_t>& ids) const {
  const int32_t whole = vocabulary_.find(piece);
  if (whole < 0) return merge(piece, ids);
  if (whole_pieces_win_) {
    ids.push_back(whole);
    return;
  }
  whole_pieces_.encode(
      whole, [&](std::vector<int32_t>& out) { merge(piece, out); }, ids);
}

void BytePairEncoder::merge(std::string_view piece, std::vector<int32_t>& ids) const {
  if (piece.size() > kShortPiece) {
    std::vector<int32_t> symbols;
    symbols.reserve(piece.size());
    for (const char c : piece) {
      const int32_t id = byte_token(static_cast<unsigned char>(c));
      if (id >= 0) symbols.push_back(id);
    }
    return merge_long(symbols, merges_, ids);
  }
  int32_t symbols[kShortPiece];
  unsigned char bytes[kShortPiece];
  std::size_t count = 0;
  for (const char c : piece) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte_tokens_[byte] < 0) continue;
    bytes[count] = byte;
    symbols[count++] = byte_tokens_[byte];
  }
  const auto first_merge = [&](std::size_t i) -> const Merge& {
    return byte_merges_[std::size_t{256} * bytes[i] + bytes[i + 1]];
  };
  merge_short({symbols, count}, merges_, first_merge, ids);
}

}  // namespace mw::tokenizers
