#include "grammar/internal/mask_maker.h"

#include <algorithm>

#include "grammar/internal/walk.h"

namespace mw::grammar {
namespace {

constexpr std::size_t kMaxKeptBytes = 16 * 1024 * 1024;  // of masks, and of walks
constexpr int kMaxUnfolding = 200;

}  // namespace

MaskMaker::MaskMaker(GrammarState& state, std::shared_ptr<const Vocabulary> vocabulary)
    : state_(state),
      vocabulary_(std::move(vocabulary)),
      free_end_(state.json.free_end()),
      plain_end_(state.json.plain_end()) {}

void MaskMaker::fill(Expr of, std::vector<uint64_t>& mask) {
  if (const auto known = masks_.find(of); known != masks_.end()) {
    mask = known->second;
    return;
  }
  mask.assign(vocabulary_->words(), 0);
  std::vector<Expr> others;
  collect(of, mask, others, 0);
  const Expr rest = state_.pool.any_of(std::move(others));
  if (rest != ExprPool::kEmpty) walk_from(state_.pool, *vocabulary_, rest, 0, mask, path_);
  if (state_.pool.nullable(of)) {
    for (const int32_t id : vocabulary_->end_ids()) set_bit(mask, id);
  }
  if ((masks_.size() + 1) * mask.size() * sizeof(uint64_t) > kMaxKeptBytes) masks_.clear();
  masks_[of] = mask;
}

// Sorts the alternatives of an expression into groups, whose walks are shared, and others.
void MaskMaker::collect(Expr of, std::vector<uint64_t>& mask, std::vector<Expr>& others,
                        int depth) {
  ExprPool& pool = state_.pool;
  if (depth > kMaxUnfolding) {
    others.push_back(of);
    return;
  }
  for (const Expr each : pool.alternatives(pool.unfold(of))) {
    if (each == ExprPool::kEpsilon || each == ExprPool::kEmpty) continue;
    const auto [first, rest] = pool.split(each);
    const Expr unfolded = pool.unfold(first);
    if (pool.is_group(unfolded)) {
      add_group(unfolded, rest, ExprPool::kEmpty, mask);
      if (pool.nullable(unfolded)) collect(rest, mask, others, depth + 1);
    } else if (pool.is_capture(unfolded)) {
      const Expr group = pool.captured_group(unfolded);
      if (pool.is_group(group)) add_group(group, rest, unfolded, mask);
      if (pool.nullable(group)) {
        collect(pool.concat(pool.after_capture(unfolded, {}), rest), mask, others, depth + 1);
      }
    } else if (unfolded != first || pool.alternatives(first).size() > 1) {
      for (const Expr way : pool.alternatives(unfolded)) {
        collect(pool.concat(way, rest), mask, others, depth + 1);
      }
    } else {
      others.push_back(each);
    }
  }
}

std::string MaskMaker::path_to(uint32_t node) const {
  const Vocabulary::Tree& tree = vocabulary_->tree();
  std::string out(tree.depth[node], '\0');
  // Upwards: the node before a child in depth-first order is its parent or below a sibling.
  uint32_t at = node;
  for (std::size_t depth = tree.depth[node]; depth > 0; --depth) {
    while (tree.depth[at] != depth) --at;
    out[depth - 1] = static_cast<char>(tree.byte[at]);
    --at;
  }
  return out;
}

void MaskMaker::add_group(Expr group, Expr rest, Expr capture, std::vector<uint64_t>& mask) {
  ExprPool& pool = state_.pool;
  const Vocabulary& vocabulary = *vocabulary_;
  const Vocabulary::Tree& tree = vocabulary.tree();
  const auto follow = [&](uint32_t exit) {
    const Expr then = capture == ExprPool::kEmpty
                          ? rest
                          : pool.concat(pool.after_capture(capture, path_to(exit)), rest);
    walk_from(pool, vocabulary, then, exit, mask, path_);
  };
  const auto repeat = pool.repeat_then(group, '"');
  if (repeat && repeat->of == state_.json.plain_char() && group != plain_end_) {
    // A counted string: the tokens of a plain one, but for those that are too long or close early.
    const Vocabulary::Walk& plain = vocabulary.plain_string();
    std::vector<uint64_t> within = plain.mask;
    for (const auto& [chars, id] : plain.by_chars) {
      if (chars <= repeat->max) break;
      clear_bit(within, id);
    }
    const auto right = [&](std::size_t at) {
      return plain.exit_chars[at] >= repeat->min && plain.exit_chars[at] <= repeat->max;
    };
    for (std::size_t at = 0; at < plain.exits.size(); ++at) {
      if (right(at)) continue;
      const uint32_t exit = plain.exits[at];
      for (uint32_t t = tree.first_token[exit]; t < tree.first_token[exit + 1]; ++t) {
        clear_bit(within, tree.tokens[t]);
      }
    }
    for (const uint32_t at : plain.onward) {
      if (right(at)) follow(plain.exits[at]);
    }
    for (std::size_t i = 0; i < mask.size(); ++i) mask[i] |= within[i];
    return;
  }
  const Vocabulary::Walk& walk = walk_of(group);
  for (std::size_t i = 0; i < mask.size(); ++i) mask[i] |= walk.mask[i];
  for (const uint32_t at : walk.onward) follow(walk.exits[at]);
}

const Vocabulary::Walk& MaskMaker::walk_of(Expr group) {
  ExprPool& pool = state_.pool;
  if (group == free_end_) return vocabulary_->free_string();
  if (group == plain_end_) return vocabulary_->plain_string();
  if (const auto known = walks_.find(group); known != walks_.end()) return *known->second;
  const std::size_t bytes = vocabulary_->words() * sizeof(uint64_t);
  if ((walks_.size() + 1) * bytes > kMaxKeptBytes) walks_.clear();
  // Names but for some, say: nearly what a plain string is.
  int same = 0;
  for (const unsigned char sample : std::string_view("aeioustqxz")) {
    const Expr there = pool.derive(plain_end_, sample);
    if (pool.derive(group, sample) == there) ++same;
  }
  auto walk = std::make_unique<Vocabulary::Walk>(
      same >= 5 ? walk_near(pool, *vocabulary_, group, plain_end_, vocabulary_->plain_string())
                : walk_group(pool, *vocabulary_, group));
  return *(walks_[group] = std::move(walk));
}

}  // namespace mw::grammar
