#include "grammar/short_ending.h"

#include <algorithm>

namespace mw::grammar {
namespace {

/// The longest token that `text` begins with, by a walk down the tree.
std::optional<int32_t> longest_token(const Vocabulary::Tree& tree, std::string_view text) {
  std::optional<int32_t> longest;
  uint32_t node = 0;
  for (const char each : text) {
    const auto byte = static_cast<uint8_t>(each);
    uint32_t child = node + 1;
    while (child < tree.skip[node] && tree.byte[child] != byte) child = tree.skip[child];
    if (child >= tree.skip[node]) break;
    node = child;
    if (tree.first_token[node] < tree.first_token[node + 1]) {
      longest = tree.tokens[tree.first_token[node]];
    }
  }
  return longest;
}

}  // namespace

ShortEnding::ShortEnding(Matcher& matcher, std::shared_ptr<const Vocabulary> vocabulary, int most)
    : matcher_(matcher), vocabulary_(std::move(vocabulary)) {
  const auto text = matcher_.text_to_end();
  const Tokens way = tokens_of(text);
  active_ = way && std::ssize(*way) <= most;
  if (active_) way_.assign(way->rbegin(), way->rend());
}

ShortEnding::Tokens ShortEnding::tokens_of(const std::optional<std::string>& text) const {
  if (!text) return std::nullopt;
  std::vector<int32_t> tokens;
  for (std::string_view left = *text; !left.empty();) {
    const auto token = longest_token(vocabulary_->tree(), left);
    if (!token) return std::nullopt;
    tokens.push_back(*token);
    left.remove_prefix(vocabulary_->piece(*token).size());
  }
  return tokens;
}

bool ShortEnding::fits(int32_t id, int left) {
  if (!active_ || is_next(id)) return true;
  asked_ = id;
  way_after_.clear();
  const auto bytes = matcher_.bytes_to_end_after(id);
  if (!bytes) {
    active_ = false;
    return true;
  }
  // A byte is a token at most: the text itself is looked at only near the limit.
  if (*bytes <= static_cast<std::size_t>(left)) return true;
  const Tokens way = tokens_of(matcher_.text_to_end_after(id));
  if (!way || std::ssize(*way) > left) return false;
  way_after_.assign(way->rbegin(), way->rend());
  return true;
}

std::optional<int32_t> ShortEnding::next(int left) {
  if (way_.empty()) {
    const auto& ends = vocabulary_->end_ids();
    if (matcher_.may_end() && !ends.empty()) return ends.front();
    const Tokens way = tokens_of(matcher_.text_to_end());
    if (!way || way->empty() || std::ssize(*way) > left) return std::nullopt;
    way_.assign(way->rbegin(), way->rend());
  }
  return way_.back();
}

void ShortEnding::accept(int32_t id) {
  if (is_next(id)) {
    way_.pop_back();
  } else if (id == asked_) {
    way_ = std::move(way_after_);
  } else {
    way_.clear();
  }
  asked_ = -1;
  way_after_.clear();
}

}  // namespace mw::grammar
