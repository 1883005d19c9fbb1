// Step 1: schemas to disjunctions of conjunctions of atoms.
#include <algorithm>
#include <array>

#include "grammar/internal/schema_compiler.h"

namespace mw::grammar {
namespace {

constexpr std::size_t kMaxWays = 1024;    // conjunctions of one schema
constexpr std::size_t kMaxExactWays = 6;  // branches of which every combination is looked at

// Say something about a schema or a value, and constrain nothing (by the standard; the last row by
// OpenAPI's).
constexpr std::array kNotes = {
    "$schema",     "$id",      "$anchor",      "$comment",        "$defs",
    "definitions", "title",    "description",  "default",         "examples",
    "deprecated",  "readOnly", "writeOnly",    "contentEncoding", "contentMediaType",
    "example",     "xml",      "externalDocs", "discriminator"};
constexpr std::array kConstraints = {"$ref",
                                     "type",
                                     "enum",
                                     "const",
                                     "multipleOf",
                                     "maximum",
                                     "minimum",
                                     "exclusiveMaximum",
                                     "exclusiveMinimum",
                                     "maxLength",
                                     "minLength",
                                     "pattern",
                                     "format",
                                     "items",
                                     "maxItems",
                                     "minItems",
                                     "uniqueItems",
                                     "contains",
                                     "maxProperties",
                                     "minProperties",
                                     "required",
                                     "properties",
                                     "patternProperties",
                                     "additionalProperties",
                                     "propertyNames",
                                     "allOf",
                                     "anyOf",
                                     "oneOf",
                                     "not",
                                     "if",
                                     "then",
                                     "else"};
constexpr std::array kOf2020 = {"prefixItems",           "minContains",      "maxContains",
                                "dependentRequired",     "dependentSchemas", "unevaluatedItems",
                                "unevaluatedProperties", "$dynamicRef",      "$dynamicAnchor",
                                "contentSchema"};
constexpr std::array kOf7 = {"additionalItems", "dependencies"};

template <class List>
bool holds(const List& list, const std::string& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

std::string ways_key(const Conj& conj) {
  std::string key;
  const auto put = [&key](int64_t value) {
    key.append(reinterpret_cast<const char*>(&value), sizeof value);
  };
  for (const int atom : conj.atoms) put(atom);
  put(-1);
  put(conj.keys);
  put(conj.items);
  for (const Lit lit : conj.contained) put(lit);
  return key;
}

}  // namespace

unsigned Atom::types() const {
  switch (kind) {
    case Kind::kText:
      return kStringType;
    case Kind::kNumber:
      return kNumberTypes;
    case Kind::kMembers:
    case Kind::kSomeMember:
    case Kind::kMembersFrom:
    case Kind::kMembersTo:
      return kObjectType;
    default:
      return kArrayType;
  }
}

SchemaCompiler::SchemaCompiler(ExprPool& pool, JsonSyntax& json, std::unique_ptr<SchemaIndex> index,
                               const SchemaOptions& options)
    : pool_(pool),
      json_(json),
      index_(std::move(index)),
      options_(options),
      true_lit_(index_->made(true, index_->root()) * 2) {}

Error SchemaCompiler::error_at(int id, const std::string& path, Code code, const std::string& en,
                               const std::string& zh) const {
  return schema_error(code, index_->entry(id).pointer + path, en, zh);
}

Error SchemaCompiler::too_complex(int id) const {
  return error_at(id, "", Code::kUnsupported,
                  "too many combinations to be enforced while decoding: split or simplify it",
                  "组合过多，解码时无法保证：请拆分或简化");
}

int SchemaCompiler::intern_atom(const Atom& atom) {
  std::string key(1, static_cast<char>(atom.kind));
  for (const int64_t part : {static_cast<int64_t>(atom.language), static_cast<int64_t>(atom.lit),
                             atom.from, atom.to, atom.count}) {
    key.append(reinterpret_cast<const char*>(&part), sizeof part);
  }
  if (atom.name) key += *atom.name;
  const auto [found, is_new] = atom_ids_.try_emplace(key, static_cast<int>(atoms_.size()));
  if (is_new) atoms_.push_back(atom);
  return found->second;
}

Dnf SchemaCompiler::of_types(unsigned types) const {
  if (types == 0) return {};
  Conj conj;
  conj.types = types;
  return {conj};
}

// Positive: values of other types pass. Negated: a value of the type that fails.
Dnf SchemaCompiler::of_atom(Atom atom, bool negated) {
  Conj conj;
  if (negated) {
    using Kind = Atom::Kind;
    conj.types = atom.types();
    switch (atom.kind) {
      case Kind::kText:
      case Kind::kNumber:
        atom.language = pool_.negate(atom.language);
        break;
      case Kind::kItems:
        atom.kind = Kind::kCountFrom;
        atom.lit ^= 1;
        atom.count = 1;
        break;
      case Kind::kCountFrom:
        if (atom.count == 0) return {};
        atom.kind = Kind::kCountTo;
        --atom.count;
        break;
      case Kind::kCountTo:
        atom.kind = Kind::kCountFrom;
        ++atom.count;
        break;
      case Kind::kLengthFrom:
      case Kind::kMembersFrom:
        if (atom.count == 0) return {};
        atom.kind = atom.kind == Kind::kLengthFrom ? Kind::kLengthTo : Kind::kMembersTo;
        --atom.count;
        break;
      case Kind::kLengthTo:
      case Kind::kMembersTo:
        atom.kind = atom.kind == Kind::kLengthTo ? Kind::kLengthFrom : Kind::kMembersFrom;
        ++atom.count;
        break;
      case Kind::kUnique:
        MW_CHECK(false);  // refused by its reader
        break;
      case Kind::kMembers:
        atom.kind = Kind::kSomeMember;
        atom.lit ^= 1;
        break;
      case Kind::kSomeMember:
        atom.kind = Kind::kMembers;
        atom.lit ^= 1;
        break;
    }
  }
  const bool scalar = atom.kind == Atom::Kind::kText || atom.kind == Atom::Kind::kNumber;
  // What holds for every text says nothing, and must not count as a spelling.
  if (!scalar || atom.language != ExprPool::kAll) conj.atoms.push_back(intern_atom(atom));
  return {conj};
}

Dnf SchemaCompiler::united(std::vector<Dnf> all) const {
  Dnf out;
  std::map<std::string, std::size_t> known;
  for (Dnf& part : all) {
    for (Conj& conj : part) {
      const auto [found, is_new] = known.try_emplace(ways_key(conj), out.size());
      if (is_new) {
        out.push_back(std::move(conj));
      } else {
        out[found->second].types |= conj.types;
      }
    }
  }
  return out;
}

Result<Dnf> SchemaCompiler::product(const Dnf& a, const Dnf& b, int id) const {
  if (a.size() * b.size() > 64 * kMaxWays) return too_complex(id);
  Dnf out;
  for (const Conj& x : a) {
    for (const Conj& y : b) {
      Conj both;
      both.types = x.types & y.types;
      if (both.types == 0) continue;
      std::set_union(x.atoms.begin(), x.atoms.end(), y.atoms.begin(), y.atoms.end(),
                     std::back_inserter(both.atoms));
      std::erase_if(both.atoms, [&](int atom) {
        return (atoms_[static_cast<std::size_t>(atom)].types() & both.types) == 0;
      });
      both.keys = pool_.any_of({x.keys, y.keys});
      both.items = std::max(x.items, y.items);
      std::set_union(x.contained.begin(), x.contained.end(), y.contained.begin(), y.contained.end(),
                     std::back_inserter(both.contained));
      out.push_back(std::move(both));
    }
  }
  std::vector<Dnf> parts;
  parts.push_back(std::move(out));
  out = united(std::move(parts));
  if (out.size() > kMaxWays || pool_.exhausted()) return too_complex(id);
  return out;
}

Result<Dnf> SchemaCompiler::complement(const Dnf& of, int id) {
  Dnf out = {Conj{}};
  for (const Conj& conj : of) {
    std::vector<Dnf> ways = {of_types(kAllTypes & ~conj.types)};
    for (const int atom : conj.atoms) {
      ways.push_back(of_atom(atoms_[static_cast<std::size_t>(atom)], true));
    }
    MW_ASSIGN(out, product(out, united(std::move(ways)), id));
  }
  return out;
}

Result<Dnf> SchemaCompiler::expand_lit(Lit lit, bool tracked) {
  const std::pair<Lit, bool> key = {lit, tracked};
  if (const auto known = expanded_.find(key); known != expanded_.end()) return known->second;
  const int id = lit / 2;
  constexpr std::size_t kMaxReferences = 300;
  if (expanding_.size() > kMaxReferences) return too_complex(id);
  if (!expanding_.insert(key).second) {
    return error_at(id, "", Code::kUnsupported, "refers to itself without an end", "无限引用自身");
  }
  Result<Dnf> out = expand_schema(id, (lit & 1) != 0, tracked);
  expanding_.erase(key);
  if (out) expanded_[key] = *out;
  return out;
}

Result<Dnf> SchemaCompiler::expand_schema(int id, bool negated, bool tracked) {
  if (const auto made = made_any_.find(id); made != made_any_.end()) {
    return any_of(made->second, negated, false, index_->entry(id).pointer);
  }
  const Json& schema = *index_->entry(id).json;
  if (schema.is_boolean()) {
    return schema.get<bool>() != negated ? of_types(kAllTypes) : Dnf{};
  }
  if (!schema.is_object()) {
    return error_at(id, "", Code::kInvalidArgument,
                    "expected an object, true or false, got " + std::string(schema.type_name()),
                    "应为对象、true 或 false");
  }
  return expand_object(id, schema, negated, tracked);
}

Result<void> SchemaCompiler::check_keywords(int id, const Json& schema) const {
  const bool is_7 = index_->draft() == SchemaDraft::k7;
  for (const auto& [name, value] : schema.items()) {
    if (holds(kNotes, name) || holds(kConstraints, name) || name.starts_with("x-")) continue;
    if (is_7 ? holds(kOf7, name) : holds(kOf2020, name)) continue;
    return error_at(id, pointer_part(name), Code::kUnsupported,
                    "this keyword is not known here, so it cannot be enforced: leave it out, or "
                    "name it x-...",
                    "未知关键字，无法保证：请删除，或以 x- 开头");
  }
  return {};
}

Result<Dnf> SchemaCompiler::expand_object(int id, const Json& schema, bool negated, bool tracked) {
  const bool reference_only = index_->draft() == SchemaDraft::k7 && schema.contains("$ref");
  const bool unevaluated = !reference_only && (schema.contains("unevaluatedProperties") ||
                                               schema.contains("unevaluatedItems"));
  std::vector<Dnf> parts;
  Conj found;  // what this schema's own keywords evaluate
  // Without knowing which alternatives hold, nothing can be said about what they leave over: the
  // negation of such a schema is made from its exact ways.
  const bool exact = tracked || unevaluated;
  const bool turned = negated && !unevaluated;
  if (!reference_only) {
    MW_TRY(check_keywords(id, schema));
    MW_TRY(add_type(id, schema, turned, parts));
    MW_TRY(add_values(id, schema, turned, parts));
    MW_TRY(add_text(id, schema, turned, parts));
    MW_TRY(add_numbers(id, schema, turned, parts));
    MW_TRY(add_items(id, schema, turned, found, parts));
    MW_TRY(add_contains(id, schema, turned, found, parts));
    MW_TRY(add_members(id, schema, turned, found, parts));
    MW_TRY(add_dependencies(id, schema, turned, exact, parts));
  }
  MW_TRY(add_applicators(id, schema, turned, exact, parts));
  if (turned) {
    Dnf out = united(std::move(parts));
    if (out.size() > kMaxWays) return too_complex(id);
    return out;
  }
  if (!exact) found = Conj{};
  Dnf out = {found};
  for (const Dnf& part : parts) {
    MW_ASSIGN(out, product(out, part, id));
  }
  if (!unevaluated) return out;
  MW_ASSIGN(out, add_unevaluated(id, schema, std::move(out)));
  if (negated) {
    MW_ASSIGN(out, complement(out, id));
  }
  if (!tracked) {
    for (Conj& conj : out) {
      conj.keys = ExprPool::kEmpty;
      conj.items = 0;
      conj.contained.clear();
    }
  }
  return out;
}

Result<Dnf> SchemaCompiler::add_unevaluated(int id, const Json& schema, Dnf rest) {
  Dnf out;
  for (Conj& conj : rest) {
    Dnf one = {conj};
    if (const auto found = schema.find("unevaluatedProperties"); found != schema.end()) {
      Atom atom;
      atom.kind = Atom::Kind::kMembers;
      atom.pointer = index_->entry(id).pointer + "/unevaluatedProperties";
      atom.language = pool_.all_of({json_.plain_text(), pool_.negate(conj.keys)});
      MW_ASSIGN(atom.lit, sub(id, *found, "/unevaluatedProperties"));
      MW_ASSIGN(one, product(one, of_atom(atom, false), id));
      for (Conj& each : one) each.keys = json_.plain_text();
    }
    if (const auto found = schema.find("unevaluatedItems"); found != schema.end()) {
      MW_ASSIGN(const Lit lit, sub(id, *found, "/unevaluatedItems"));
      if (conj.items != kEndless) {
        Atom atom;
        atom.kind = Atom::Kind::kItems;
        atom.pointer = index_->entry(id).pointer + "/unevaluatedItems";
        atom.from = conj.items;
        atom.to = kEndless;
        atom.lit = lit;
        if (!conj.contained.empty()) {
          const int made = index_->made(Json::object(), id);
          made_any_[made] = conj.contained;
          made_any_[made].push_back(lit);
          atom.lit = made * 2;
        }
        MW_ASSIGN(one, product(one, of_atom(atom, false), id));
      }
      for (Conj& each : one) each.items = kEndless;
    }
    out.insert(out.end(), one.begin(), one.end());
  }
  return out;
}

Result<Lit> SchemaCompiler::sub(int id, const Json& schema, const std::string& path) {
  if (!schema.is_object() && !schema.is_boolean()) {
    return error_at(
        id, path, Code::kInvalidArgument,
        "expected a schema (an object, true or false), got " + std::string(schema.type_name()),
        "应为模式（对象、true 或 false）");
  }
  return index_->child(id, schema, path) * 2;
}

Result<Dnf> SchemaCompiler::any_of(const std::vector<Lit>& lits, bool negated, bool tracked,
                                   const std::string& pointer) {
  const int id = lits.empty() ? 0 : lits[0] / 2;
  if (negated) {
    Dnf out = {Conj{}};
    for (const Lit lit : lits) {
      MW_ASSIGN(const Dnf one, expand_lit(lit ^ 1, false));
      MW_ASSIGN(out, product(out, one, id));
    }
    return out;
  }
  if (!tracked) {
    std::vector<Dnf> all;
    for (const Lit lit : lits) {
      MW_ASSIGN(Dnf one, expand_lit(lit, false));
      all.push_back(std::move(one));
    }
    Dnf out = united(std::move(all));
    if (out.size() > kMaxWays) return too_complex(id);
    return out;
  }
  if (lits.size() > kMaxExactWays) {
    return schema_error(Code::kUnsupported, pointer,
                        "more than 6 alternatives under an unevaluated... keyword",
                        "unevaluated 关键字下的分支超过 6 个");
  }
  std::vector<Dnf> all;
  for (std::size_t holding = 1; holding < (std::size_t{1} << lits.size()); ++holding) {
    Dnf way = {Conj{}};
    for (std::size_t i = 0; i < lits.size(); ++i) {
      const bool holds_here = ((holding >> i) & 1u) != 0;
      MW_ASSIGN(const Dnf one, expand_lit(holds_here ? lits[i] : lits[i] ^ 1, holds_here));
      MW_ASSIGN(way, product(way, one, id));
    }
    all.push_back(std::move(way));
  }
  return united(std::move(all));
}

Result<Dnf> SchemaCompiler::one_of(const std::vector<Lit>& lits, bool negated, bool tracked,
                                   const std::string& pointer) {
  constexpr std::size_t kMaxBranches = 200;
  const int id = lits[0] / 2;
  if (lits.size() > kMaxBranches) {
    return schema_error(Code::kUnsupported, pointer, "more than 200 alternatives in oneOf",
                        "oneOf 的分支超过 200 个");
  }
  std::vector<Dnf> all;
  std::vector<Dnf> holding;
  std::vector<std::vector<std::size_t>> overlaps(lits.size());
  for (const Lit lit : lits) {
    MW_ASSIGN(Dnf one, expand_lit(lit, tracked && !negated));
    holding.push_back(std::move(one));
  }
  // Most are disjoint by type or by a tag: then "exactly one" is "some".
  for (std::size_t i = 0; i < lits.size(); ++i) {
    for (std::size_t k = i + 1; k < lits.size(); ++k) {
      MW_ASSIGN(const bool both, loosely_possible(term_of({lits[i], lits[k]})));
      if (!both) continue;
      overlaps[i].push_back(k);
      overlaps[k].push_back(i);
      if (negated) {
        MW_ASSIGN(Dnf two, product(holding[i], holding[k], id));
        all.push_back(std::move(two));
      }
    }
  }
  if (negated) {
    MW_ASSIGN(Dnf none, any_of(lits, true, false, pointer));
    all.push_back(std::move(none));
  } else {
    for (std::size_t i = 0; i < lits.size(); ++i) {
      Dnf way = holding[i];
      for (const std::size_t other : overlaps[i]) {
        MW_ASSIGN(const Dnf fails, expand_lit(lits[other] ^ 1, false));
        MW_ASSIGN(way, product(way, fails, id));
      }
      all.push_back(std::move(way));
    }
  }
  Dnf out = united(std::move(all));
  if (out.size() > kMaxWays) return too_complex(id);
  return out;
}

Result<void> SchemaCompiler::add_applicators(int id, const Json& schema, bool negated, bool tracked,
                                             std::vector<Dnf>& out) {
  const std::string place = index_->entry(id).pointer;
  for (const char* keyword : {"$ref", "$dynamicRef"}) {
    const auto found = schema.find(keyword);
    if (found == schema.end()) continue;
    if (keyword[1] == 'd' && index_->draft() == SchemaDraft::k7) continue;
    if (!found->is_string()) {
      return error_at(id, std::string("/") + keyword, Code::kInvalidArgument, "expected a string",
                      "应为字符串");
    }
    const std::string reference = found->get<std::string>();
    MW_ASSIGN(const int target, index_->resolve(id, reference, keyword));
    if (keyword[1] == 'd') {
      const Json& to = *index_->entry(target).json;
      const std::string name = reference.substr(reference.find('#') + 1);
      if (to.is_object() && to.value("$dynamicAnchor", Json()) == name &&
          index_->dynamic_anchors(name) > 1) {
        return error_at(id, "/$dynamicRef", Code::kUnsupported,
                        "the document has several such $dynamicAnchor: which one is meant depends "
                        "on the path; use $ref",
                        "存在多个同名 $dynamicAnchor，请改用 $ref");
      }
    }
    MW_ASSIGN(Dnf one, expand_lit(target * 2 + (negated ? 1 : 0), tracked && !negated));
    out.push_back(std::move(one));
    if (index_->draft() == SchemaDraft::k7) return {};  // its siblings are not looked at
  }
  for (const char* keyword : {"allOf", "anyOf", "oneOf"}) {
    const auto found = schema.find(keyword);
    if (found == schema.end()) continue;
    const std::string path = std::string("/") + keyword;
    if (!found->is_array() || found->empty()) {
      return error_at(id, path, Code::kInvalidArgument, "expected an array of schemas",
                      "应为模式数组");
    }
    std::vector<Lit> lits;
    for (std::size_t i = 0; i < found->size(); ++i) {
      MW_ASSIGN(const Lit lit, sub(id, (*found)[i], path + "/" + std::to_string(i)));
      lits.push_back(lit);
    }
    if (keyword[1] == 'l') {
      for (const Lit lit : lits) {
        MW_ASSIGN(Dnf one, expand_lit(lit ^ (negated ? 1 : 0), tracked && !negated));
        out.push_back(std::move(one));
      }
    } else if (keyword[0] == 'a') {
      MW_ASSIGN(Dnf one, any_of(lits, negated, tracked, place + path));
      out.push_back(std::move(one));
    } else {
      MW_ASSIGN(Dnf one, one_of(lits, negated, tracked, place + path));
      out.push_back(std::move(one));
    }
  }
  if (const auto found = schema.find("not"); found != schema.end()) {
    MW_ASSIGN(const Lit lit, sub(id, *found, "/not"));
    MW_ASSIGN(Dnf one, expand_lit(lit ^ (negated ? 0 : 1), false));
    for (Conj& conj : one) {
      conj.keys = ExprPool::kEmpty;
      conj.items = 0;
      conj.contained.clear();
    }
    out.push_back(std::move(one));
  }
  const auto condition = schema.find("if");
  if (condition == schema.end()) return {};
  const auto then = schema.find("then");
  const auto otherwise = schema.find("else");
  if (then == schema.end() && otherwise == schema.end() && !tracked) return {};
  MW_ASSIGN(const Lit lit, sub(id, *condition, "/if"));
  std::vector<Dnf> ways;
  for (const bool holds_here : {true, false}) {
    MW_ASSIGN(Dnf way, expand_lit(holds_here ? lit : lit ^ 1, tracked && holds_here));
    const auto branch = holds_here ? then : otherwise;
    if (branch != schema.end()) {
      MW_ASSIGN(const Lit next, sub(id, *branch, holds_here ? "/then" : "/else"));
      MW_ASSIGN(const Dnf one, expand_lit(next ^ (negated ? 1 : 0), tracked && !negated));
      MW_ASSIGN(way, product(way, one, id));
    } else if (negated) {
      continue;
    }
    ways.push_back(std::move(way));
  }
  out.push_back(united(std::move(ways)));
  return {};
}

}  // namespace mw::grammar
