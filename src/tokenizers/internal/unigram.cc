#include "tokenizers/internal/unigram.h"

#include <algorithm>

#include "tokenizers/utf8_decode.h"

namespace mw::tokenizers {
namespace {

constexpr double kUnknownPenalty = 10.0;
constexpr std::size_t kFewChars = 64;
constexpr uint32_t kNoWay = UINT32_MAX;

/// A character of a piece, and the best way to get to its begin. Not initialised: most pieces are
/// words of six characters, and to clear room for 64 took a fifth of the time.
struct Place {
  double score;
  uint32_t from;  // the place where the last token of that way begins; kNoWay: no way yet
  uint32_t next;  // on the best way of all: where what begins here ends
  int32_t id;     // of that token; -1: unknown
  char32_t code_point;
  uint32_t byte;  // where the character begins
};

/// The characters of a piece, and one place behind the last.
std::size_t lay_out(std::string_view piece, Place* places) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < piece.size(); ++count) {
    const DecodedChar next = decode_utf8(piece, at);
    places[count].from = kNoWay;
    places[count].code_point = next.code_point;
    places[count].byte = static_cast<uint32_t>(at);
    at += next.bytes;
  }
  places[count].from = kNoWay;
  places[count].byte = static_cast<uint32_t>(piece.size());
  places[0].from = 0;
  places[0].score = 0;
  return count;
}

}  // namespace

Unigram::Unigram(Vocabulary vocabulary, std::vector<double> scores, const Unknown& unknown,
                 std::size_t bytes)
    : vocabulary_(std::move(vocabulary)),
      scores_(std::move(scores)),
      unknown_(unknown),
      fallback_(vocabulary_, unknown),
      tokens_(bytes) {
  unknown_score_ = *std::min_element(scores_.begin(), scores_.end()) - kUnknownPenalty;
}

std::optional<Unigram> Unigram::create(Vocabulary vocabulary, std::vector<double> scores,
                                       const Unknown& unknown) {
  std::size_t bytes = 0;
  for (int32_t id = 0; id < vocabulary.size(); ++id) bytes += vocabulary.bytes_of(id).size();
  Unigram model(std::move(vocabulary), std::move(scores), unknown, bytes);
  for (int32_t id = 0; id < model.vocabulary_.size(); ++id) {
    const std::string_view token = model.vocabulary_.bytes_of(id);
    if (token.empty() || model.vocabulary_.find(token) != id) continue;
    if (!model.tokens_.add(token, id)) return std::nullopt;
  }
  if (!model.tokens_.shrink()) return std::nullopt;
  return model;
}

void Unigram::encode(std::string_view piece, std::vector<int32_t>& ids) const {
  if (piece.size() < 4 && decode_utf8(piece, 0).bytes == piece.size()) {
    if (const int32_t whole = vocabulary_.find(piece); whole >= 0) {  // one character: no choice
      ids.push_back(whole);
      return;
    }
  }
  // Most pieces are words: those need no memory of their own.
  Place few[kFewChars + 1];
  std::vector<Place> many;
  if (piece.size() > kFewChars) many.resize(piece.size() + 1);
  Place* const places = many.empty() ? few : many.data();
  const std::size_t count = lay_out(piece, places);
  for (std::size_t begin = 0; begin < count; ++begin) {
    const double score = places[begin].score;
    const auto offer = [&](std::size_t end, double candidate, int32_t id) {
      Place& place = places[end];
      if (place.from != kNoWay && candidate <= place.score) return;
      place.score = candidate;
      place.from = static_cast<uint32_t>(begin);
      place.id = id;
    };
    bool covered = false;
    uint32_t node = CharTrie::kRoot;
    for (std::size_t at = begin; at < count; ++at) {
      const CharTrie::Step step = tokens_.step(node, places[at].code_point);
      if (step.node == CharTrie::kNone) break;
      node = step.node;
      if (step.id >= 0) {
        offer(at + 1, score + scores_[static_cast<std::size_t>(step.id)], step.id);
        covered = covered || at == begin;
      }
      if (node == CharTrie::kLeaf) break;
    }
    if (!covered) offer(begin + 1, score + unknown_score_, -1);
  }
  // Neighbouring unknown characters are one text, that may itself become bytes. The way back is
  // written into the places, as the end of what begins there.
  const std::size_t first_id = ids.size();
  for (std::size_t end = count; end > 0;) {
    std::size_t begin = places[end].from;
    while (places[end].id < 0 && unknown_.fuse && begin > 0 && places[begin].id < 0) {
      begin = places[begin].from;
    }
    places[begin].next = static_cast<uint32_t>(end);
    end = begin;
  }
  for (std::size_t begin = 0; begin < count; begin = places[begin].next) {
    const Place& end = places[places[begin].next];
    if (end.id >= 0) {
      ids.push_back(end.id);
    } else {
      fallback_.append(piece.substr(places[begin].byte, end.byte - places[begin].byte), ids);
    }
  }
  fallback_.fuse(first_id, ids);
}

}  // namespace mw::tokenizers
