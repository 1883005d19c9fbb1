#include "grammar/internal/thought_language.h"

namespace mw::grammar {
namespace {

constexpr uint32_t kMostSpace = 4;  // beside a tag; more is no use to anybody

Expr space(ExprPool& pool, uint32_t most) {
  ByteSet set;
  for (const char each : {' ', '\t', '\r', '\n'}) set.set(static_cast<unsigned char>(each));
  return pool.repeat(pool.bytes(set), 0, most);
}

}  // namespace

Expr after_thought(ExprPool& pool, Expr answer, Thought thought) {
  if (thought == Thought::kNone) return answer;
  // The tag does not overlap with itself: its first place is where a text without it ends.
  const Expr close = pool.literal(kThoughtClose);
  const Expr text = pool.negate(pool.concat_all({ExprPool::kAll, close, ExprPool::kAll}));
  const Expr inside =
      pool.concat_all({pool.group(pool.concat(text, close)), space(pool, kMostSpace), answer});
  if (thought == Thought::kOpen) return inside;
  const Expr open = pool.literal(kThoughtOpen);
  const Expr looks = pool.concat_all({space(pool, ExprPool::kNoLimit), open, ExprPool::kAll});
  bool may_look = false;  // most forms begin with a brace
  for (const char first : {'<', ' ', '\t', '\r', '\n'}) {
    may_look =
        may_look || pool.derive(answer, static_cast<unsigned char>(first)) != ExprPool::kEmpty;
  }
  return pool.any_of({may_look ? pool.all_of({answer, pool.negate(looks)}) : answer,
                      pool.concat_all({space(pool, kMostSpace), open, inside})});
}

Expr after_close(ExprPool& pool, std::string_view close, Expr answer) {
  return pool.concat_all({pool.literal(close), space(pool, kMostSpace), answer});
}

}  // namespace mw::grammar
