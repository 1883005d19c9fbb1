#include "tokenizers/internal/char_pair_encoder.h"

#include <array>
#include <cstring>
#include <optional>

#include "tokenizers/internal/unicode_text.h"
#include "tokenizers/utf8_decode.h"

namespace mw::tokenizers {

/// What the last words of a long text became: most words come again, and this is nearer than a
/// vocabulary of 262,144 tokens.
class CharPairEncoder::RecentRuns {
 public:
  static constexpr std::size_t kMaxBytes = 20;

  /// The token that `run` is, or -1.
  int32_t find(std::string_view run) const {
    const Entry& entry = entries_[index_of(run)];
    return entry.size == run.size() && std::memcmp(entry.text, run.data(), run.size()) == 0
               ? entry.id
               : -1;
  }
  void keep(std::string_view run, int32_t id) {
    Entry& entry = entries_[index_of(run)];
    entry.size = static_cast<uint8_t>(run.size());
    entry.id = id;
    std::memcpy(entry.text, run.data(), run.size());
  }

 private:
  struct Entry {
    int32_t id = -1;
    uint8_t size = 0;
    char text[kMaxBytes];
  };
  static std::size_t index_of(std::string_view run) {
    uint64_t word = 0;
    std::memcpy(&word, run.data(), std::min<std::size_t>(run.size(), 8));
    word ^= uint64_t{static_cast<unsigned char>(run.back())} << 56 ^ run.size() * 0x9e37U << 40;
    return word * 0x9e3779b97f4a7c15U >> (64 - kBits);
  }
  static constexpr int kBits = 10;
  std::array<Entry, std::size_t{1} << kBits> entries_;
};

namespace {

constexpr char32_t kPlane = 0x10000;
/// From here on clearing RecentRuns is little beside the rest.
constexpr std::size_t kLongText = 4096;

char32_t first_char(std::string_view text) { return decode_utf8(text, 0).code_point; }

char32_t last_char(std::string_view text) {
  std::size_t at = text.size() - 1;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U) --at;
  return decode_utf8(text, at).code_point;
}

}  // namespace

CharPairEncoder::CharPairEncoder(Vocabulary vocabulary, MergeTable merges, const Unknown& unknown,
                                 bool whole_pieces_win)
    : vocabulary_(std::move(vocabulary)),
      merges_(std::move(merges)),
      fallback_(vocabulary_, unknown),
      whole_pieces_win_(whole_pieces_win),
      joins_((std::size_t{1} << kJoinBits) / 64),
      char_ids_(kPlane, -1),
      whole_pieces_(vocabulary_.size()) {
  std::string text;
  for (char32_t c = 0; c < kPlane; ++c) {
    text.clear();
    append_utf8(c, text);
    char_ids_[c] = vocabulary_.find(text);
  }
}

void CharPairEncoder::allow_join(int32_t left, int32_t right) {
  const std::string_view before = vocabulary_.bytes_of(left);
  const std::string_view behind = vocabulary_.bytes_of(right);
  // A byte's token does not end with the character that the text has there.
  if (before.empty() || behind.empty() || byte_of_token(before) || byte_of_token(behind)) {
    may_cut_ = false;
    return;
  }
  const uint32_t bit = bit_of(last_char(before), first_char(behind));
  joins_[bit >> 6] |= uint64_t{1} << (bit & 63);
}

void CharPairEncoder::encode(std::string_view piece, std::vector<int32_t>& ids) const {
  if (whole_pieces_win_) {
    const int32_t whole = vocabulary_.find(piece);
    if (whole >= 0) {
      ids.push_back(whole);
      return;
    }
  }
  std::optional<RecentRuns> recent;
  if (piece.size() >= kLongText) recent.emplace();
  RecentRuns* const runs = recent ? &*recent : nullptr;
  const std::size_t first_id = ids.size();
  std::size_t begin = 0;
  char32_t last = 0;
  for (std::size_t at = 0; at < piece.size();) {
    const DecodedChar next = decode_utf8(piece, at);
    if (at > begin && may_cut_) {
      const uint32_t bit = bit_of(last, next.code_point);
      if (((joins_[bit >> 6] >> (bit & 63)) & 1) == 0) {
        encode_run(piece.substr(begin, at - begin), runs, ids);
        begin = at;
      }
    }
    last = next.code_point;
    at += next.bytes;
  }
  encode_run(piece.substr(begin), runs, ids);
  fallback_.fuse(first_id, ids);
}

void CharPairEncoder::encode_run(std::string_view run, RecentRuns* recent,
                                 std::vector<int32_t>& ids) const {
  const bool short_run = recent != nullptr && run.size() <= RecentRuns::kMaxBytes;
  if (short_run) {
    if (const int32_t id = recent->find(run); id >= 0) {
      ids.push_back(id);
      return;
    }
  }
  const int32_t whole = vocabulary_.find(run);
  if (whole < 0) return merge(run, ids);
  const std::size_t before = ids.size();
  whole_pieces_.encode(
      whole, [&](std::vector<int32_t>& out) { merge(run, out); }, ids);
  if (short_run && ids.size() == before + 1) recent->keep(run, ids.back());
}

int32_t CharPairEncoder::id_of(std::string_view character, char32_t code_point) const {
  const auto byte = static_cast<unsigned char>(character[0]);
  if (character.size() == 1 && byte >= 0x80) return -1;  // no character at all
  return code_point < kPlane ? char_ids_[code_point] : vocabulary_.find(character);
}

void CharPairEncoder::merge(std::string_view run, std::vector<int32_t>& ids) const {
  std::vector<int32_t> symbols;
  symbols.reserve(run.size());
  for (std::size_t at = 0; at < run.size();) {
    const DecodedChar next = decode_utf8(run, at);
    const std::string_view character = run.substr(at, next.bytes);
    const int32_t id = id_of(character, next.code_point);
    if (id >= 0) {
      symbols.push_back(id);
    } else {
      fallback_.append(character, symbols);
    }
    at += next.bytes;
  }
  if (symbols.size() > kShortPiece) return merge_long(symbols, merges_, ids);
  merge_short(
      symbols, merges_, [&](std::size_t i) { return merges_.find(symbols[i], symbols[i + 1]); },
      ids);
}

}  // namespace mw::tokenizers
