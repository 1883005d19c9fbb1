// Step 3, arrays: item by item.
#include <algorithm>

#include "grammar/internal/schema_compiler.h"

namespace mw::grammar {
namespace {

constexpr int64_t kMaxPositions = 2000;    // that have schemas of their own
constexpr int64_t kMaxCountedItems = 500;  // where `contains` counts
constexpr std::size_t kMaxCounts = 4;
constexpr std::size_t kMaxArrayStates = 20'000;

}  // namespace

std::vector<Lit> SchemaCompiler::lits_at(const ArrayShape& shape, int64_t at) const {
  std::vector<Lit> lits;
  for (const Atom& item : shape.items) {
    if (at >= item.from && at < item.to) lits.push_back(item.lit);
  }
  return lits;
}

Result<std::optional<int>> SchemaCompiler::make_array(const Conj& conj) {
  ArrayShape shape;
  std::string key;
  for (const int each : conj.atoms) {
    const Atom& atom = atoms_[static_cast<std::size_t>(each)];
    if (atom.types() != kArrayType) continue;
    if (shape.pointer.empty()) shape.pointer = atom.pointer;
    key += std::to_string(each) + ",";
    switch (atom.kind) {
      case Atom::Kind::kItems:
        shape.items.push_back(atom);
        break;
      case Atom::Kind::kCountFrom:
      case Atom::Kind::kCountTo:
        shape.counts.push_back(atom);
        break;
      case Atom::Kind::kLengthFrom:
        shape.min = std::max(shape.min, atom.count);
        break;
      case Atom::Kind::kLengthTo:
        shape.max = std::min(shape.max, atom.count);
        break;
      default:
        shape.unique = true;
        shape.pointer = atom.pointer;
        break;
    }
  }
  if (shape.min > shape.max) return std::optional<int>();
  const auto [found, is_new] = array_ids_.try_emplace(key, static_cast<int>(arrays_.size()));
  if (!is_new) return std::optional<int>(found->second);
  for (const std::vector<Atom>* atoms : {&shape.items, &shape.counts}) {
    for (const Atom& atom : *atoms) {
      shape.settled = std::max(shape.settled, atom.from);
      if (atom.to != kEndless) shape.settled = std::max(shape.settled, atom.to);
    }
  }
  const auto refuse = [&](const std::string& en, const std::string& zh) {
    array_ids_.erase(key);
    return schema_error(Code::kUnsupported, shape.pointer, en, zh);
  };
  if (shape.settled > kMaxPositions) {
    return refuse("more than 2000 positions with schemas of their own",
                  "单独约束的位置超过 2000 个");
  }
  if (!shape.counts.empty()) {
    int64_t counted = shape.min;
    for (const Atom& atom : shape.counts) counted = std::max(counted, atom.count);
    if (shape.counts.size() > kMaxCounts || counted > kMaxCountedItems) {
      return refuse("counts what it contains over more than 500 items, or 4 things",
                    "contains 计数超过 500 项或 4 种");
    }
  }
  const int id = found->second;
  arrays_.push_back(shape);
  if (shape.unique) {
    const Result<void> checked = check_unique(shape);
    if (!checked) return checked.error();
  }
  return std::optional<int>(id);
}

// Items that are compared by their text: strings, numbers, true, false, null.
Result<Expr> SchemaCompiler::scalar_at(const ArrayShape& shape, int64_t at) {
  MW_ASSIGN(const Parts* parts, parts_of(term_of(lits_at(shape, at))));
  if (!parts->arrays.empty() || !parts->objects.empty()) {
    return schema_error(
        Code::kUnsupported, shape.pointer,
        "uniqueItems can be enforced where items are strings, numbers, true, false or null only",
        "仅当各项为字符串、数字、布尔值或 null 时才能保证 uniqueItems");
  }
  std::vector<Expr> ways;
  if ((parts->types & kNullType) != 0) ways.push_back(pool_.literal("null"));
  if ((parts->types & kTrueType) != 0) ways.push_back(pool_.literal("true"));
  if ((parts->types & kFalseType) != 0) ways.push_back(pool_.literal("false"));
  // One spelling each, so that equal items have equal texts (but for zeros after the point).
  const Expr text = parts->free_text ? json_.plain_text() : parts->text;
  ways.push_back(pool_.concat_all({pool_.byte('"'), text, pool_.byte('"')}));
  const std::vector<Expr> numbers = pool_.alternatives(parts->number);
  const bool free = std::find(numbers.begin(), numbers.end(), json_.free_number()) != numbers.end();
  ways.push_back(free ? decimal_numbers(pool_) : parts->number);
  return pool_.any_of(std::move(ways));
}

Result<void> SchemaCompiler::check_unique(const ArrayShape& shape) {
  const auto refuse = [&](const std::string& en, const std::string& zh) {
    return schema_error(Code::kUnsupported, shape.pointer, en, zh);
  };
  if (!shape.counts.empty()) {
    return refuse("uniqueItems together with contains cannot be enforced",
                  "无法同时保证 uniqueItems 与 contains");
  }
  std::set<Expr> languages;
  for (int64_t at = 0; at <= shape.settled && at < shape.max; ++at) {
    MW_ASSIGN(const Expr language, scalar_at(shape, at));
    languages.insert(language);
  }
  if (shape.min <= 1) return {};
  if (languages.size() > 1) {
    return refuse("uniqueItems with items of different schemas and minItems cannot be enforced",
                  "各项模式不同且有 minItems 时无法保证 uniqueItems");
  }
  const auto wanted = static_cast<std::size_t>(std::min<int64_t>(shape.min, 100'000));
  if (languages.empty() || pool_.count_texts(*languages.begin(), wanted) >= wanted) return {};
  return refuse("there are fewer different items than minItems asks for", "不同的项少于 minItems");
}

bool SchemaCompiler::array_may_end(const ArrayShape& shape, const ArrayState& state) const {
  if (state.at < shape.min) return false;
  for (std::size_t i = 0; i < shape.counts.size(); ++i) {
    if (shape.counts[i].kind == Atom::Kind::kCountFrom && state.left[i] > 0) return false;
  }
  return true;
}

/// What the next item may be, and where that leads: each item counts for some of what is counted.
std::vector<std::pair<TermId, SchemaCompiler::ArrayState>> SchemaCompiler::array_steps(
    const ArrayShape& shape, const ArrayState& state) {
  if (state.at >= shape.max) return {};
  const std::vector<Lit> base = lits_at(shape, state.at);
  ArrayState next = state;
  // Beyond these positions only what is left to count tells states apart; 0 is before the first.
  const int64_t length = shape.max == kEndless ? shape.min : shape.max;
  const int64_t last = std::max<int64_t>({1, shape.settled, length});
  next.at = std::min(state.at + 1, last);
  std::vector<std::pair<std::vector<Lit>, ArrayState>> ways = {{base, next}};
  for (std::size_t i = 0; i < shape.counts.size(); ++i) {
    const Atom& count = shape.counts[i];
    if (state.at < count.from || state.at >= count.to) continue;
    const bool from = count.kind == Atom::Kind::kCountFrom;
    if (from && state.left[i] == 0) continue;
    std::vector<std::pair<std::vector<Lit>, ArrayState>> more;
    for (const auto& [lits, after] : ways) {
      if (state.left[i] > 0) {
        auto counted = std::pair(lits, after);
        counted.first.push_back(count.lit);
        --counted.second.left[i];
        more.push_back(std::move(counted));
      }
      auto other = std::pair(lits, after);
      if (!from) other.first.push_back(count.lit ^ 1);
      more.push_back(std::move(other));
    }
    ways = std::move(more);
  }
  std::vector<std::pair<TermId, ArrayState>> out;
  for (auto& [lits, after] : ways) out.emplace_back(term_of(std::move(lits)), std::move(after));
  return out;
}

std::string SchemaCompiler::array_key(int shape, const ArrayState& state) const {
  std::string key = "a" + std::to_string(shape) + "," + std::to_string(state.at);
  for (const int64_t left : state.left) key += "," + std::to_string(left);
  for (const std::string& text : state.seen) key += '\x01' + text;
  return key;
}

// Steps go forward or stay where they are, so a state that is looked at again leads nowhere new.
Result<bool> SchemaCompiler::array_live(int which, const ArrayState& state) {
  const ArrayShape shape = arrays_[static_cast<std::size_t>(which)];
  if (array_may_end(shape, state)) return true;
  const std::string key = array_key(which, state);
  if (const auto found = live_arrays_.find(key); found != live_arrays_.end()) return found->second;
  if (live_arrays_.size() > kMaxArrayStates) {
    return schema_error(Code::kUnsupported, shape.pointer, "too many ways to count items",
                        "计数组合过多");
  }
  live_arrays_[key] = false;
  for (const auto& [term, next] : array_steps(shape, state)) {
    MW_ASSIGN(const bool item, possible(term));
    if (!item) continue;
    MW_ASSIGN(const bool rest, array_live(which, next));
    if (!rest) continue;
    live_arrays_[key] = true;
    return true;
  }
  return false;
}

Result<bool> SchemaCompiler::array_possible(int which) {
  const ArrayShape shape = arrays_[static_cast<std::size_t>(which)];
  if (shape.counts.empty()) {
    for (int64_t at = 0; at < std::min(shape.min, shape.settled + 1); ++at) {
      MW_ASSIGN(const bool item, possible(term_of(lits_at(shape, at))));
      if (!item) return false;
    }
    return true;
  }
  ArrayState state;
  for (const Atom& count : shape.counts) state.left.push_back(count.count);
  return array_live(which, state);
}

/// "]" or the next item with what follows it. Before the first item there is no comma.
Expr SchemaCompiler::array_rest(int shape, const ArrayState& state) {
  const std::string key = array_key(shape, state);
  array_states_.try_emplace(key, shape, state);
  return pool_.call(*this, key, false);
}

Expr SchemaCompiler::expand_array(int which, const ArrayState& state) {
  const ArrayShape shape = arrays_[static_cast<std::size_t>(which)];
  std::vector<Expr> items;
  for (const auto& [term, next] : array_steps(shape, state)) {
    if (shape.unique) {
      items.push_back(unique_item(which, state));
      continue;
    }
    const Result<bool> item = possible(term);
    const Result<bool> rest = shape.counts.empty() ? true : array_live(which, next);
    if (!item || !*item || !rest || !*rest) continue;
    items.push_back(pool_.concat(value(term), array_rest(which, next)));
  }
  Expr more = pool_.any_of(std::move(items));
  more = pool_.concat(json_.space(), more);
  if (state.at > 0) more = pool_.concat(pool_.byte(','), more);
  if (!array_may_end(shape, state)) return more;
  return pool_.any_of({pool_.concat(json_.space(), pool_.byte(']')), more});
}

Expr SchemaCompiler::unique_item(int which, const ArrayState& state) {
  const ArrayShape shape = arrays_[static_cast<std::size_t>(which)];
  const Result<Expr> language = scalar_at(shape, state.at);
  if (!language) return ExprPool::kEmpty;
  std::vector<Expr> seen;
  for (const std::string& text : state.seen) {
    const bool number = text[0] == '-' || (text[0] >= '0' && text[0] <= '9');
    if (!number) {
      seen.push_back(pool_.literal(text));
      continue;
    }
    Decimal value;
    value.negative = text[0] == '-';
    const std::string size = text.substr(value.negative ? 1 : 0);
    value.whole = size.substr(0, size.find('.'));
    if (size.find('.') != std::string::npos) value.decimals = size.substr(size.find('.') + 1);
    while (value.decimals.ends_with('0')) value.decimals.pop_back();
    seen.push_back(numbers_equal(pool_, value));
  }
  const Expr other =
      pool_.group(pool_.all_of({*language, pool_.negate(pool_.any_of(std::move(seen)))}));
  array_states_.try_emplace(array_key(which, state), which, state);
  return pool_.capture(other, *this, "u" + array_key(which, state) + '\0');
}

/// After an item of a unique array.
Expr SchemaCompiler::after_unique(int which, const ArrayState& state, const std::string& text) {
  ArrayState next = state;
  ++next.at;
  next.seen.push_back(text);
  std::sort(next.seen.begin(), next.seen.end());
  return array_rest(which, next);
}

}  // namespace mw::grammar
