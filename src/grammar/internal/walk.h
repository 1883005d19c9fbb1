#pragma once

#include "grammar/internal/expression.h"
#include "grammar/token_vocabulary.h"

namespace mw::grammar {

inline void set_bit(std::vector<uint64_t>& mask, int32_t id) {
  mask[static_cast<std::size_t>(id) / 64] |= uint64_t{1} << (static_cast<unsigned>(id) % 64);
}
inline void clear_bit(std::vector<uint64_t>& mask, int32_t id) {
  mask[static_cast<std::size_t>(id) / 64] &= ~(uint64_t{1} << (static_cast<unsigned>(id) % 64));
}

/// What is left at a node on the way to the present one, and by which bytes it was reached
/// (byte_buckets.h).
struct Step {
  Expr left = ExprPool::kEmpty;
  uint64_t bytes = 0;
};

/// Sets the bits of tokens below `node` that keep `from` alive. `from` is what is left at `node`;
/// `path` is its workspace: a mask takes thousands of walks, most of them a few nodes long.
void walk_from(ExprPool& pool, const Vocabulary& vocabulary, Expr from, uint32_t node,
               std::vector<uint64_t>& mask, std::vector<Step>& path);

/// A walk with one group from the root, which also finds where it ends.
Vocabulary::Walk walk_group(ExprPool& pool, const Vocabulary& vocabulary, Expr group);

/// The same for a language that differs little from another one (`like`), whose walk is known.
Vocabulary::Walk walk_near(ExprPool& pool, const Vocabulary& vocabulary, Expr group, Expr like,
                           const Vocabulary::Walk& known);

}  // namespace mw::grammar
