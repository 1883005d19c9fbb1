#include "grammar/internal/walk.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "grammar/internal/byte_buckets.h"

namespace mw::grammar {
namespace {

template <class Visit>
void for_tokens(const Vocabulary::Tree& tree, uint32_t from, uint32_t to, Visit visit) {
  for (uint32_t t = tree.first_token[from]; t < tree.first_token[to]; ++t) visit(tree.tokens[t]);
}

/// What bytes do to a language, as byte_buckets.h puts them together.
struct Effect {
  uint64_t loops = 0;  // leave it as it is
  uint64_t edges = 0;  // all others that are not its end
};

/// Spares a walk what lies in loops: of 262,144 tokens a third are letters alone, and a walk
/// through them with "[a-z]+_c" took 4 ms. Where a node was reached by bytes that loop, tokens
/// below it that have no others are allowed without a look at what they are made of, and only nodes
/// with a byte below that leads on are walked.
class Loops {
 public:
  Loops(ExprPool& pool, const Vocabulary::Tree& tree) : pool_(pool), tree_(tree) {}

  /// Whether nothing below the node, reached by `path` bytes, has to be walked with `of`. Sets the
  /// bits of what is allowed there and at the node.
  bool spare(uint32_t node, Expr of, uint64_t path, std::vector<uint64_t>& mask) {
    constexpr uint32_t kWorthIt = 64;  // nodes: to look costs as much as to walk some
    const bool covered = node < covered_end_ && of == covered_;
    if (!covered && tree_.skip[node] - node < kWorthIt) return false;
    const Effect& effect = effect_of(of);
    if (effect.loops == 0 || (path & ~effect.loops) != 0) return false;
    if (covered) return (tree_.below[node] & effect.edges) == 0;
    covered_ = of;
    covered_end_ = tree_.skip[node];
    const uint32_t last = tree_.first_token[tree_.skip[node]];
    for (uint32_t t = tree_.first_token[node]; t < last; ++t) {
      if ((tree_.token_bytes[t] & ~effect.loops) == 0) set_bit(mask, tree_.tokens[t]);
    }
    return (tree_.below[node] & effect.edges) == 0;
  }

 private:
  const Effect& effect_of(Expr of) {
    if (of == last_) return *last_effect_;
    const auto [place, fresh] = known_.try_emplace(of);
    if (fresh) {
      const ExprPool::Classes& classes = pool_.classes(of);
      std::array<Expr, 256> after{};
      for (std::size_t kind = 0; kind < classes.first.size(); ++kind) {
        after[kind] = pool_.derive(of, classes.first[kind]);
      }
      uint64_t others = 0;  // buckets with a byte that does not loop
      for (std::size_t byte = 0; byte < 256; ++byte) {
        const Expr then = after[classes.of[byte]];
        (then == of ? place->second.loops : others) |= kBucketOf[byte];
        if (then != of && then != ExprPool::kEmpty) place->second.edges |= kBucketOf[byte];
      }
      // A bucket of which some bytes loop is walked.
      place->second.edges |= place->second.loops & others;
      place->second.loops &= ~others;
    }
    last_ = of;
    last_effect_ = &place->second;
    return *last_effect_;
  }

  ExprPool& pool_;
  const Vocabulary::Tree& tree_;
  std::unordered_map<Expr, Effect> known_;
  Expr last_ = ExprPool::kEmpty;
  const Effect* last_effect_ = nullptr;
  uint32_t covered_end_ =
      0;  // nodes before it that are in state `covered_` are done, but for edges
  Expr covered_ = ExprPool::kEmpty;
};

void find_onward(const Vocabulary::Tree& tree, Vocabulary::Walk& walk) {
  for (uint32_t at = 0; at < walk.exits.size(); ++at) {
    const uint32_t exit = walk.exits[at];
    if (tree.skip[exit] > exit + 1) walk.onward.push_back(at);
  }
}

}  // namespace

void walk_from(ExprPool& pool, const Vocabulary& vocabulary, Expr from, uint32_t node,
               std::vector<uint64_t>& mask, std::vector<Step>& path) {
  const Vocabulary::Tree& tree = vocabulary.tree();
  const uint16_t base = tree.depth[node];
  path.assign(1, {from, 0});
  // Below another node than the root, tokens have bytes that were not walked here.
  Loops loops(pool, tree);
  const bool from_root = node == 0;
  for (uint32_t i = node + 1; i < tree.skip[node];) {
    const std::size_t depth = static_cast<std::size_t>(tree.depth[i]) - base;
    const Step before = path[depth - 1];
    const Expr next = pool.derive(before.left, tree.byte[i]);
    const uint64_t bytes = before.bytes | kBucketOf[tree.byte[i]];
    if (next == ExprPool::kEmpty || (from_root && loops.spare(i, next, bytes, mask))) {
      i = tree.skip[i];
      continue;
    }
    if (path.size() <= depth) path.resize(depth + 1);
    path[depth] = {next, bytes};
    for_tokens(tree, i, i + 1, [&](int32_t id) { set_bit(mask, id); });
    ++i;
  }
}

Vocabulary::Walk walk_group(ExprPool& pool, const Vocabulary& vocabulary, Expr group) {
  const Vocabulary::Tree& tree = vocabulary.tree();
  Vocabulary::Walk out;
  out.mask.resize(vocabulary.words());
  std::vector<Step> path = {{group, 0}};
  Loops loops(pool, tree);
  for (uint32_t i = 1; i < tree.skip[0];) {
    const std::size_t depth = tree.depth[i];
    const Step before = path[depth - 1];
    const Expr next = pool.derive(before.left, tree.byte[i]);
    const uint64_t bytes = before.bytes | kBucketOf[tree.byte[i]];
    // Where the language may end at each node, each has to be told.
    const bool ends = pool.nullable(next);
    if (next == ExprPool::kEmpty || (!ends && loops.spare(i, next, bytes, out.mask))) {
      i = tree.skip[i];
      continue;
    }
    if (path.size() <= depth) path.resize(depth + 1);
    path[depth] = {next, bytes};
    for_tokens(tree, i, i + 1, [&](int32_t id) { set_bit(out.mask, id); });
    if (ends) out.exits.push_back(i);
    ++i;
  }
  find_onward(tree, out);
  return out;
}

Vocabulary::Walk walk_near(ExprPool& pool, const Vocabulary& vocabulary, Expr group, Expr like,
                           const Vocabulary::Walk& known) {
  const Vocabulary::Tree& tree = vocabulary.tree();
  Vocabulary::Walk out;
  out.mask = known.mask;
  std::vector<std::pair<Expr, Expr>> path = {{group, like}};
  std::size_t exit = 0;  // of `known`, the next one
  const auto copy_exits = [&](uint32_t before) {
    for (; exit < known.exits.size() && known.exits[exit] < before; ++exit) {
      out.exits.push_back(known.exits[exit]);
    }
  };
  const auto drop_exits = [&](uint32_t before) {
    while (exit < known.exits.size() && known.exits[exit] < before) ++exit;
  };
  for (uint32_t i = 1; i < tree.skip[0];) {
    const std::size_t depth = tree.depth[i];
    const auto [mine, other] = path[depth - 1];
    const Expr next = pool.derive(mine, tree.byte[i]);
    const Expr there = other == ExprPool::kEmpty ? other : pool.derive(other, tree.byte[i]);
    if (next == there) {  // the same from here on
      copy_exits(tree.skip[i]);
      i = tree.skip[i];
      continue;
    }
    if (next == ExprPool::kEmpty) {
      for_tokens(tree, i, tree.skip[i], [&](int32_t id) { clear_bit(out.mask, id); });
      drop_exits(tree.skip[i]);
      i = tree.skip[i];
      continue;
    }
    if (path.size() <= depth) path.resize(depth + 1);
    path[depth] = {next, there};
    for_tokens(tree, i, i + 1, [&](int32_t id) { set_bit(out.mask, id); });
    drop_exits(i + 1);
    if (pool.nullable(next)) out.exits.push_back(i);
    ++i;
  }
  find_onward(tree, out);
  return out;
}

}  // namespace mw::grammar
