#include "grammar/internal/expression.h"

#include <algorithm>
#include <cstring>

#include "core/check.h"

namespace mw::grammar {
namespace {

constexpr uint64_t kNodeSteps = 4;          // what making an expression costs beyond finding it
constexpr std::size_t kMaxWidth = 20'000;   // alternatives of one expression
constexpr std::size_t kMaxSearch = 10'000;  // derivatives to find a text of one language
constexpr int kMaxDepth = 1500;             // of calls that one derivative takes

uint64_t mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15ULL;
  return hash ^ (hash >> 29);
}

uint64_t power_of_ten(int exponent, uint64_t modulus) {
  unsigned __int128 out = 1 % modulus;
  for (int i = 0; i < exponent; ++i) out = out * 10 % modulus;
  return static_cast<uint64_t>(out);
}

std::string key_of(const Expander& expander, const std::string& key) {
  std::string full(sizeof(Expander*), '\0');
  const Expander* const address = &expander;
  std::memcpy(full.data(), &address, sizeof address);
  return full + key;
}

}  // namespace

ExprPool::ExprPool(std::size_t max_nodes) : max_nodes_(max_nodes) {
  MW_CHECK(intern({.kind = Kind::kEmpty}) == kEmpty);
  MW_CHECK(intern({.kind = Kind::kEpsilon, .nullable = true}) == kEpsilon);
  // Every text: any byte, any number of times. Built by hand, since repeat() asks for kAll.
  ByteSet every;
  every.set();
  sets_.push_back(every);
  set_ids_[every] = 0;
  Node star{.kind = Kind::kRepeat, .nullable = true};
  star.a = 3;  // the next node
  star.c = kNoLimit;
  MW_CHECK(intern(std::move(star)) == kAll);
  MW_CHECK(intern({.kind = Kind::kBytes}) == 3);
}

bool ExprPool::spend() {
  if (++steps_ > step_limit_) exhausted_ = true;
  return !exhausted_;
}

Expr ExprPool::intern(Node node) {
  uint64_t hash = mix(static_cast<uint64_t>(node.kind), node.a);
  hash = mix(mix(hash, node.b), node.c);
  for (const Expr kid : node.kids) hash = mix(hash, static_cast<uint64_t>(kid));
  const auto found = by_hash_.find(hash);
  Expr at_hash = found == by_hash_.end() ? -1 : found->second;
  for (Expr each = at_hash; each >= 0; each = at(each).next) {
    const Node& known = at(each);
    if (known.kind == node.kind && known.a == node.a && known.b == node.b && known.c == node.c &&
        known.kids == node.kids) {
      return each;
    }
  }
  if (nodes_.size() >= max_nodes_ || node.depth > kMaxDepth || !spend()) {
    exhausted_ = true;
    return kEmpty;
  }
  steps_ += kNodeSteps;
  node.next = at_hash;
  const auto id = static_cast<Expr>(nodes_.size());
  nodes_.push_back(std::move(node));
  by_hash_[hash] = id;
  return id;
}

Expr ExprPool::bytes(const ByteSet& set) {
  if (set.none()) return kEmpty;
  const auto [found, is_new] = set_ids_.try_emplace(set, static_cast<int>(sets_.size()));
  if (is_new) sets_.push_back(set);
  Node node{.kind = Kind::kBytes};
  node.a = static_cast<uint64_t>(found->second);
  return intern(std::move(node));
}

Expr ExprPool::byte(unsigned char value) { return range(value, value); }

Expr ExprPool::range(unsigned char low, unsigned char high) {
  ByteSet set;
  for (int i = low; i <= high; ++i) set.set(static_cast<std::size_t>(i));
  return bytes(set);
}

Expr ExprPool::literal(std::string_view text) {
  Expr out = kEpsilon;
  for (std::size_t i = text.size(); i-- > 0;) {
    out = concat(byte(static_cast<unsigned char>(text[i])), out);
  }
  return out;
}

Expr ExprPool::concat(Expr first, Expr then) {
  if (first == kEmpty || then == kEmpty) return kEmpty;
  if (first == kEpsilon) return then;
  if (then == kEpsilon) return first;
  if (first == kAll && then == kAll) return kAll;
  if (at(first).kind == Kind::kConcat) {
    // To the right, so that the first factor is what the next byte meets.
    std::vector<Expr> factors;
    Expr rest = first;
    while (at(rest).kind == Kind::kConcat) {
      factors.push_back(static_cast<Expr>(at(rest).a));
      rest = static_cast<Expr>(at(rest).b);
    }
    Expr out = concat(rest, then);
    for (std::size_t i = factors.size(); i-- > 0;) out = concat(factors[i], out);
    return out;
  }
  Node node{.kind = Kind::kConcat};
  node.nullable = nullable(first) && nullable(then);
  node.pure = at(first).pure && at(then).pure;
  const int inner = at(first).depth;
  const int beyond = nullable(first) ? at(then).depth : 0;
  node.depth = static_cast<uint16_t>(std::max(inner, beyond) + 1);
  node.a = static_cast<uint64_t>(first);
  node.b = static_cast<uint64_t>(then);
  return intern(std::move(node));
}

Expr ExprPool::concat_all(const std::vector<Expr>& parts) {
  Expr out = kEpsilon;
  for (std::size_t i = parts.size(); i-- > 0;) out = concat(parts[i], out);
  return out;
}

Expr ExprPool::any_of(std::vector<Expr> kids) {
  std::vector<Expr> flat;
  ByteSet set;
  for (const Expr kid : kids) {
    if (kid == kEmpty) continue;
    if (kid == kAll) return kAll;
    const Node& node = at(kid);
    if (node.kind == Kind::kBytes) {
      set |= sets_[node.a];
    } else if (node.kind == Kind::kAny) {
      for (const Expr inner : node.kids) {
        if (at(inner).kind == Kind::kBytes) {
          set |= sets_[at(inner).a];
        } else {
          flat.push_back(inner);
        }
      }
    } else {
      flat.push_back(kid);
    }
  }
  if (set.any()) flat.push_back(bytes(set));
  std::sort(flat.begin(), flat.end());
  flat.erase(std::unique(flat.begin(), flat.end()), flat.end());
  if (flat.empty()) return kEmpty;
  if (flat.size() == 1) return flat[0];
  if (flat.size() > kMaxWidth) {
    exhausted_ = true;
    return kEmpty;
  }
  steps_ += flat.size();
  Node node{.kind = Kind::kAny};
  int depth = 0;
  for (const Expr kid : flat) {
    node.nullable = node.nullable || nullable(kid);
    node.pure = node.pure && at(kid).pure;
    depth = std::max<int>(depth, at(kid).depth);
  }
  if (flat.size() == 2 && flat[0] == kEpsilon && nullable(flat[1])) return flat[1];
  node.depth = static_cast<uint16_t>(depth + 1);
  node.kids = std::move(flat);
  return intern(std::move(node));
}

Expr ExprPool::all_of(std::vector<Expr> kids) {
  std::vector<Expr> flat;
  for (const Expr kid : kids) {
    if (kid == kEmpty) return kEmpty;
    if (kid == kAll) continue;
    if (at(kid).kind == Kind::kAllOf) {
      flat.insert(flat.end(), at(kid).kids.begin(), at(kid).kids.end());
    } else {
      flat.push_back(kid);
    }
  }
  std::sort(flat.begin(), flat.end());
  flat.erase(std::unique(flat.begin(), flat.end()), flat.end());
  if (flat.empty()) return kAll;
  if (flat.size() == 1) return flat[0];
  // x without x: found here, so that nobody has to search for a text that is not there.
  for (const Expr kid : flat) {
    if (at(kid).kind != Kind::kNot) continue;
    const auto denied = static_cast<Expr>(at(kid).a);
    const std::vector<Expr> parts =
        at(denied).kind == Kind::kAllOf ? at(denied).kids : std::vector<Expr>{denied};
    if (std::includes(flat.begin(), flat.end(), parts.begin(), parts.end())) return kEmpty;
  }
  bool nullable_all = true;
  int depth = 0;
  for (const Expr kid : flat) {
    nullable_all = nullable_all && nullable(kid);
    depth = std::max<int>(depth, at(kid).depth);
  }
  if (std::binary_search(flat.begin(), flat.end(), kEpsilon)) {
    return nullable_all ? kEpsilon : kEmpty;
  }
  if (flat.size() > kMaxWidth) {
    exhausted_ = true;
    return kEmpty;
  }
  steps_ += flat.size();
  Node node{.kind = Kind::kAllOf};
  node.nullable = nullable_all;
  node.pure = false;
  node.depth = static_cast<uint16_t>(depth + 1);
  node.kids = std::move(flat);
  return intern(std::move(node));
}

Expr ExprPool::negate(Expr of) {
  if (exhausted_) return kEmpty;
  if (of == kEmpty) return kAll;
  if (of == kAll) return kEmpty;
  if (at(of).kind == Kind::kNot) return static_cast<Expr>(at(of).a);
  if (at(of).kind == Kind::kRegular) return negate(static_cast<Expr>(at(of).a));
  Node node{.kind = Kind::kNot};
  node.nullable = !nullable(of);
  node.pure = false;
  node.depth = static_cast<uint16_t>(at(of).depth + 1);
  node.a = static_cast<uint64_t>(of);
  return intern(std::move(node));
}

Expr ExprPool::repeat(Expr of, uint32_t min, uint32_t max) {
  if (max == 0 || of == kEpsilon) return kEpsilon;
  if (of == kEmpty) return min == 0 ? kEpsilon : kEmpty;
  if (min == 1 && max == 1) return of;
  const Node& inner = at(of);
  // (r*){m,n} is r*.
  if (inner.kind == Kind::kRepeat && inner.b == 0 && inner.c == kNoLimit) return of;
  if (inner.nullable) min = 0;
  Node node{.kind = Kind::kRepeat};
  node.nullable = min == 0;
  node.pure = inner.pure;
  node.depth = static_cast<uint16_t>(inner.depth + 1);
  node.a = static_cast<uint64_t>(of);
  node.b = min;
  node.c = max;
  return intern(std::move(node));
}

Expr ExprPool::wrap(Expr of) {
  if (of == kEmpty || of == kEpsilon || at(of).kind == Kind::kRegular) return of;
  Node node{.kind = Kind::kRegular};
  node.nullable = nullable(of);
  node.depth = static_cast<uint16_t>(at(of).depth + 1);
  node.a = static_cast<uint64_t>(of);
  return intern(std::move(node));
}

Expr ExprPool::regular(Expr of) { return at(of).pure ? of : group(of); }

Expr ExprPool::group(Expr of) { return live(of) ? wrap(of) : Expr{kEmpty}; }

Expr ExprPool::capture(Expr group, Expander& expander, const std::string& key) {
  if (group == kEmpty) return kEmpty;
  MW_CHECK(is_group(group) || group == kEpsilon);
  return capture_node(group, expander, key);
}

Expr ExprPool::capture_node(Expr group, Expander& expander, const std::string& key) {
  const auto [found, is_new] = capture_ids_.try_emplace(key_of(expander, key), captures_.size());
  if (is_new) captures_.push_back({&expander, key});
  Node node{.kind = Kind::kCapture};
  node.depth = static_cast<uint16_t>(at(group).depth + 1);
  node.a = static_cast<uint64_t>(group);
  node.b = found->second;
  return intern(std::move(node));
}

Expr ExprPool::after_capture(Expr of, std::string_view more) {
  const Capture& capture = captures_[at(of).b];
  return call(*capture.expander, capture.key + std::string(more), false);
}

// State of a kMultiple: a which, b remainder of the digits so far, c 0 before the point, else 1 +
// digits after it.
Expr ExprPool::multiple(uint64_t divisor, int decimals) {
  multiples_.push_back({divisor, decimals});
  Node node{.kind = Kind::kMultiple};
  node.pure = false;
  node.nullable = true;
  node.a = multiples_.size() - 1;
  return intern(std::move(node));
}

bool ExprPool::multiple_nullable(const Node& node) const {
  const Multiple& spec = multiples_[node.a];
  const int digits = node.c == 0 ? 0 : static_cast<int>(node.c) - 1;
  const unsigned __int128 scaled =
      static_cast<unsigned __int128>(node.b) * power_of_ten(spec.decimals - digits, spec.divisor);
  return scaled % spec.divisor == 0;
}

Expr ExprPool::derive_multiple(const Node& node, unsigned char by) {
  const Multiple& spec = multiples_[node.a];
  Node next{.kind = Kind::kMultiple};
  next.pure = false;
  next.a = node.a;
  next.b = node.b;
  next.c = node.c;
  if (by == '.') {
    if (node.c != 0) return kEmpty;
    next.c = 1;
  } else if (by >= '0' && by <= '9') {
    const auto decimals = static_cast<uint64_t>(spec.decimals);
    if (node.c > decimals) {  // further digits would be finer than any multiple
      if (by != '0') return kEmpty;
    } else {
      next.b = static_cast<uint64_t>((static_cast<unsigned __int128>(node.b) * 10 + (by - '0')) %
                                     spec.divisor);
      if (node.c > 0) next.c = node.c + 1;
    }
  } else if (by != '-') {
    return kEmpty;
  }
  next.nullable = multiple_nullable(next);
  return intern(std::move(next));
}

Expr ExprPool::call(Expander& expander, const std::string& key, bool nullable) {
  std::string full = key_of(expander, key);
  const auto found = call_ids_.find(full);
  if (found != call_ids_.end()) return found->second;
  calls_.push_back({&expander, key, -1});
  Node node{.kind = Kind::kCall};
  node.nullable = nullable;
  node.a = calls_.size() - 1;
  const Expr id = intern(std::move(node));
  call_ids_.emplace(std::move(full), id);
  return id;
}

Expr ExprPool::unfold(Expr of) {
  if (at(of).kind != Kind::kCall) return of;
  Call& call = calls_[at(of).a];
  if (call.expansion < 0) {
    const Expr expansion = call.expander->expand(*this, call.key);
    call.expansion = expansion;
  }
  return call.expansion;
}

std::pair<Expr, Expr> ExprPool::split(Expr of) const {
  const Node& node = at(of);
  if (node.kind != Kind::kConcat) return {of, kEpsilon};
  return {static_cast<Expr>(node.a), static_cast<Expr>(node.b)};
}

std::vector<Expr> ExprPool::alternatives(Expr of) const {
  if (at(of).kind == Kind::kAny) return at(of).kids;
  return {of};
}

std::optional<ExprPool::Repeat> ExprPool::repeat_then(Expr group, unsigned char last) {
  if (!is_group(group)) return std::nullopt;
  const auto [first, then] = split(static_cast<Expr>(at(group).a));
  if (at(first).kind != Kind::kRepeat || then != byte(last)) return std::nullopt;
  const Node& node = at(first);
  return Repeat{static_cast<Expr>(node.a), static_cast<uint32_t>(node.b),
                static_cast<uint32_t>(node.c)};
}

// Marks bytes that may give another derivative than the byte before them.
void ExprPool::add_edges(Expr of, ByteSet& into) {
  const Node& node = at(of);
  if (node.classes >= 0) {
    const Classes& known = classes_[static_cast<std::size_t>(node.classes)];
    for (std::size_t i = 1; i < 256; ++i) {
      if (known.of[i] != known.of[i - 1]) into.set(i);
    }
    return;
  }
  switch (node.kind) {
    case Kind::kEmpty:
    case Kind::kEpsilon:
      return;
    case Kind::kBytes: {
      const ByteSet& set = sets_[node.a];
      into |= set ^ (set << 1);
      into.reset(0);
      return;
    }
    case Kind::kConcat:
      add_edges(static_cast<Expr>(node.a), into);
      if (nullable(static_cast<Expr>(node.a))) add_edges(static_cast<Expr>(node.b), into);
      return;
    case Kind::kAny:
    case Kind::kAllOf:
      for (const Expr kid : node.kids) add_edges(kid, into);
      return;
    case Kind::kNot:
    case Kind::kRepeat:
    case Kind::kRegular:
      add_edges(static_cast<Expr>(node.a), into);
      return;
    case Kind::kMultiple:
      for (std::size_t i = '-'; i <= '9' + 1; ++i) into.set(i);
      return;
    case Kind::kCapture:
      for (std::size_t i = 1; i < 256; ++i) into.set(i);  // the text tells bytes apart
      return;
    case Kind::kCall:
      add_edges(unfold(of), into);
      return;
  }
}

const ExprPool::Classes& ExprPool::classes(Expr of) {
  if (at(of).classes < 0) {
    ByteSet marks;
    add_edges(of, marks);
    const auto [found, is_new] = class_ids_.try_emplace(marks, static_cast<int>(classes_.size()));
    if (is_new) {
      Classes made;
      uint8_t current = 0;
      made.first.push_back(0);
      for (std::size_t i = 1; i < 256; ++i) {
        if (marks[i]) {
          ++current;
          made.first.push_back(static_cast<unsigned char>(i));
        }
        made.of[i] = current;
      }
      classes_.push_back(std::move(made));
    }
    at(of).classes = found->second;
  }
  return classes_[static_cast<std::size_t>(at(of).classes)];
}

Expr ExprPool::derive(Expr of, unsigned char by) {
  if (of == kEmpty || of == kEpsilon) return kEmpty;
  if (of == kAll) return kAll;
  const Classes& known = classes(of);
  const std::size_t index = known.of[by];
  {
    const Node& node = at(of);
    if (!node.after.empty() && node.after[index] >= 0) return node.after[index];
  }
  if (!spend()) return kEmpty;
  const Expr out = raw_derive(of, by);
  if (exhausted_) return kEmpty;
  Node& node = at(of);
  if (node.after.empty()) node.after.assign(known.first.size(), -1);
  node.after[index] = out;
  return out;
}

Expr ExprPool::raw_derive(Expr of, unsigned char by) {
  const Node& node = at(of);
  switch (node.kind) {
    case Kind::kEmpty:
    case Kind::kEpsilon:
      return kEmpty;
    case Kind::kBytes:
      return sets_[node.a][by] ? kEpsilon : kEmpty;
    case Kind::kConcat: {
      const auto first = static_cast<Expr>(node.a);
      const auto then = static_cast<Expr>(node.b);
      const Expr inside = concat(derive(first, by), then);
      return nullable(first) ? any_of({inside, derive(then, by)}) : inside;
    }
    case Kind::kAny:
    case Kind::kAllOf: {
      std::vector<Expr> kids;
      kids.reserve(node.kids.size());
      for (const Expr kid : node.kids) kids.push_back(derive(kid, by));
      return node.kind == Kind::kAny ? any_of(std::move(kids)) : all_of(std::move(kids));
    }
    case Kind::kNot:
      return negate(derive(static_cast<Expr>(node.a), by));
    case Kind::kRepeat: {
      const auto body = static_cast<Expr>(node.a);
      const auto min = static_cast<uint32_t>(node.b);
      const auto max = static_cast<uint32_t>(node.c);
      const Expr inside = derive(body, by);
      if (inside == kEmpty) return kEmpty;
      return concat(inside,
                    repeat(body, min == 0 ? 0 : min - 1, max == kNoLimit ? kNoLimit : max - 1));
    }
    case Kind::kRegular:
      return group(derive(static_cast<Expr>(node.a), by));
    case Kind::kCapture: {
      const auto inner = static_cast<Expr>(node.a);
      const uint64_t which = node.b;
      const Expr inside = derive(inner, by);
      std::vector<Expr> ways;
      if (inside != kEmpty) {
        const Capture capture = captures_[which];
        ways.push_back(
            capture_node(inside, *capture.expander, capture.key + static_cast<char>(by)));
      }
      if (nullable(inner)) ways.push_back(derive(after_capture(of, {}), by));
      return any_of(std::move(ways));
    }
    case Kind::kMultiple:
      return derive_multiple(node, by);
    case Kind::kCall:
      return derive(unfold(of), by);
  }
  return kEmpty;
}

Expr ExprPool::derive_all(Expr of, std::string_view text) {
  for (const char each : text) of = derive(of, static_cast<unsigned char>(each));
  return of;
}

// Depth first with a stack of our own: a text of minLength 100000 is a path as long.
bool ExprPool::live(Expr of) {
  struct Frame {
    Expr expr;
    std::size_t next = 0;
  };
  const auto known = [this](Expr each) -> int {
    const Node& node = at(each);
    if (each == kEmpty) return 2;
    if (node.nullable || node.pure || node.kind == Kind::kRegular) return 1;
    return node.life;
  };
  if (const int life = known(of); life != 0) return life == 1;
  std::vector<Frame> path = {{of}};
  std::vector<Expr> seen = {of};
  constexpr uint8_t kSeen = 3;
  at(of).life = kSeen;
  bool found = false;
  std::size_t tries = 0;
  while (!path.empty() && !found && spend()) {
    if (++tries > kMaxSearch) exhausted_ = true;
    Frame& top = path.back();
    const Classes& classes_of = classes(top.expr);
    if (top.next == classes_of.first.size()) {
      path.pop_back();
      continue;
    }
    const Expr next = derive(top.expr, classes_of.first[top.next++]);
    const int life = known(next);
    if (life == 1) {
      found = true;
    } else if (life == 0) {
      at(next).life = kSeen;
      seen.push_back(next);
      path.push_back({next});
    }
  }
  for (const Expr each : seen) at(each).life = found || exhausted_ ? 0 : 2;
  if (found) {
    for (const Frame& frame : path) at(frame.expr).life = 1;
  }
  return found;
}

std::size_t ExprPool::count_texts(Expr of, std::size_t limit) {
  // Breadth by length; a language with more states than this before it ends is called endless.
  std::unordered_map<Expr, std::size_t> now = {{of, 1}};
  std::size_t count = 0;
  for (int length = 0; length < 4096 && !now.empty() && count < limit && spend(); ++length) {
    std::unordered_map<Expr, std::size_t> after;
    for (const auto& [each, ways] : now) {
      if (nullable(each)) count = std::min(limit, count + ways);
      const Classes& known = classes(each);
      std::array<std::size_t, 256> sizes{};
      for (const uint8_t index : known.of) ++sizes[index];
      for (std::size_t i = 0; i < known.first.size(); ++i) {
        const Expr next = derive(each, known.first[i]);
        if (!live(next)) continue;
        std::size_t& sum = after[next];
        sum = std::min(limit, sum + std::min(limit, ways * sizes[i]));
      }
    }
    now = std::move(after);
  }
  return now.empty() ? count : limit;
}

}  // namespace mw::grammar
