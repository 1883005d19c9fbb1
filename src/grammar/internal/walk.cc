#include "grammar/internal/walk.h"

#include <algorithm>

namespace mw::grammar {
namespace {

template <class Visit>
void for_tokens(const Vocabulary::Tree& tree, uint32_t from, uint32_t to, Visit visit) {
  for (uint32_t t = tree.first_token[from]; t < tree.first_token[to]; ++t) visit(tree.tokens[t]);
}

}  // namespace

void walk_from(ExprPool& pool, const Vocabulary& vocabulary, Expr from, uint32_t node,
               std::vector<uint64_t>& mask) {
  const Vocabulary::Tree& tree = vocabulary.tree();
  const uint16_t base = tree.depth[node];
  std::vector<Expr> path = {from};
  for (uint32_t i = node + 1; i < tree.skip[node];) {
    const std::size_t depth = static_cast<std::size_t>(tree.depth[i]) - base;
    const Expr next = pool.derive(path[depth - 1], tree.byte[i]);
    if (next == ExprPool::kEmpty) {
      i = tree.skip[i];
      continue;
    }
    if (path.size() <= depth) path.resize(depth + 1);
    path[depth] = next;
    for_tokens(tree, i, i + 1, [&](int32_t id) { set_bit(mask, id); });
    ++i;
  }
}

Vocabulary::Walk walk_group(ExprPool& pool, const Vocabulary& vocabulary, Expr group) {
  const Vocabulary::Tree& tree = vocabulary.tree();
  Vocabulary::Walk out;
  out.mask.resize(vocabulary.words());
  std::vector<Expr> path = {group};
  for (uint32_t i = 1; i < tree.skip[0];) {
    const std::size_t depth = tree.depth[i];
    const Expr next = pool.derive(path[depth - 1], tree.byte[i]);
    if (next == ExprPool::kEmpty) {
      i = tree.skip[i];
      continue;
    }
    if (path.size() <= depth) path.resize(depth + 1);
    path[depth] = next;
    for_tokens(tree, i, i + 1, [&](int32_t id) { set_bit(out.mask, id); });
    if (pool.nullable(next)) out.exits.push_back(i);
    ++i;
  }
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
  return out;
}

}  // namespace mw::grammar
