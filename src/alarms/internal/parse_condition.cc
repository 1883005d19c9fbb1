#include <algorithm>
#include <array>
#include <cmath>

#include "alarms/internal/rule_fields.h"

namespace mw::alarms {
namespace {

using Kind = Condition::Kind;

constexpr int kMostComparisons = 32;
constexpr std::array<std::pair<const char*, Kind>, 7> kKinds = {{{"all", Kind::kAll},
                                                                 {"any", Kind::kAny},
                                                                 {"not", Kind::kNot},
                                                                 {"above", Kind::kAbove},
                                                                 {"below", Kind::kBelow},
                                                                 {"is", Kind::kIs},
                                                                 {"bad", Kind::kBad}}};

class Parser {
 public:
  explicit Parser(const plant::Catalogue& catalogue) : catalogue_(catalogue) {}

  Result<Condition> parse(const Json& json, const std::string& where, int depth) {
    if (!json.is_object()) {
      return wrong_field(where,
                         "expected an object such as {\"tag\": \"m1/temperature\", \"above\": 80}",
                         "应为对象，例如 {\"tag\": \"m1/temperature\", \"above\": 80}");
    }
    if (depth > kMostDeep) {
      return wrong_field(where, "more than 8 levels deep", "嵌套超过 8 层");
    }
    Condition out;
    const Json* value = nullptr;
    for (const auto& [name, kind] : kKinds) {
      const auto found = json.find(name);
      if (found == json.end()) continue;
      if (value != nullptr) {
        return wrong_field(where + "." + name, "only one of all, any, not, above, below, is, bad",
                           "all、any、not、above、below、is、bad 只能有一个");
      }
      value = &*found;
      out.kind = kind;
      name_ = name;
    }
    if (value == nullptr) {
      return wrong_field(where, "expected one of all, any, not, above, below, is, bad",
                         "应包含 all、any、not、above、below、is、bad 之一");
    }
    const std::string at = where + "." + name_;
    const bool compares = out.kind >= Kind::kAbove;
    MW_TRY(check_members(json, where, compares, out.kind));
    if (compares) return comparison(std::move(out), json, *value, where, at);
    if (out.kind == Kind::kNot) {
      MW_ASSIGN(Condition part, parse(*value, at, depth + 1));
      out.parts.push_back(std::move(part));
      return out;
    }
    if (!value->is_array() || value->empty()) {
      return wrong_field(at, "expected a list of conditions", "应为非空条件列表");
    }
    for (std::size_t i = 0; i < value->size(); ++i) {
      MW_ASSIGN(Condition part, parse((*value)[i], at + "[" + std::to_string(i) + "]", depth + 1));
      out.parts.push_back(std::move(part));
    }
    return out;
  }

 private:
  static Result<void> check_members(const Json& json, const std::string& where, bool compares,
                                    Kind kind) {
    const bool limits = kind == Kind::kAbove || kind == Kind::kBelow;
    for (const auto& [key, unused] : json.items()) {
      const bool known = std::any_of(kKinds.begin(), kKinds.end(),
                                     [&](const auto& each) { return key == each.first; });
      if (known || (compares && key == "tag") || (limits && key == "hysteresis")) continue;
      return wrong_field(where + "." + key, "not known here", "此处不支持该字段");
    }
    return {};
  }

  Result<Condition> comparison(Condition out, const Json& json, const Json& value,
                               const std::string& where, const std::string& at) {
    if (++comparisons_ > kMostComparisons) {
      return wrong_field(where, "more than 32 comparisons in one condition",
                         "一个条件中的比较超过 32 个");
    }
    const auto tag_name = json.find("tag");
    if (tag_name == json.end() || !tag_name->is_string()) {
      return wrong_field(where + ".tag", "expected a tag such as 'm1/temperature'",
                         "应为信号名，例如“m1/temperature”");
    }
    out.tag = tag_name->get<std::string>();
    const plant::Tag* tag = catalogue_.tag(out.tag);
    if (tag == nullptr) {
      return wrong_field(where + ".tag", "there is no tag '" + out.tag.substr(0, 200) + "'",
                         "没有信号“" + out.tag.substr(0, 200) + "”");
    }
    const bool is_state = tag->kind == plant::TagKind::kState;
    switch (out.kind) {
      case Kind::kBad:
        if (value != Json(true)) return wrong_field(at, "expected true", "应为 true");
        return out;
      case Kind::kIs: {
        if (!value.is_string() || !is_state) {
          return wrong_field(at, "expected a state of a state tag", "应为状态信号的一个状态");
        }
        out.state = value.get<std::string>();
        const plant::Asset* asset = catalogue_.asset(tag->asset);
        const bool known = std::any_of(asset->states.begin(), asset->states.end(),
                                       [&](const auto& each) { return each.id == out.state; });
        if (!known) {
          return wrong_field(at, tag->asset + " has no state '" + out.state.substr(0, 64) + "'",
                             tag->asset + " 没有状态“" + out.state.substr(0, 64) + "”");
        }
        return out;
      }
      default:
        return limit(std::move(out), json, value, *tag, at);
    }
  }

  Result<Condition> limit(Condition out, const Json& json, const Json& value, const plant::Tag& tag,
                          const std::string& at) {
    if (plant::is_text(tag.kind) || !value.is_number() || !std::isfinite(value.get<double>())) {
      return wrong_field(at, "expected a number, and a tag that is one",
                         "应为数字，且信号须为数值型");
    }
    out.limit = value.get<double>();
    if ((tag.physical_low && out.limit < *tag.physical_low) ||
        (tag.physical_high && out.limit > *tag.physical_high)) {
      return wrong_field(at, "outside the physical range of " + tag.id + ": it could never come",
                         "超出 " + tag.id + " 的物理量程，永远不会触发");
    }
    MW_ASSIGN(out.hysteresis, json_number(json, "hysteresis", 0));
    if (!(out.hysteresis >= 0) || !std::isfinite(out.hysteresis)) {
      return wrong_field(at.substr(0, at.rfind('.')) + ".hysteresis", "expected a number from 0",
                         "应为不小于 0 的数字");
    }
    return out;
  }

  const plant::Catalogue& catalogue_;
  const char* name_ = "";
  int comparisons_ = 0;
};

}  // namespace

Result<Condition> parse_condition(const Json& json, const std::string& where,
                                  const plant::Catalogue& catalogue) {
  return Parser(catalogue).parse(json, where, 1);
}

Json to_json(const Condition& condition) {
  const auto name = std::find_if(kKinds.begin(), kKinds.end(),
                                 [&](const auto& each) { return each.second == condition.kind; });
  switch (condition.kind) {
    case Kind::kAll:
    case Kind::kAny: {
      Json parts = Json::array();
      for (const Condition& part : condition.parts) parts.push_back(to_json(part));
      return {{name->first, std::move(parts)}};
    }
    case Kind::kNot:
      return {{"not", to_json(condition.parts.front())}};
    case Kind::kIs:
      return {{"tag", condition.tag}, {"is", condition.state}};
    case Kind::kBad:
      return {{"tag", condition.tag}, {"bad", true}};
    default: {
      Json out = {{"tag", condition.tag}, {name->first, condition.limit}};
      if (condition.hysteresis > 0) out["hysteresis"] = condition.hysteresis;
      return out;
    }
  }
}

}  // namespace mw::alarms
