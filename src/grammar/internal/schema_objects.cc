// Step 3, objects: member by member, in any order, each name once.
#include <algorithm>

#include "grammar/internal/schema_compiler.h"

namespace mw::grammar {
namespace {

constexpr std::size_t kMaxLanguages = 10;  // of keys that are told apart: 2^n groups at most
constexpr std::size_t kMaxNames = 4000;
constexpr std::size_t kMaxSome = 3;

}  // namespace

Result<std::optional<int>> SchemaCompiler::make_object(const Conj& conj) {
  ObjectShape shape;
  std::string key;
  std::string pointer;
  std::vector<Atom> all;   // kMembers of languages
  std::vector<Atom> some;  // kSomeMember of languages
  std::map<std::string, std::size_t> names;
  std::vector<std::pair<std::string, Lit>> named;
  std::vector<std::string> required;
  for (const int each : conj.atoms) {
    const Atom& atom = atoms_[static_cast<std::size_t>(each)];
    if (atom.types() != kObjectType) continue;
    if (pointer.empty()) pointer = atom.pointer;
    key += std::to_string(each) + ",";
    switch (atom.kind) {
      case Atom::Kind::kMembersFrom:
        shape.min = std::max(shape.min, atom.count);
        break;
      case Atom::Kind::kMembersTo:
        shape.max = std::min(shape.max, atom.count);
        break;
      default:
        if (atom.name) {
          named.emplace_back(*atom.name, atom.lit);
          if (atom.kind == Atom::Kind::kSomeMember) required.push_back(*atom.name);
        } else {
          (atom.kind == Atom::Kind::kMembers ? all : some).push_back(atom);
        }
        break;
    }
  }
  if (const auto found = object_ids_.find(key); found != object_ids_.end()) {
    return std::optional<int>(found->second);
  }
  const auto refuse = [&](const std::string& en, const std::string& zh) {
    return schema_error(Code::kUnsupported, pointer, en, zh);
  };
  // Every name that is spoken of, with all that is said about it.
  std::map<std::string, std::vector<Lit>> lits;
  std::vector<std::string> order;
  for (const auto& [name, lit] : named) {
    const auto [found, is_new] = lits.try_emplace(name);
    if (is_new) order.push_back(name);
    found->second.push_back(lit);
  }
  if (order.size() > kMaxNames || all.size() > kMaxLanguages) {
    return refuse("more than 4000 names, or 10 patterns of names, in one object",
                  "一个对象中的名称超过 4000 个或名称模式超过 10 个");
  }
  std::vector<Expr> spellings;
  for (const std::string& name : order) {
    const std::string text = spelled(name, Spelling::kJson);
    spellings.push_back(pool_.literal(text));
    for (const Atom& atom : all) {
      if (pool_.matches(atom.language, text)) lits[name].push_back(atom.lit);
    }
    const bool needed = std::find(required.begin(), required.end(), name) != required.end();
    shape.names.push_back({name, term_of(lits[name]), needed, true});
  }
  // Two tags in one place: most pairs of a oneOf end here.
  for (const Member& member : shape.names) {
    const std::vector<Lit>& tags = terms_[static_cast<std::size_t>(member.term)];
    const bool fixed =
        member.required && tags.size() > 1 &&
        std::all_of(tags.begin(), tags.end(), [this](Lit lit) {
          const Json& schema = *index_->entry(lit / 2).json;
          return schema.is_object() && (schema.contains("const") || schema.contains("enum"));
        });
    if (!fixed) continue;
    MW_ASSIGN(const bool yes, possible(member.term));
    if (!yes) return std::optional<int>();
  }
  // What is left, by which languages it is in. Sides that hold nothing are cut at once.
  std::vector<std::pair<Expr, std::vector<Lit>>> groups = {
      {pool_.all_of({json_.plain_text(), pool_.negate(pool_.any_of(std::move(spellings)))}), {}}};
  for (const Atom& atom : all) {
    std::vector<std::pair<Expr, std::vector<Lit>>> parts;
    for (const auto& [language, group_lits] : groups) {
      const Expr inside = pool_.all_of({language, atom.language});
      const Expr outside = pool_.all_of({language, pool_.negate(atom.language)});
      if (pool_.live(inside)) {
        parts.emplace_back(inside, group_lits);
        parts.back().second.push_back(atom.lit);
      }
      if (pool_.live(outside)) parts.emplace_back(outside, group_lits);
    }
    groups = std::move(parts);
  }
  for (auto& [language, group_lits] : groups) {
    shape.free.push_back({language, term_of(std::move(group_lits))});
  }
  if (some.size() > kMaxSome || (!some.empty() && shape.max != kEndless)) {
    return refuse("too many members that must exist under some name, or a limit to them",
                  "必须存在的成员条件过多，或与数量上限同用");
  }
  shape.some = std::move(some);
  const auto needed = static_cast<int64_t>(std::count_if(
      shape.names.begin(), shape.names.end(), [](const Member& m) { return m.required; }));
  // One name twice is one member.
  shape.distinct = shape.min > needed + 1 || !shape.some.empty();
  shape.min = std::max(shape.min, needed);
  if (shape.min > shape.max) return std::optional<int>();
  const auto id = static_cast<int>(objects_.size());
  objects_.push_back(std::move(shape));
  object_ids_[key] = id;
  return std::optional<int>(id);
}

Result<bool> SchemaCompiler::object_possible(int which) {
  if (const auto known = possible_objects_.find(which); known != possible_objects_.end()) {
    return known->second;
  }
  const ObjectShape shape = objects_[static_cast<std::size_t>(which)];
  for (const Member& member : shape.names) {
    if (!member.required) continue;
    MW_ASSIGN(const bool yes, possible(member.term));
    if (!yes) return false;
  }
  // Enough different keys?
  int64_t keys = 0;
  for (const Member& member : shape.names) {
    if (keys >= shape.min) break;
    MW_ASSIGN(const bool yes, possible(member.term));
    keys += yes ? 1 : 0;
  }
  for (const FreeKeys& free : shape.free) {
    if (keys >= shape.min) break;
    MW_ASSIGN(const bool yes, possible(free.term));
    if (!yes) continue;
    const auto wanted = static_cast<std::size_t>(std::min<int64_t>(shape.min - keys, 100'000));
    keys += static_cast<int64_t>(pool_.count_texts(free.language, wanted));
  }
  if (keys < shape.min && keys < 100'000) return false;
  for (const Atom& some : shape.some) {
    const auto with = [&](TermId base) {
      std::vector<Lit> lits = terms_[static_cast<std::size_t>(base)];
      lits.push_back(some.lit);
      return term_of(std::move(lits));
    };
    bool found = false;
    for (const Member& member : shape.names) {
      if (found || !pool_.matches(some.language, spelled(member.name, Spelling::kJson))) continue;
      MW_ASSIGN(found, possible(with(member.term)));
    }
    for (const FreeKeys& free : shape.free) {
      if (found || !pool_.live(pool_.all_of({free.language, some.language}))) continue;
      MW_ASSIGN(found, possible(with(free.term)));
    }
    if (!found) return false;
  }
  if (!loose_) possible_objects_[which] = true;
  return true;
}

std::string SchemaCompiler::object_key(int shape, const ObjectState& state) const {
  std::string key = "o" + std::to_string(shape) + (state.first ? "," : ";");
  for (const bool each : state.seen) key += each ? '1' : '0';
  key += ',';
  for (const bool each : state.done) key += each ? '1' : '0';
  key += ',' + std::to_string(state.count);
  for (const std::string& text : state.keys) key += '\x01' + text;
  return key;
}

/// "}" or the next member with what follows it.
Expr SchemaCompiler::object_rest(int shape, const ObjectState& state) {
  const std::string key = object_key(shape, state);
  object_states_.try_emplace(key, shape, state);
  return pool_.call(*this, key, false);
}

/// After a key: colon, value, and the rest; for each way in which the value may be one of those
/// that must exist.
Expr SchemaCompiler::member_values(int which, const ObjectState& after, TermId term,
                                   const std::string* key) {
  const ObjectShape shape = objects_[static_cast<std::size_t>(which)];
  std::vector<std::pair<std::vector<Lit>, ObjectState>> ways = {
      {terms_[static_cast<std::size_t>(term)], after}};
  for (std::size_t i = 0; i < shape.some.size(); ++i) {
    if (after.done[i] || !pool_.matches(shape.some[i].language, *key)) continue;
    const std::size_t so_far = ways.size();
    for (std::size_t w = 0; w < so_far; ++w) {
      auto with = ways[w];
      with.first.push_back(shape.some[i].lit);
      with.second.done[i] = true;
      ways.push_back(std::move(with));
    }
  }
  std::vector<Expr> out;
  for (auto& [lits, state] : ways) {
    const TermId one = term_of(std::move(lits));
    const Result<bool> yes = possible(one);
    if (!yes || !*yes) continue;
    // A member that had to exist and is used up by another value would leave no way to end.
    if (!some_reachable(shape, state)) continue;
    out.push_back(pool_.concat(value(one), object_rest(which, state)));
  }
  return pool_.concat(json_.colon(), pool_.any_of(std::move(out)));
}

/// Whether what must exist under some name can still come.
bool SchemaCompiler::some_reachable(const ObjectShape& shape, const ObjectState& state) {
  for (std::size_t i = 0; i < shape.some.size(); ++i) {
    if (state.done[i]) continue;
    const Atom& some = shape.some[i];
    bool found = false;
    const auto can = [&](TermId base) {
      std::vector<Lit> lits = terms_[static_cast<std::size_t>(base)];
      lits.push_back(some.lit);
      const Result<bool> yes = possible(term_of(std::move(lits)));
      return yes && *yes;
    };
    for (std::size_t n = 0; n < shape.names.size() && !found; ++n) {
      const Member& member = shape.names[n];
      found = !state.seen[n] &&
              pool_.matches(some.language, spelled(member.name, Spelling::kJson)) &&
              can(member.term);
    }
    for (const FreeKeys& free : shape.free) {
      if (found) break;
      found = pool_.live(unused_keys(free, state, some.language)) && can(free.term);
    }
    if (!found) return false;
  }
  return true;
}

Expr SchemaCompiler::unused_keys(const FreeKeys& free, const ObjectState& state, Expr within) {
  std::vector<Expr> used;
  for (const std::string& text : state.keys) used.push_back(pool_.literal(text));
  return pool_.all_of({free.language, within, pool_.negate(pool_.any_of(std::move(used)))});
}

/// `shortly`: only what is missing, in the order of the schema; n members that may come in any
/// order have 2^n states.
Expr SchemaCompiler::expand_object_rest(int which, const ObjectState& state, bool shortly) {
  const ObjectShape shape = objects_[static_cast<std::size_t>(which)];
  int64_t missing = 0;
  for (std::size_t i = 0; i < shape.names.size(); ++i) {
    if (shape.names[i].required && !state.seen[i]) ++missing;
  }
  const bool may_end = missing == 0 && state.count >= shape.min &&
                       std::find(state.done.begin(), state.done.end(), false) == state.done.end();
  const Expr end = may_end ? pool_.concat(json_.space(), pool_.byte('}')) : Expr{ExprPool::kEmpty};
  if (may_end && shortly) return end;
  const bool one_member = shortly && shape.some.empty();
  std::vector<Expr> members;
  const int64_t counted = std::max(shape.min, shape.max == kEndless ? 0 : shape.max);
  ObjectState next = state;
  next.first = false;
  next.count = std::min(state.count + 1, counted);
  for (std::size_t i = 0; i < shape.names.size(); ++i) {
    const Member& member = shape.names[i];
    if (one_member && !members.empty()) break;
    if (state.seen[i]) continue;
    if (!member.required && state.count + missing + 1 > shape.max) continue;
    if (!member.required && one_member && missing > 0) continue;
    const Result<bool> yes = possible(member.term);
    if (!yes || !*yes) continue;
    ObjectState after = next;
    after.seen[i] = true;
    const std::string key = spelled(member.name, Spelling::kJson);
    members.push_back(pool_.concat(pool_.literal('"' + key + '"'),
                                   member_values(which, after, member.term, &key)));
  }
  for (std::size_t i = 0; i < shape.free.size(); ++i) {
    const FreeKeys& free = shape.free[i];
    if (state.count + missing + 1 > shape.max || (one_member && !members.empty())) break;
    const Result<bool> yes = possible(free.term);
    if (!yes || !*yes) continue;
    if (!shape.distinct) {
      members.push_back(pool_.concat(json_.quoted(free.language),
                                     member_values(which, next, free.term, nullptr)));
      continue;
    }
    const Expr unused = unused_keys(free, state, json_.plain_text());
    const Expr key = pool_.group(pool_.concat(unused, pool_.byte('"')));
    object_states_.try_emplace(object_key(which, state), which, state);
    members.push_back(pool_.concat(
        pool_.byte('"'),
        pool_.capture(key, *this,
                      "k" + std::to_string(i) + ":" + object_key(which, state) + '\0')));
  }
  Expr more = pool_.any_of(std::move(members));
  more = pool_.concat(json_.space(), more);
  if (!state.first) more = pool_.concat(pool_.byte(','), more);
  return pool_.any_of({end, more});
}

/// After a key of a distinct object; `text` ends with its quote.
Expr SchemaCompiler::after_key(int which, const ObjectState& state, std::size_t free,
                               const std::string& text) {
  const ObjectShape shape = objects_[static_cast<std::size_t>(which)];
  ObjectState next = state;
  next.first = false;
  next.count =
      std::min(state.count + 1, std::max(shape.min, shape.max == kEndless ? 0 : shape.max));
  const std::string key = text.substr(0, text.size() - 1);
  next.keys.insert(key);
  return member_values(which, next, shape.free[free].term, &key);
}

Expr SchemaCompiler::expand(ExprPool& /*pool*/, const std::string& key) {
  const std::size_t end = key.find('\0');
  const std::string text = end == std::string::npos ? std::string() : key.substr(end + 1);
  const std::string name = key.substr(0, end);
  switch (key[0]) {
    case 'v':
      return make_value(std::stoi(name.substr(1)));
    case 'a': {
      const auto& [shape, state] = array_states_.at(name);
      return expand_array(shape, ArrayState(state));
    }
    case 'u': {
      const auto& [shape, state] = array_states_.at(name.substr(1));
      return after_unique(shape, ArrayState(state), text);
    }
    case 'o': {
      const auto& [shape, state] = object_states_.at(name);
      return expand_object_rest(shape, ObjectState(state), false);
    }
    default: {
      const std::size_t colon = name.find(':');
      const auto& [shape, state] = object_states_.at(name.substr(colon + 1));
      return after_key(shape, ObjectState(state),
                       static_cast<std::size_t>(std::stoi(name.substr(1))), text);
    }
  }
}

Expr SchemaCompiler::expand_short(ExprPool& pool, const std::string& key) {
  if (key[0] != 'o') return expand(pool, key);
  const auto& [shape, state] = object_states_.at(key);
  return expand_object_rest(shape, ObjectState(state), true);
}

}  // namespace mw::grammar
