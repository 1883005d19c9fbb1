#include "tokenizers/internal/word_piece.h"

#include "tokenizers/utf8_decode.h"

namespace mw::tokenizers {
namespace {

std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); at += decode_utf8(text, at).bytes) ++count;
  return count;
}

}  // namespace

WordPiece::WordPiece(Vocabulary vocabulary, Options options, std::size_t bytes)
    : vocabulary_(std::move(vocabulary)),
      options_(std::move(options)),
      begins_(bytes),
      goes_on_(bytes) {}

std::optional<WordPiece> WordPiece::create(Vocabulary vocabulary, Options options) {
  std::size_t bytes = 0;
  for (int32_t id = 0; id < vocabulary.size(); ++id) bytes += vocabulary.bytes_of(id).size();
  WordPiece model(std::move(vocabulary), std::move(options), bytes);
  for (int32_t id = 0; id < model.vocabulary_.size(); ++id) {
    const std::string_view token = model.vocabulary_.bytes_of(id);
    if (token.empty() || model.vocabulary_.find(token) != id) continue;
    if (!model.begins_.add(token, id)) return std::nullopt;
    if (!token.starts_with(model.options_.continuing_prefix)) continue;
    const std::string_view rest = token.substr(model.options_.continuing_prefix.size());
    if (!rest.empty() && !model.goes_on_.add(rest, id)) return std::nullopt;
  }
  if (!model.begins_.shrink() || !model.goes_on_.shrink()) return std::nullopt;
  return model;
}

void WordPiece::encode(std::string_view word, std::vector<int32_t>& ids) const {
  const std::size_t before = ids.size();
  const auto unknown = [&] {
    ids.resize(before);
    if (options_.unknown_id >= 0) ids.push_back(options_.unknown_id);
  };
  if (word.size() > options_.max_chars && characters(word) > options_.max_chars) return unknown();
  if (const int32_t whole = vocabulary_.find(word); whole >= 0) {
    ids.push_back(whole);
    return;
  }
  for (std::size_t begin = 0; begin < word.size();) {
    const CharTrie& trie = begin == 0 ? begins_ : goes_on_;
    uint32_t node = CharTrie::kRoot;
    std::size_t end = begin;
    int32_t best = -1;
    for (std::size_t at = begin; at < word.size();) {
      const DecodedChar next = decode_utf8(word, at);
      at += next.bytes;
      const CharTrie::Step step = trie.step(node, next.code_point);
      if (step.node == CharTrie::kNone) break;
      node = step.node;
      if (step.id >= 0) {
        best = step.id;
        end = at;
      }
      if (node == CharTrie::kLeaf) break;
    }
    if (best < 0) return unknown();
    ids.push_back(best);
    begin = end;
  }
}

}  // namespace mw::tokenizers
