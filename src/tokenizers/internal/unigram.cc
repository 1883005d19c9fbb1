#include "tokenizers/internal/unigram.h"

#include <algorithm>

#include "tokenizers/utf8_decode.h"

namespace mw::tokenizers {
namespace {

constexpr double kUnknownPenalty = 10.0;

/// The best way to get to a place.
struct Step {
  double score = 0;
  std::size_t from = SIZE_MAX;  // SIZE_MAX: no way yet
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
  return model;
}

void Unigram::encode(std::string_view piece, std::vector<int32_t>& ids) const {
  if (const int32_t whole = vocabulary_.find(piece); whole >= 0 && piece.size() < 4) {
    if (decode_utf8(piece, 0).bytes == piece.size()) {  // one character: nothing to choose
      ids.push_back(whole);
      return;
    }
  }
  std::vector<Step> steps(piece.size() + 1);
  steps[0].from = 0;
  for (std::size_t begin = 0; begin < piece.size();) {
    const double score = steps[begin].score;
    const std::size_t length = decode_utf8(piece, begin).bytes;
    bool covered = false;
    const auto offer = [&](std::size_t end, double candidate, int32_t id) {
      Step& step = steps[end];
      if (step.from == SIZE_MAX || candidate > step.score) step = {candidate, begin, id};
    };
    uint32_t node = CharTrie::kRoot;
    for (std::size_t at = begin; at < piece.size();) {
      const DecodedChar next = decode_utf8(piece, at);
      at += next.bytes;
      node = tokens_.child(node, next.code_point);
      if (node == CharTrie::kNone) break;
      const int32_t id = tokens_.id_at(node);
      if (id < 0) continue;
      offer(at, score + scores_[static_cast<std::size_t>(id)], id);
      covered = covered || at == begin + length;
    }
    if (!covered) offer(begin + length, score + unknown_score_, -1);
    begin += length;
  }
  // Neighbouring unknown characters are one text, that may itself become bytes.
  const std::size_t first_id = ids.size();
  std::vector<std::pair<std::size_t, std::size_t>> cuts;
  for (std::size_t end = piece.size(); end > 0;) {
    const Step& step = steps[end];
    std::size_t begin = step.from;
    while (step.id < 0 && unknown_.fuse && begin > 0 && steps[begin].id < 0) {
      begin = steps[begin].from;
    }
    cuts.emplace_back(begin, end);
    end = begin;
  }
  for (auto cut = cuts.rbegin(); cut != cuts.rend(); ++cut) {
    const int32_t id = steps[cut->second].id;
    if (id >= 0) {
      ids.push_back(id);
    } else {
      fallback_.append(piece.substr(cut->first, cut->second - cut->first), ids);
    }
  }
  fallback_.fuse(first_id, ids);
}

}  // namespace mw::tokenizers
