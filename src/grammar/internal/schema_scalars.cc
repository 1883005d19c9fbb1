// Step 1, keywords about values, strings, numbers, items and members.
#include <algorithm>
#include <cmath>

#include "grammar/internal/regex.h"
#include "grammar/internal/schema_compiler.h"

namespace mw::grammar {
namespace {

constexpr int64_t kMaxCount = 10'000'000;
constexpr std::size_t kMaxValues = 10'000;  // of an enum

unsigned types_named(const std::string& name) {
  if (name == "null") return kNullType;
  if (name == "boolean") return kFalseType | kTrueType;
  if (name == "integer") return kWholeType;
  if (name == "number") return kNumberTypes;
  if (name == "string") return kStringType;
  if (name == "array") return kArrayType;
  if (name == "object") return kObjectType;
  return 0;
}

}  // namespace

Result<void> SchemaCompiler::add_type(int id, const Json& schema, bool negated,
                                      std::vector<Dnf>& out) {
  const auto found = schema.find("type");
  if (found == schema.end()) return {};
  std::vector<Json> names;
  if (found->is_array()) {
    names.assign(found->begin(), found->end());
  } else {
    names.push_back(*found);
  }
  unsigned types = 0;
  for (const Json& name : names) {
    const unsigned one = name.is_string() ? types_named(name.get<std::string>()) : 0;
    if (one == 0) {
      return error_at(id, "/type", Code::kInvalidArgument,
                      "expected null, boolean, integer, number, string, array or object, got " +
                          to_text(name).substr(0, 100),
                      "应为 null、boolean、integer、number、string、array 或 object");
    }
    types |= one;
  }
  out.push_back(of_types(negated ? kAllTypes & ~types : types));
  return {};
}

Result<Dnf> SchemaCompiler::one_value(int id, const Json& value, bool negated) {
  Json made = Json::object();
  if (value.is_array()) {
    const bool is_7 = index_->draft() == SchemaDraft::k7;
    Json items = Json::array();
    for (const Json& each : value) items.push_back({{"const", each}});
    made["type"] = "array";
    if (!items.empty()) made[is_7 ? "items" : "prefixItems"] = std::move(items);
    made["minItems"] = value.size();
    made["maxItems"] = value.size();
  } else {
    made["type"] = "object";
    made["properties"] = Json::object();
    made["required"] = Json::array();
    for (const auto& [name, each] : value.items()) {
      made["properties"][name] = {{"const", each}};
      made["required"].push_back(name);
    }
    made["additionalProperties"] = false;
  }
  return expand_lit(index_->made(std::move(made), id) * 2 + (negated ? 1 : 0), false);
}

// enum and const: what is one of the values, and what is none of them.
Result<void> SchemaCompiler::add_values(int id, const Json& schema, bool negated,
                                        std::vector<Dnf>& out) {
  for (const char* keyword : {"enum", "const"}) {
    const auto found = schema.find(keyword);
    if (found == schema.end()) continue;
    const std::string path = std::string("/") + keyword;
    std::vector<Json> values;
    if (keyword[0] == 'c') {
      values.push_back(*found);
    } else if (found->is_array() && found->size() <= kMaxValues) {
      values.assign(found->begin(), found->end());
    } else {
      return error_at(id, path, Code::kInvalidArgument, "expected an array of up to 10000 values",
                      "应为不超过 10000 个值的数组");
    }
    unsigned types = 0;
    std::vector<Expr> texts;
    std::vector<Expr> numbers;
    std::vector<Dnf> ways;
    Dnf none = {Conj{}};
    for (const Json& value : values) {
      if (value.is_null()) {
        types |= kNullType;
      } else if (value.is_boolean()) {
        types |= value.get<bool>() ? kTrueType : kFalseType;
      } else if (value.is_string()) {
        texts.push_back(text_expr(pool_, value.get<std::string>(), Spelling::kJson));
      } else if (value.is_number()) {
        const auto decimal = decimal_of(value);
        if (!decimal) {
          return error_at(id, path, Code::kUnsupported, "a number of more than 400 digits",
                          "数字超过 400 位");
        }
        numbers.push_back(numbers_equal(pool_, *decimal));
      } else {
        MW_ASSIGN(Dnf one, one_value(id, value, negated));
        if (negated) {
          MW_ASSIGN(none, product(none, one, id));
        } else {
          ways.push_back(std::move(one));
        }
      }
    }
    Atom text;
    text.kind = Atom::Kind::kText;
    text.language = pool_.any_of(std::move(texts));
    Atom number;
    number.kind = Atom::Kind::kNumber;
    number.language = pool_.any_of(std::move(numbers));
    const auto add = [&](unsigned of, Atom atom) -> Result<void> {
      if (negated) {
        atom.language = pool_.negate(atom.language);
        MW_ASSIGN(none, product(none, of_atom(atom, false), id));
      } else if (atom.language != ExprPool::kEmpty) {
        MW_ASSIGN(Dnf one, product(of_types(of), of_atom(atom, false), id));
        ways.push_back(std::move(one));
      }
      return {};
    };
    MW_TRY(add(kStringType, text));
    MW_TRY(add(kNumberTypes, number));
    if (negated) {
      MW_ASSIGN(none, product(none, of_types(kAllTypes & ~types), id));
      out.push_back(std::move(none));
    } else {
      ways.push_back(of_types(types));
      out.push_back(united(std::move(ways)));
    }
  }
  return {};
}

Result<std::optional<int64_t>> SchemaCompiler::count_of(int id, const Json& schema,
                                                        const char* keyword) const {
  const auto found = schema.find(keyword);
  if (found == schema.end()) return std::optional<int64_t>();
  const double value = found->is_number() ? found->get<double>() : -1;
  if (!(value >= 0) || std::floor(value) != value) {
    return error_at(id, std::string("/") + keyword, Code::kInvalidArgument,
                    "expected a whole number from 0, got " + to_text(*found).substr(0, 100),
                    "应为非负整数");
  }
  return std::optional<int64_t>(static_cast<int64_t>(std::min(value, 1e15)));
}

Result<Expr> SchemaCompiler::pattern(int id, const std::string& text, const std::string& path) {
  Result<Expr> out =
      regex_expr(pool_, text, {.spelling = Spelling::kJson, .search = true, .ignore_case = false});
  if (out) return out;
  return error_at(id, path, out.error().code, out.error().message.en, out.error().message.zh);
}

Result<void> SchemaCompiler::add_text(int id, const Json& schema, bool negated,
                                      std::vector<Dnf>& out) {
  const auto add = [&](Expr language, const char* keyword) {
    Atom atom;
    atom.kind = Atom::Kind::kText;
    atom.language = language;
    atom.pointer = index_->entry(id).pointer + "/" + keyword;
    out.push_back(of_atom(atom, negated));
  };
  MW_ASSIGN(const auto min, count_of(id, schema, "minLength"));
  MW_ASSIGN(const auto max, count_of(id, schema, "maxLength"));
  if (min.value_or(0) > kMaxCount) {
    return error_at(id, "/minLength", Code::kUnsupported, "at most 10000000 is supported",
                    "不能超过 10000000");
  }
  if (min.value_or(0) > 0 || max.has_value()) {
    const auto least = static_cast<uint32_t>(min.value_or(0));
    // Over the limit there is no text that long in any context.
    const uint32_t most =
        max && *max <= kMaxCount ? static_cast<uint32_t>(*max) : ExprPool::kNoLimit;
    add(least > most ? Expr{ExprPool::kEmpty} : pool_.repeat(json_.plain_char(), least, most),
        max ? "maxLength" : "minLength");
  }
  if (const auto found = schema.find("pattern"); found != schema.end()) {
    if (!found->is_string()) {
      return error_at(id, "/pattern", Code::kInvalidArgument, "expected a string", "应为字符串");
    }
    MW_ASSIGN(const Expr language, pattern(id, found->get<std::string>(), "/pattern"));
    add(language, "pattern");
  }
  const auto format = schema.find("format");
  if (format == schema.end() || !options_.assert_formats) return {};
  if (!format->is_string()) {
    return error_at(id, "/format", Code::kInvalidArgument, "expected a string", "应为字符串");
  }
  if (format_allows_all_texts(format->get<std::string>())) return {};
  const auto language = format_language(pool_, format->get<std::string>());
  if (!language) {
    return error_at(id, "/format", Code::kUnsupported,
                    "the format '" + format->get<std::string>().substr(0, 100) +
                        "' cannot be enforced: use a pattern",
                    "无法保证该格式：请改用 pattern");
  }
  add(*language, "format");
  return {};
}

Result<void> SchemaCompiler::add_numbers(int id, const Json& schema, bool negated,
                                         std::vector<Dnf>& out) {
  for (const char* keyword :
       {"minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf"}) {
    const auto found = schema.find(keyword);
    if (found == schema.end()) continue;
    const std::string path = std::string("/") + keyword;
    if (!found->is_number()) {
      return error_at(id, path, Code::kInvalidArgument,
                      "expected a number, got " + std::string(found->type_name()), "应为数字");
    }
    const auto bound = decimal_of(*found);
    if (!bound) {
      return error_at(id, path, Code::kUnsupported, "a number of more than 400 digits",
                      "数字超过 400 位");
    }
    const std::string_view name = keyword;
    Atom atom;
    atom.kind = Atom::Kind::kNumber;
    atom.pointer = index_->entry(id).pointer + path;
    if (name == "multipleOf") {
      const auto language = numbers_multiple_of(pool_, *bound);
      if (!language) {
        return error_at(id, path, Code::kUnsupported,
                        "expected a number over 0 of at most 18 digits, and at most 100000 without "
                        "its factors 2 and 5",
                        "应为不超过 18 位的正数，且除去因子 2 和 5 后不超过 100000");
      }
      atom.language = *language;
    } else if (name.ends_with("inimum")) {
      atom.language = numbers_from(pool_, *bound, name == "minimum");
    } else {
      atom.language = pool_.negate(numbers_from(pool_, *bound, name != "maximum"));
    }
    out.push_back(of_atom(atom, negated));
  }
  const auto format = schema.find("format");
  if (format == schema.end() || !format->is_string() || !options_.assert_formats) return {};
  if (const auto range = format_range(format->get<std::string>())) {
    for (const bool from : {true, false}) {
      Atom atom;
      atom.kind = Atom::Kind::kNumber;
      atom.pointer = index_->entry(id).pointer + "/format";
      atom.language = from ? numbers_from(pool_, range->first, true)
                           : pool_.negate(numbers_from(pool_, range->second, false));
      out.push_back(of_atom(atom, negated));
    }
  }
  return {};
}

Result<void> SchemaCompiler::add_items(int id, const Json& schema, bool negated, Conj& found_here,
                                       std::vector<Dnf>& out) {
  const bool is_7 = index_->draft() == SchemaDraft::k7;
  const auto add = [&](const Json& item, const std::string& path, int64_t from,
                       int64_t to) -> Result<void> {
    Atom atom;
    atom.kind = Atom::Kind::kItems;
    atom.from = from;
    atom.to = to;
    atom.pointer = index_->entry(id).pointer + path;
    MW_ASSIGN(atom.lit, sub(id, item, path));
    out.push_back(of_atom(atom, negated));
    found_here.items = std::max(found_here.items, to);
    return {};
  };
  const auto items = schema.find("items");
  const bool tuple = is_7 && items != schema.end() && items->is_array();
  const char* first_name = is_7 ? "items" : "prefixItems";
  const auto first = is_7 && !tuple ? schema.end() : schema.find(first_name);
  int64_t after = 0;
  if (first != schema.end()) {
    const std::string path = std::string("/") + first_name;
    if (!first->is_array()) {
      return error_at(id, path, Code::kInvalidArgument, "expected an array of schemas",
                      "应为模式数组");
    }
    for (const Json& item : *first) {
      MW_TRY(add(item, path + "/" + std::to_string(after), after, after + 1));
      ++after;
    }
  }
  if (tuple) {
    const auto rest = schema.find("additionalItems");
    if (rest != schema.end()) MW_TRY(add(*rest, "/additionalItems", after, kEndless));
  } else if (items != schema.end()) {
    MW_TRY(add(*items, "/items", after, kEndless));
  }
  for (const auto& [keyword, kind] : {std::pair{"minItems", Atom::Kind::kLengthFrom},
                                      std::pair{"maxItems", Atom::Kind::kLengthTo}}) {
    MW_ASSIGN(const auto count, count_of(id, schema, keyword));
    if (!count) continue;
    Atom atom;
    atom.kind = kind;
    atom.count = *count;
    atom.pointer = index_->entry(id).pointer + "/" + keyword;
    out.push_back(of_atom(atom, negated));
  }
  const auto unique = schema.find("uniqueItems");
  if (unique == schema.end()) return {};
  if (!unique->is_boolean()) {
    return error_at(id, "/uniqueItems", Code::kInvalidArgument, "expected true or false",
                    "应为 true 或 false");
  }
  if (!unique->get<bool>()) return {};
  if (negated) {
    return error_at(id, "/uniqueItems", Code::kUnsupported,
                    "cannot be enforced where the schema must not hold (not, oneOf, if)",
                    "在取反的模式中无法保证");
  }
  Atom atom;
  atom.kind = Atom::Kind::kUnique;
  atom.pointer = index_->entry(id).pointer + "/uniqueItems";
  out.push_back(of_atom(atom, false));
  return {};
}

Result<void> SchemaCompiler::add_contains(int id, const Json& schema, bool negated,
                                          Conj& found_here, std::vector<Dnf>& out) {
  const auto found = schema.find("contains");
  if (found == schema.end()) return {};
  Atom atom;
  atom.from = 0;
  atom.to = kEndless;
  atom.pointer = index_->entry(id).pointer + "/contains";
  MW_ASSIGN(atom.lit, sub(id, *found, "/contains"));
  std::optional<int64_t> min = 1;
  std::optional<int64_t> max;
  if (index_->draft() == SchemaDraft::k2020) {
    MW_ASSIGN(const auto from, count_of(id, schema, "minContains"));
    MW_ASSIGN(max, count_of(id, schema, "maxContains"));
    min = from.value_or(1);
    found_here.contained.push_back(atom.lit);
  }
  atom.kind = Atom::Kind::kCountFrom;
  atom.count = *min;
  if (atom.count > 0) out.push_back(of_atom(atom, negated));
  if (max) {
    atom.kind = Atom::Kind::kCountTo;
    atom.count = *max;
    out.push_back(of_atom(atom, negated));
  }
  return {};
}

Result<void> SchemaCompiler::add_members(int id, const Json& schema, bool negated, Conj& found_here,
                                         std::vector<Dnf>& out) {
  std::vector<Expr> named;
  const auto add = [&](const Json& value, const std::string& path, Expr language,
                       std::optional<std::string> name) -> Result<void> {
    Atom atom;
    atom.kind = Atom::Kind::kMembers;
    atom.language = language;
    atom.name = std::move(name);
    atom.pointer = index_->entry(id).pointer + path;
    MW_ASSIGN(atom.lit, sub(id, value, path));
    out.push_back(of_atom(atom, negated));
    found_here.keys = pool_.any_of({found_here.keys, language});
    return {};
  };
  for (const char* keyword : {"properties", "patternProperties"}) {
    const auto found = schema.find(keyword);
    if (found == schema.end()) continue;
    const std::string path = std::string("/") + keyword;
    if (!found->is_object()) {
      return error_at(id, path, Code::kInvalidArgument, "expected an object of schemas",
                      "应为由模式组成的对象");
    }
    for (const auto& [name, value] : found->items()) {
      const std::string place = path + pointer_part(name);
      if (keyword[1] == 'r') {
        const Expr language = text_expr(pool_, name, Spelling::kJson);
        named.push_back(language);
        MW_TRY(add(value, place, language, name));
      } else {
        MW_ASSIGN(const Expr language, pattern(id, name, place));
        named.push_back(language);
        MW_TRY(add(value, place, language, std::nullopt));
      }
    }
  }
  if (const auto found = schema.find("additionalProperties"); found != schema.end()) {
    const Expr rest = pool_.all_of({json_.plain_text(), pool_.negate(pool_.any_of(named))});
    MW_TRY(add(*found, "/additionalProperties", rest, std::nullopt));
  }
  if (const auto found = schema.find("propertyNames"); found != schema.end()) {
    MW_ASSIGN(const Lit lit, sub(id, *found, "/propertyNames"));
    MW_ASSIGN(const Parts* parts, parts_of(term_of({lit})));
    Atom atom;
    atom.kind = Atom::Kind::kMembers;
    atom.pointer = index_->entry(id).pointer + "/propertyNames";
    const Expr names = parts->free_text ? json_.plain_text() : parts->text;
    atom.language = pool_.all_of({json_.plain_text(), pool_.negate(names)});
    atom.lit = true_lit_ ^ 1;
    out.push_back(of_atom(atom, negated));
  }
  for (const auto& [keyword, kind] : {std::pair{"minProperties", Atom::Kind::kMembersFrom},
                                      std::pair{"maxProperties", Atom::Kind::kMembersTo}}) {
    MW_ASSIGN(const auto count, count_of(id, schema, keyword));
    if (!count) continue;
    Atom atom;
    atom.kind = kind;
    atom.count = *count;
    atom.pointer = index_->entry(id).pointer + "/" + keyword;
    out.push_back(of_atom(atom, negated));
  }
  const auto required = schema.find("required");
  if (required == schema.end()) return {};
  if (!required->is_array()) {
    return error_at(id, "/required", Code::kInvalidArgument, "expected an array of names",
                    "应为名称数组");
  }
  for (const Json& name : *required) {
    if (!name.is_string()) {
      return error_at(id, "/required", Code::kInvalidArgument, "expected an array of names",
                      "应为名称数组");
    }
    Atom atom;
    atom.kind = Atom::Kind::kSomeMember;
    atom.name = name.get<std::string>();
    atom.language = text_expr(pool_, *atom.name, Spelling::kJson);
    atom.lit = true_lit_;
    atom.pointer = index_->entry(id).pointer + "/required";
    out.push_back(of_atom(atom, negated));
  }
  return {};
}

Result<void> SchemaCompiler::add_dependencies(int id, const Json& schema, bool negated,
                                              bool tracked, std::vector<Dnf>& out) {
  const bool is_7 = index_->draft() == SchemaDraft::k7;
  for (const char* keyword : {"dependencies", "dependentRequired", "dependentSchemas"}) {
    const auto found = schema.find(keyword);
    const std::string path = std::string("/") + keyword;
    if (found == schema.end() || is_7 != (path == "/dependencies")) continue;
    if (!found->is_object()) {
      return error_at(id, path, Code::kInvalidArgument, "expected an object", "应为对象");
    }
    for (const auto& [name, then] : found->items()) {
      const std::string place = path + pointer_part(name);
      Atom has;
      has.kind = Atom::Kind::kSomeMember;
      has.name = name;
      has.language = text_expr(pool_, name, Spelling::kJson);
      has.lit = true_lit_;
      has.pointer = index_->entry(id).pointer + place;
      Lit lit = 0;
      if (then.is_array()) {
        const int made = index_->made({{"required", then}}, id);
        lit = made * 2;
      } else {
        MW_ASSIGN(lit, sub(id, then, place));
      }
      MW_ASSIGN(Dnf with, product(of_types(kObjectType), of_atom(has, false), id));
      MW_ASSIGN(const Dnf fulfilled, expand_lit(negated ? lit ^ 1 : lit, tracked && !negated));
      MW_ASSIGN(with, product(with, fulfilled, id));
      if (negated) {
        out.push_back(std::move(with));
        continue;
      }
      MW_ASSIGN(Dnf without, product(of_types(kObjectType), of_atom(has, true), id));
      std::vector<Dnf> ways = {std::move(without), of_types(kAllTypes & ~kObjectType),
                               std::move(with)};
      out.push_back(united(std::move(ways)));
    }
  }
  return {};
}

}  // namespace mw::grammar
