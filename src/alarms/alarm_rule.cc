#include "alarms/alarm_rule.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "alarms/internal/rule_fields.h"
#include "core/clock.h"

namespace mw::alarms {
namespace {

constexpr std::array<std::string_view, 4> kPriorities = {"low", "medium", "high", "critical"};
constexpr std::array<std::string_view, 14> kMembers = {
    "id",    "name",        "asset",      "priority",          "enabled",
    "when",  "unless",      "delay_on_s", "delay_off_s",       "latching",
    "cause", "consequence", "response",   "respond_within_min"};
constexpr double kLongestDelayS = 86'400;
constexpr std::size_t kMostTextBytes = 2'000;

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

Result<Text> text_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || found->is_null()) return Text();
  if (!found->is_object()) {
    return wrong_field(key, "expected {\"en\": ..., \"zh\": ...}",
                       "应为 {\"en\": ..., \"zh\": ...}");
  }
  Text out;
  MW_ASSIGN(out.en, json_string(*found, "en"));
  MW_ASSIGN(out.zh, json_string(*found, "zh"));
  if (out.en.empty()) out.en = out.zh;
  for (const std::string* each : {&out.en, &out.zh}) {
    if (each->size() > kMostTextBytes) {
      return wrong_field(key, "longer than 2000 bytes", "超过 2000 字节");
    }
  }
  return out;
}

Result<int64_t> delay_at(const Json& json, const char* key) {
  MW_ASSIGN(const double seconds, json_number(json, key, 0));
  if (!(seconds >= 0) || seconds > kLongestDelayS) {
    return wrong_field(key, "expected 0 to 86400 seconds", "应为 0 到 86400 秒");
  }
  return static_cast<int64_t>(std::llround(seconds * 1e3)) * kNsPerMs;
}

void add_tags(const Condition& condition, std::vector<std::string>& out) {
  if (!condition.tag.empty() && std::find(out.begin(), out.end(), condition.tag) == out.end()) {
    out.push_back(condition.tag);
  }
  for (const Condition& part : condition.parts) add_tags(part, out);
}

Json text_json(const Text& text) { return {{"en", text.en}, {"zh", text.zh}}; }

/// Not the states that a normal range is meant for.
std::optional<Condition> outside_states(const plant::Tag& tag, const plant::Asset& asset) {
  if (tag.normal_states.empty() || asset.state_tag.empty()) return std::nullopt;
  Condition any;
  any.kind = Condition::Kind::kAny;
  for (const std::string& state : tag.normal_states) {
    Condition is;
    is.kind = Condition::Kind::kIs;
    is.tag = asset.state_tag;
    is.state = state;
    any.parts.push_back(std::move(is));
  }
  Condition out;
  out.kind = Condition::Kind::kNot;
  out.parts.push_back(std::move(any));
  return out;
}

}  // namespace

Error wrong_field(const std::string& where, const std::string& en, const std::string& zh) {
  return Error::make(Code::kInvalidArgument, "alarm rule: " + where + ": " + en,
                     "报警规则：" + where + "：" + zh, where);
}

std::string_view priority_name(Priority priority) {
  return kPriorities[static_cast<std::size_t>(priority)];
}

Result<AlarmRule> parse_rule(const Json& json, const plant::Catalogue& catalogue) {
  if (!json.is_object()) return wrong_field("rule", "expected an object", "应为对象");
  for (const auto& [key, unused] : json.items()) {
    if (std::find(kMembers.begin(), kMembers.end(), key) == kMembers.end()) {
      return wrong_field(key, "not known here", "此处不支持该字段");
    }
  }
  AlarmRule rule;
  MW_ASSIGN(rule.id, json_string(json, "id"));
  if (!is_id(rule.id)) {
    return wrong_field("id", "expected [a-z0-9._-]{1,128}", "应为 [a-z0-9._-]{1,128}");
  }
  MW_ASSIGN(rule.name, text_at(json, "name"));
  if (rule.name.en.empty()) rule.name.en = rule.id;
  MW_ASSIGN(rule.asset, json_string(json, "asset"));
  const plant::Asset* asset = catalogue.asset(rule.asset);
  if (asset == nullptr) {
    return wrong_field("asset", "there is no asset '" + rule.asset.substr(0, 64) + "'",
                       "没有设备“" + rule.asset.substr(0, 64) + "”");
  }
  rule.line = asset->line;
  MW_ASSIGN(const std::string priority, json_string(json, "priority", "medium"));
  const auto found = std::find(kPriorities.begin(), kPriorities.end(), priority);
  if (found == kPriorities.end()) {
    return wrong_field("priority", "expected low, medium, high or critical",
                       "应为 low、medium、high 或 critical");
  }
  rule.priority = static_cast<Priority>(found - kPriorities.begin());
  MW_ASSIGN(rule.enabled, json_bool(json, "enabled", true));
  MW_ASSIGN(rule.latching, json_bool(json, "latching", false));
  MW_ASSIGN(rule.delay_on_ns, delay_at(json, "delay_on_s"));
  MW_ASSIGN(rule.delay_off_ns, delay_at(json, "delay_off_s"));
  MW_ASSIGN(rule.when, parse_condition(json.value("when", Json()), "when", catalogue));
  if (json.contains("unless") && !json["unless"].is_null()) {
    MW_ASSIGN(rule.unless, parse_condition(json["unless"], "unless", catalogue));
  }
  MW_ASSIGN(rule.cause, text_at(json, "cause"));
  MW_ASSIGN(rule.consequence, text_at(json, "consequence"));
  MW_ASSIGN(rule.response, text_at(json, "response"));
  MW_ASSIGN(rule.respond_within_min, json_number(json, "respond_within_min", 0));
  if (!(rule.respond_within_min >= 0) || rule.respond_within_min > 1e6) {
    return wrong_field("respond_within_min", "expected minutes from 0", "应为不小于 0 的分钟数");
  }
  // A rule may look at other lines' tags only if it says nothing of them to whoever sees the rule.
  for (const std::string& tag : tags_of(rule)) {
    if (catalogue.asset(catalogue.tag(tag)->asset)->line != rule.line) {
      return wrong_field("when", "'" + tag + "' is of another line than the alarm's asset",
                         "“" + tag + "”与报警设备不在同一产线");
    }
  }
  return rule;
}

Json to_json(const AlarmRule& rule) {
  Json out = {{"id", rule.id},           {"name", text_json(rule.name)},
              {"asset", rule.asset},     {"priority", priority_name(rule.priority)},
              {"enabled", rule.enabled}, {"when", to_json(rule.when)}};
  if (rule.unless) out["unless"] = to_json(*rule.unless);
  out["delay_on_s"] = static_cast<double>(rule.delay_on_ns) / 1e9;
  out["delay_off_s"] = static_cast<double>(rule.delay_off_ns) / 1e9;
  out["latching"] = rule.latching;
  for (const auto& [key, text] : {std::pair{"cause", &rule.cause},
                                  {"consequence", &rule.consequence},
                                  {"response", &rule.response}}) {
    if (!text->en.empty()) out[key] = text_json(*text);
  }
  if (rule.respond_within_min > 0) out["respond_within_min"] = rule.respond_within_min;
  return out;
}

std::vector<std::string> tags_of(const AlarmRule& rule) {
  std::vector<std::string> out;
  add_tags(rule.when, out);
  if (rule.unless) add_tags(*rule.unless, out);
  return out;
}

std::vector<AlarmRule> rules_of_normal_ranges(const plant::Catalogue& catalogue) {
  std::vector<AlarmRule> out;
  for (const plant::Tag& tag : catalogue.tags()) {
    const plant::Asset& asset = *catalogue.asset(tag.asset);
    for (const bool high : {false, true}) {
      const std::optional<double>& bound = high ? tag.normal_high : tag.normal_low;
      if (!bound || plant::is_text(tag.kind)) continue;
      AlarmRule rule;
      rule.id = tag.id + (high ? ".high" : ".low");
      std::replace(rule.id.begin(), rule.id.end(), '/', '.');
      rule.name = {asset.name.en + ": " + tag.name.en + (high ? " high" : " low"),
                   asset.name.in(Language::kZh) + "：" + tag.name.in(Language::kZh) +
                       (high ? "过高" : "过低")};
      rule.asset = asset.id;
      rule.line = asset.line;
      rule.when.kind = high ? Condition::Kind::kAbove : Condition::Kind::kBelow;
      rule.when.tag = tag.id;
      rule.when.limit = *bound;
      rule.when.hysteresis = std::max(2 * tag.deadband, 0.01 * std::fabs(*bound));
      rule.unless = outside_states(tag, asset);
      rule.delay_on_ns = 10 * kNsPerSecond;
      rule.delay_off_ns = 10 * kNsPerSecond;
      out.push_back(std::move(rule));
    }
  }
  return out;
}

}  // namespace mw::alarms
