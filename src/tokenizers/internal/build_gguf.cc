// SentencePiece and WordPiece vocabularies as GGUF files hold them.

#include <algorithm>
#include <numeric>

#include "tokenizers/internal/build_parts.h"
#include "tokenizers/internal/char_pair_encoder.h"
#include "tokenizers/internal/word_piece.h"

namespace mw::tokenizers {
namespace {

constexpr std::string_view kSpaceMark = "\xe2\x96\x81";  // U+2581

/// Ranks by score: the highest is 0; equal scores have equal ranks.
std::vector<uint32_t> ranks_of(const std::vector<double>& scores) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  std::vector<uint32_t> ranks(scores.size());
  uint32_t rank = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i > 0 && scores[order[i]] != scores[order[i - 1]]) ++rank;
    ranks[order[i]] = rank;
  }
  return ranks;
}

struct Join {
  int32_t left, right, id;
};

/// Every way to put a token together from two others.
std::vector<Join> joins_of(const Vocabulary& vocabulary, const std::vector<bool>& mergeable) {
  std::vector<Join> joins;
  for (int32_t id = 0; id < vocabulary.size(); ++id) {
    if (!mergeable[static_cast<std::size_t>(id)]) continue;
    const std::string_view token = vocabulary.bytes_of(id);
    for (std::size_t cut = 1; cut < token.size(); ++cut) {
      if ((static_cast<unsigned char>(token[cut]) & 0xc0U) == 0x80U) continue;
      const int32_t left = vocabulary.find(token.substr(0, cut));
      const int32_t right = left < 0 ? -1 : vocabulary.find(token.substr(cut));
      if (right >= 0) joins.push_back({left, right, id});
    }
  }
  return joins;
}

Result<void> check_token(const TokenizerSpec& spec, std::size_t index, uint64_t& total_bytes) {
  total_bytes += spec.tokens[index].size();
  if (spec.tokens[index].size() > kMaxTokenBytes || total_bytes > kMaxVocabularyBytes) {
    return corrupt(entry("tokens", index), "the token or the vocabulary is too long");
  }
  return {};
}

}  // namespace

Result<TokenizerParts> build_sentence_piece(TokenizerSpec spec) {
  if (spec.scores.size() != spec.tokens.size()) {
    return corrupt("scores", "expected " + std::to_string(spec.tokens.size()) + " entries, got " +
                                 std::to_string(spec.scores.size()));
  }
  TokenizerParts parts;
  parts.control.assign(spec.tokens.size(), false);
  Vocabulary vocabulary(spec.tokens.size());
  std::vector<bool> mergeable(spec.tokens.size(), false);
  uint64_t total_bytes = 0;
  for (std::size_t i = 0; i < spec.tokens.size(); ++i) {
    MW_TRY(check_token(spec, i, total_bytes));
    if (!(spec.scores[i] == spec.scores[i])) return corrupt(entry("scores", i), "not a number");
    const std::string& token = spec.tokens[i];
    const int32_t type = type_of(spec, i);
    parts.control[i] = type == kControl || type == kUnknown;
    if (parts.control[i]) parts.special.add(token, static_cast<int32_t>(i));
    if (type == kUserDefined) {
      parts.special.add(token, static_cast<int32_t>(i), {.anywhere = true});
    }
    const bool findable =
        (type == kNormal || type == kUserDefined || type == kByte) && !token.empty();
    mergeable[i] = type == kNormal || type == kUserDefined;
    if (!vocabulary.add(token, findable)) {
      return corrupt(entry("tokens", i), "the token occurs twice, or tokens collide");
    }
  }
  const std::vector<Join> joins = joins_of(vocabulary, mergeable);
  if (joins.size() > kMaxMerges) return corrupt("tokens", "too many ways to join tokens");
  const std::vector<uint32_t> ranks = ranks_of(spec.scores);
  MergeTable merges(joins.size());
  for (const Join& join : joins) {
    if (!merges.add(join.left, join.right, join.id, ranks[static_cast<std::size_t>(join.id)])) {
      return corrupt(entry("tokens", static_cast<std::size_t>(join.id)),
                     "the pairs collide in the hash table");
    }
  }
  const Unknown unknown{spec.unknown_id.value_or(-1), true, true};
  TokenDecoder::Rules rules;
  rules.replace = {{std::string(kSpaceMark), " "}};
  rules.bytes = true;
  rules.strip_spaces = spec.add_space_prefix ? 1 : 0;
  parts.decoder = TokenDecoder(vocabulary, rules);
  auto model =
      std::make_unique<CharPairEncoder>(std::move(vocabulary), std::move(merges), unknown, false);
  for (const Join& join : joins) model->allow_join(join.left, join.right);
  parts.model = std::move(model);
  if (spec.add_space_prefix) {
    parts.normalizer.add(Normalizer::Prepend{std::string(kSpaceMark)});
  }
  parts.normalizer.add(Normalizer::Replace{" ", std::string(kSpaceMark)});
  return parts;
}

Result<TokenizerParts> build_word_piece(TokenizerSpec spec) {
  // llama.cpp's converter writes "##ing" as "ing" and "the" as U+2581 "the".
  const bool marked = std::any_of(spec.tokens.begin(), spec.tokens.end(),
                                  [](const auto& token) { return token.starts_with(kSpaceMark); });
  TokenizerParts parts;
  parts.control.assign(spec.tokens.size(), false);
  Vocabulary vocabulary(spec.tokens.size());
  uint64_t total_bytes = 0;
  for (std::size_t i = 0; i < spec.tokens.size(); ++i) {
    MW_TRY(check_token(spec, i, total_bytes));
    std::string token = spec.tokens[i];
    const int32_t type = type_of(spec, i);
    const bool bracketed = token.starts_with('[') && token.ends_with(']') && token.size() > 2;
    parts.control[i] = type == kControl || type == kUnknown;
    if (parts.control[i]) parts.special.add(token, static_cast<int32_t>(i));
    if (marked && !parts.control[i] && !bracketed) {
      token = token.starts_with(kSpaceMark) ? token.substr(kSpaceMark.size()) : "##" + token;
    }
    if (!vocabulary.add(token, type == kNormal && !token.empty())) {
      return corrupt(entry("tokens", i), "the token occurs twice, or tokens collide");
    }
  }
  WordPiece::Options options;
  options.unknown_id = spec.unknown_id.value_or(-1);
  TokenDecoder::Rules rules;
  rules.words = true;
  rules.goes_on = options.continuing_prefix;
  rules.cleanup = true;
  parts.decoder = TokenDecoder(vocabulary, rules);
  auto model = WordPiece::create(std::move(vocabulary), options);
  if (!model) return corrupt("tokens", "a token is too long, or tokens collide");
  parts.model = std::make_unique<WordPiece>(std::move(*model));
  parts.normalizer.add(Normalizer::Bert());
  parts.splitter.add(PieceSplitter::BertWords());
  parts.prompt = prompt_of(spec);
  if (spec.bos_id && spec.eos_id) {
    parts.prompt.pair = {
        {*spec.bos_id, 0, 0}, {-1, 0, 0}, {*spec.eos_id, 0, 0}, {-1, 1, 1}, {*spec.eos_id, 0, 1}};
  }
  return parts;
}

}  // namespace mw::tokenizers
