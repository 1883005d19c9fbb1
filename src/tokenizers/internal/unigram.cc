#include "tokenizers/internal/unigram.h"

#include <algorithm>

#include "tokenizers/utf8_decode.h"

namespace mw::tokenizers {
namespace {

constexpr double kUnknownPenalty = 10.0;
constexpr std::size_t kFewBytes = 64;

/// The best way to get to a place.
struct Step {
  double score = 0;
  std::size_t from = SIZE_MAX;  // SIZE_MAX: no way yet
  std::size_t next = 0;         // on the best way of all: where what begins here ends
  int32_t id = -1;              // -1: unknown
};

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
  if (const int32_t whole = vocabulary_.find(piece); whole >= 0 && piece.size() < 4) {
    if (decode_utf8(piece, 0).bytes == piece.size()) {  // one character: nothing to choose
      ids.push_back(whole);
      return;
    }
  }
  // Most pieces are words: those need no memory of their own.
  Step few[kFewBytes + 1];
  std::vector<Step> many;
  if (piece.size() > kFewBytes) many.resize(piece.size() + 1);
  Step* const steps = many.empty() ? few : many.data();
  steps[0].from = 0;
  for (std::size_t begin = 0; begin < piece.size();) {
    const double score = steps[begin].score;
    const std::size_t length = decode_utf8(piece, begin).bytes;
    bool covered = false;
    const auto offer = [&](std::size_t end, double candidate, int32_t id) {
      Step& step = steps[end];
      if (step.from == SIZE_MAX || candidate > step.score) step = {candidate, begin, 0, id};
    };
    uint32_t node = CharTrie::kRoot;
    for (std::size_t at = begin; at < piece.size();) {
      const DecodedChar next = decode_utf8(piece, at);
      at += next.bytes;
      const CharTrie::Step step = tokens_.step(node, next.code_point);
      if (step.node == CharTrie::kNone) break;
      node = step.node;
      if (step.id < 0) continue;
      offer(at, score + scores_[static_cast<std::size_t>(step.id)], step.id);
      covered = covered || at == begin + length;
    }
    if (!covered) offer(begin + length, score + unknown_score_, -1);
    begin += length;
  }
  // Neighbouring unknown characters are one text, that may itself become bytes. The way back is
  // written into the steps, as the end of what begins there.
  const std::size_t first_id = ids.size();
  std::size_t next_end = 0;
  for (std::size_t end = piece.size(); end > 0;) {
    const Step& step = steps[end];
    std::size_t begin = step.from;
    while (step.id < 0 && unknown_.fuse && begin > 0 && steps[begin].id < 0) {
      begin = steps[begin].from;
    }
    steps[begin].next = end;
    end = begin;
  }
  for (std::size_t begin = 0; begin < piece.size(); begin = next_end) {
    next_end = steps[begin].next;
    const int32_t id = steps[next_end].id;
    if (id >= 0) {
      ids.push_back(id);
    } else {
      fallback_.append(piece.substr(begin, next_end - begin), ids);
    }
  }
  fallback_.fuse(first_id, ids);
}

}  // namespace mw::tokenizers
