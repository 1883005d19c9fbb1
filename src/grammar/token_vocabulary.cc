#include "grammar/token_vocabulary.h"

#include <algorithm>
#include <numeric>

#include "grammar/internal/byte_buckets.h"
#include "grammar/internal/json_syntax.h"
#include "grammar/internal/walk.h"

namespace mw::grammar {

std::shared_ptr<const Vocabulary> Vocabulary::of(const tokenizers::Tokenizer& tokenizer,
                                                 std::vector<int32_t> end_ids) {
  std::vector<std::string> pieces(static_cast<std::size_t>(tokenizer.vocabulary_size()));
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const auto id = static_cast<int32_t>(i);
    if (std::find(end_ids.begin(), end_ids.end(), id) == end_ids.end()) {
      pieces[i] = tokenizer.piece(id);
    }
  }
  return std::make_shared<const Vocabulary>(pieces, std::move(end_ids));
}

Vocabulary::Vocabulary(const std::vector<std::string>& pieces, std::vector<int32_t> end_ids)
    : pieces_(pieces), end_ids_(std::move(end_ids)) {
  build_tree();
  walk_strings();
}

bool Vocabulary::is_end(int32_t id) const {
  return std::find(end_ids_.begin(), end_ids_.end(), id) != end_ids_.end();
}

void Vocabulary::build_tree() {
  std::vector<int32_t> order;
  for (int32_t id = 0; id < size(); ++id) {
    constexpr std::size_t kMaxPiece = 60'000;  // depths are 16 bits wide
    if (!piece(id).empty() && piece(id).size() < kMaxPiece) order.push_back(id);
  }
  std::sort(order.begin(), order.end(), [this](int32_t a, int32_t b) {
    const int less = piece(a).compare(piece(b));
    return less != 0 ? less < 0 : a < b;
  });
  const auto add_node = [this](char byte, std::size_t depth) {
    tree_.byte.push_back(static_cast<uint8_t>(byte));
    tree_.depth.push_back(static_cast<uint16_t>(depth));
    tree_.skip.push_back(0);
    tree_.first_token.push_back(static_cast<uint32_t>(tree_.tokens.size()));
    tree_.below.push_back(0);
  };
  add_node('\0', 0);
  std::vector<uint32_t> open = {0};  // the path to the last node
  std::string_view last;
  const auto close_to = [&](std::size_t depth) {
    while (open.size() > depth + 1) {
      const uint32_t closed = open.back();
      tree_.skip[closed] = static_cast<uint32_t>(tree_.byte.size());
      open.pop_back();
      tree_.below[open.back()] |= tree_.below[closed] | kBucketOf[tree_.byte[closed]];
    }
  };
  for (const int32_t id : order) {
    const std::string_view text = piece(id);
    std::size_t shared = 0;
    while (shared < std::min(text.size(), last.size()) && text[shared] == last[shared]) ++shared;
    close_to(shared);
    for (std::size_t i = shared; i < text.size(); ++i) {
      open.push_back(static_cast<uint32_t>(tree_.byte.size()));
      add_node(text[i], i + 1);
    }
    tree_.tokens.push_back(id);
    uint64_t bytes = 0;
    for (const char each : text) bytes |= kBucketOf[static_cast<unsigned char>(each)];
    tree_.token_bytes.push_back(bytes);
    last = text;
  }
  close_to(0);
  tree_.skip[0] = static_cast<uint32_t>(tree_.byte.size());
  tree_.first_token.push_back(static_cast<uint32_t>(tree_.tokens.size()));
}

void Vocabulary::walk_strings() {
  ExprPool pool;
  JsonSyntax json(pool);
  free_string_ = walk_group(pool, *this, json.free_end());
  plain_string_ = walk_group(pool, *this, json.plain_end());
  // Characters that each plain token begins: escapes are one, continuation bytes none.
  const auto count = [](std::string_view text) {
    uint16_t chars = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto byte = static_cast<unsigned char>(text[i]);
      if (byte >= 0x80 && byte < 0xc0) continue;
      ++chars;
      if (byte != '\\') continue;
      i += i + 1 < text.size() && text[i + 1] == 'u' ? 5 : 1;
    }
    return chars;
  };
  std::vector<uint32_t> path;
  std::vector<bool> closing(tree_.byte.size(), false);
  for (const uint32_t exit : plain_string_.exits) closing[exit] = true;
  std::string text;
  for (uint32_t i = 1; i < tree_.skip[0];) {
    text.resize(static_cast<std::size_t>(tree_.depth[i]) - 1);
    text += static_cast<char>(tree_.byte[i]);
    if (closing[i]) {
      plain_string_.exit_chars.push_back(count(text.substr(0, text.size() - 1)));
      i = tree_.skip[i];
      continue;
    }
    for (uint32_t t = tree_.first_token[i]; t < tree_.first_token[i + 1]; ++t) {
      const int32_t id = tree_.tokens[t];
      const bool within = (plain_string_.mask[static_cast<std::size_t>(id) / 64] >>
                               (static_cast<unsigned>(id) % 64) &
                           1u) != 0;
      if (within) plain_string_.by_chars.emplace_back(count(text), id);
    }
    ++i;
  }
  std::sort(plain_string_.by_chars.begin(), plain_string_.by_chars.end(), std::greater<>());
}

}  // namespace mw::grammar
