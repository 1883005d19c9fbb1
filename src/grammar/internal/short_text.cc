// A short text of a language: how an answer that nears its limit of tokens can end
// (short_ending.h). Lengths are kept with the expressions, so that a state that differs from the
// last one by a byte costs a look at what is new.
#include <algorithm>
#include <unordered_set>

#include "grammar/internal/expression.h"

namespace mw::grammar {
namespace {

constexpr uint32_t kNone = UINT32_MAX;
constexpr uint32_t kLooking = UINT32_MAX;  // as a kept length: a rule that is being looked at
constexpr int kMaxNesting = 400;
constexpr std::size_t kMaxSearched = 4'000;           // states of one language
constexpr std::string_view kPlainBytes = "0 1aA_-.";  // where any byte of a class will do

uint32_t sum(uint32_t a, uint32_t b) {
  if (a == kNone || b == kNone || a > kNone / 4 || b > kNone / 4) return kNone;
  return a + b;
}

}  // namespace

/// Whether nothing but a search tells a text of it: intersections, complements, arithmetic.
bool ExprPool::is_searched(const Node& node) const {
  switch (node.kind) {
    case Kind::kAllOf:
    case Kind::kNot:
    case Kind::kMultiple:
      return true;
    case Kind::kRegular:
      return !at(static_cast<Expr>(node.a)).pure;
    default:
      return false;
  }
}

Expr ExprPool::unfold_short(Expr of) {
  const auto index = at(of).a;
  if (calls_[index].short_expansion < 0) {
    const Expr expansion = calls_[index].expander->expand_short(*this, calls_[index].key);
    calls_[index].short_expansion = expansion;
  }
  return calls_[index].short_expansion;
}

std::optional<uint32_t> ExprPool::short_length(Expr of, uint64_t most_steps) {
  short_limit_ = steps_ + most_steps;
  const uint32_t found = find_short(of, 0);
  if (found == kNone || exhausted_) return std::nullopt;
  return found;
}

std::optional<std::string> ExprPool::short_text(Expr of, uint64_t most_steps) {
  if (!short_length(of, most_steps)) return std::nullopt;
  std::string text;
  if (!add_short(of, text, 0) || exhausted_) return std::nullopt;
  return text;
}

/// kNone where none was found. What is found while a rule above is being looked at may be longer
/// than need be, but such a text is there.
uint32_t ExprPool::find_short(Expr of, int nesting) {
  if (of == kEmpty) return kNone;
  if (nullable(of)) return 0;
  if (at(of).short_length == kLooking) return kNone;  // no text is shortest by way of itself
  if (at(of).short_length != 0) return at(of).short_length - 1;
  if (nesting > kMaxNesting || ++steps_ > short_limit_) return kNone;
  uint32_t found = kNone;
  switch (at(of).kind) {
    case Kind::kEmpty:
    case Kind::kEpsilon:
      break;
    case Kind::kBytes:
      found = 1;
      break;
    case Kind::kConcat:
      return find_short_chain(of, nesting);
    case Kind::kAny:
      for (std::size_t i = 0; i < at(of).kids.size(); ++i) {
        found = std::min(found, find_short(at(of).kids[i], nesting + 1));
        if (found == 1) break;
      }
      break;
    case Kind::kRepeat: {
      const uint32_t one = find_short(static_cast<Expr>(at(of).a), nesting + 1);
      const uint64_t all = one == kNone ? kNone : one * at(of).b;
      found = static_cast<uint32_t>(std::min<uint64_t>(all, kNone));
      break;
    }
    case Kind::kRegular:
      found = is_searched(at(of)) ? search_short(of)
                                  : find_short(static_cast<Expr>(at(of).a), nesting + 1);
      break;
    case Kind::kAllOf:
    case Kind::kNot:
    case Kind::kMultiple:
      found = search_short(of);
      break;
    case Kind::kCapture: {
      std::string text;
      if (find_short(captured_group(of), nesting + 1) == kNone ||
          !add_short(captured_group(of), text, nesting + 1)) {
        break;
      }
      found =
          sum(static_cast<uint32_t>(text.size()), find_short(after_capture(of, text), nesting + 1));
      break;
    }
    case Kind::kCall: {
      const Expr expansion = unfold_short(of);
      at(of).short_length = kLooking;
      found = find_short(expansion, nesting + 1);
      at(of).short_length = 0;
      break;
    }
  }
  if (found != kNone) at(of).short_length = found + 1;
  return found;
}

/// Concatenations lie one in another to the right, as many as a literal has bytes.
uint32_t ExprPool::find_short_chain(Expr of, int nesting) {
  std::vector<Expr> chain;
  Expr rest = of;
  while (at(rest).kind == Kind::kConcat && at(rest).short_length == 0 && !nullable(rest)) {
    chain.push_back(rest);
    rest = static_cast<Expr>(at(rest).b);
  }
  uint32_t length = find_short(rest, nesting + 1);
  for (std::size_t i = chain.size(); i-- > 0 && length != kNone;) {
    length = sum(length, find_short(static_cast<Expr>(at(chain[i]).a), nesting + 1));
    if (length != kNone) at(chain[i]).short_length = length + 1;
  }
  return length;
}

/// Breadth first through the derivatives, to the nearest that is known to end.
uint32_t ExprPool::search_short(Expr of) {
  struct Seen {
    Expr expr;
    std::size_t from;
    uint32_t depth;
  };
  std::vector<Seen> queue = {{of, 0, 0}};
  std::unordered_set<Expr> seen = {of};
  uint32_t best = kNone;
  std::size_t best_from = 0;
  for (std::size_t i = 0; i < queue.size() && queue[i].depth + 1 < best; ++i) {
    const Classes& known = classes(queue[i].expr);
    for (const unsigned char first : known.first) {
      if (steps_ > short_limit_ || queue.size() > kMaxSearched) break;
      const Expr next = derive(queue[i].expr, first);
      if (next == kEmpty) continue;
      const uint32_t depth = queue[i].depth + 1;
      const uint32_t kept = at(next).short_length;
      if (nullable(next) || (kept != 0 && kept != kLooking)) {
        const uint32_t length = sum(depth, nullable(next) ? 0 : kept - 1);
        if (length < best) {
          best = length;
          best_from = i;
        }
      } else if (seen.insert(next).second) {
        queue.push_back({next, i, depth});
      }
    }
  }
  if (best == kNone) return kNone;
  for (std::size_t at_seen = best_from;; at_seen = queue[at_seen].from) {
    at(queue[at_seen].expr).short_length = best - queue[at_seen].depth + 1;
    if (at_seen == 0) break;
  }
  return best;
}

/// Of the bytes of a class, one that reads like nothing in particular.
unsigned char ExprPool::plain_byte(const Classes& of, std::size_t which) {
  for (const unsigned char each : kPlainBytes) {
    if (of.of[each] == which) return each;
  }
  return of.first[which];
}

/// Appends the text that find_short() has the length of.
bool ExprPool::add_short(Expr of, std::string& text, int nesting) {
  while (true) {
    if (of == kEmpty || nesting > kMaxNesting || ++steps_ > short_limit_) return false;
    if (nullable(of)) return true;
    if (is_searched(at(of))) return add_searched(of, text);
    switch (at(of).kind) {
      case Kind::kBytes: {
        const ByteSet& set = sets_[at(of).a];
        std::size_t byte = 0;
        while (!set[byte]) ++byte;
        for (const unsigned char each : kPlainBytes) {
          if (!set[each]) continue;
          byte = each;
          break;
        }
        text.push_back(static_cast<char>(byte));
        return true;
      }
      case Kind::kConcat:
        if (!add_short(static_cast<Expr>(at(of).a), text, nesting + 1)) return false;
        of = static_cast<Expr>(at(of).b);
        continue;
      case Kind::kAny: {
        uint32_t least = kNone;
        Expr way = kEmpty;
        for (std::size_t i = 0; i < at(of).kids.size(); ++i) {
          const uint32_t length = find_short(at(of).kids[i], nesting + 1);
          if (length < least) {
            least = length;
            way = at(of).kids[i];
          }
        }
        of = way;
        ++nesting;
        continue;
      }
      case Kind::kRepeat:
        for (uint64_t i = 0; i < at(of).b; ++i) {
          if (!add_short(static_cast<Expr>(at(of).a), text, nesting + 1)) return false;
        }
        return true;
      case Kind::kRegular:
        of = static_cast<Expr>(at(of).a);
        ++nesting;
        continue;
      case Kind::kCapture: {
        const std::size_t before = text.size();
        if (!add_short(captured_group(of), text, nesting + 1)) return false;
        of = after_capture(of, std::string_view(text).substr(before));
        continue;
      }
      case Kind::kCall:
        of = unfold_short(of);
        ++nesting;
        continue;
      default:
        return false;
    }
  }
}

bool ExprPool::add_searched(Expr of, std::string& text) {
  while (!nullable(of)) {
    if (at(of).short_length == 0 && search_short(of) == kNone) return false;
    const uint32_t left = at(of).short_length - 1;
    const Classes& known = classes(of);
    Expr next = kEmpty;
    for (std::size_t which = 0; which < known.first.size() && next == kEmpty; ++which) {
      if (++steps_ > short_limit_) return false;
      const Expr after = derive(of, known.first[which]);
      if (after == kEmpty) continue;
      const uint32_t kept = nullable(after) ? 1 : at(after).short_length;
      if (kept == 0 || kept == kLooking || kept > left) continue;
      text.push_back(static_cast<char>(plain_byte(known, which)));
      next = after;
    }
    if (next == kEmpty) return false;
    of = next;
  }
  return true;
}

}  // namespace mw::grammar
