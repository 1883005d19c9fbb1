#include "alarms/alarm_rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/clock.h"

namespace mw::alarms {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::shared_ptr<const plant::Catalogue> catalogue() {
  return plant::Catalogue::parse(R"json({
    "site": "test", "lines": [{"id": "a"}, {"id": "b"}],
    "kinds": [{"id": "machine", "states": [{"id": "running"}, {"id": "idle"}],
      "tags": [{"id": "state", "kind": "state"},
               {"id": "t", "unit": "degC", "physical": [-50, 200], "normal": [5, 80],
                "normal_states": ["running"], "deadband": 1,
                "name": {"en": "temperature", "zh": "温度"}}]}],
    "assets": [{"id": "m1", "kind": "machine", "line": "a", "name": {"en": "M1", "zh": "一号机"}},
               {"id": "m2", "kind": "machine", "line": "b"}]})json")
      .value();
}

Result<AlarmRule> parse(const std::string& json) {
  return parse_rule(*parse_json(json), *catalogue());
}

constexpr const char* kWhole = R"json({
  "id": "m1-hot", "name": {"en": "M1 hot", "zh": "一号机过热"}, "asset": "m1", "priority": "high",
  "when": {"all": [{"tag": "m1/t", "above": 90, "hysteresis": 3},
                   {"any": [{"tag": "m1/state", "is": "running"}, {"tag": "m1/state", "bad": true}]}]},
  "unless": {"not": {"tag": "m1/state", "is": "running"}},
  "delay_on_s": 2.5, "delay_off_s": 10, "latching": true,
  "cause": {"en": "old grease", "zh": "润滑脂老化"}, "consequence": {"en": "seizes", "zh": "抱死"},
  "response": {"en": "stop and grease", "zh": "停机加脂"}, "respond_within_min": 15})json";

TEST(AlarmRule, IsReadWholeAndWrittenBackTheSame) {
  const auto rule = parse(kWhole);
  ASSERT_TRUE(rule) << rule.error().message.en;
  EXPECT_EQ(rule->line, "a");
  EXPECT_EQ(rule->priority, Priority::kHigh);
  EXPECT_EQ(rule->delay_on_ns, 2'500 * kNsPerMs);
  EXPECT_THAT(tags_of(*rule), ElementsAre("m1/t", "m1/state"));
  const auto again = parse(to_text(to_json(*rule)));
  ASSERT_TRUE(again) << again.error().message.en;
  EXPECT_EQ(to_text(to_json(*again)), to_text(to_json(*rule)));
}

struct Wrong {
  const char* member;  // that the error names
  const char* patch;   // merged into the rule
};

class WrongRules : public testing::TestWithParam<Wrong> {};

TEST_P(WrongRules, AreRefusedByTheMember) {
  Json json = *parse_json(kWhole);
  json.merge_patch(*parse_json(GetParam().patch));
  const auto rule = parse_rule(json, *catalogue());
  ASSERT_FALSE(rule);
  EXPECT_EQ(rule.error().param, GetParam().member);
  EXPECT_FALSE(rule.error().message.zh.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Each, WrongRules,
    testing::Values(
        Wrong{"id", R"({"id": "M1 hot"})"}, Wrong{"asset", R"({"asset": "m9"})"},
        Wrong{"priority", R"({"priority": "urgent"})"},
        Wrong{"delay_on_s", R"({"delay_on_s": -1})"}, Wrong{"colour", R"({"colour": "red"})"},
        Wrong{"when", R"({"when": null})"},
        Wrong{"when.tag", R"({"when": {"tag": "m9/t", "above": 1, "all": null}})"},
        Wrong{"unless.not.is", R"({"unless": {"not": {"tag": "m1/state", "is": "flying"}}})"},
        Wrong{"unless.not.is", R"({"unless": {"not": {"tag": "m1/t", "is": "running"}}})"},
        Wrong{"when.all", R"({"when": {"all": []}})"},
        Wrong{"when.all[0].above", R"({"when": {"all": [{"tag": "m1/t", "above": 300}]}})"},
        Wrong{"when.all[0].above", R"({"when": {"all": [{"tag": "m1/state", "above": 3}]}})"},
        Wrong{"when.all[0].hysteresis",
              R"({"when": {"all": [{"tag": "m1/t", "above": 30, "hysteresis": -1}]}})"},
        Wrong{"when.all[0].below",
              R"({"when": {"all": [{"tag": "m1/t", "above": 30, "below": 3}]}})"},
        Wrong{"when.all[0].note", R"({"when": {"all": [{"tag": "m1/t", "above": 3, "note": 1}]}})"},
        Wrong{"when.all[0].bad", R"({"when": {"all": [{"tag": "m1/t", "bad": false}]}})"},
        Wrong{"when", R"({"when": {"all": [{"tag": "m2/t", "above": 30}]}})"},
        Wrong{"cause", R"({"cause": "grease"})"}));

TEST(AlarmRule, ABombIsRefused) {
  std::string deep = R"({"tag": "m1/t", "above": 1})";
  for (int i = 0; i < 9; ++i) deep = R"({"not": )" + deep + "}";
  Json json = *parse_json(kWhole);
  json["when"] = *parse_json(deep);
  EXPECT_THAT(parse_rule(json, *catalogue()).error().message.en, HasSubstr("deep"));
  Json wide = Json::array();
  for (int i = 0; i < 33; ++i) wide.push_back({{"tag", "m1/t"}, {"above", i}});
  json["when"] = {{"any", wide}};
  EXPECT_THAT(parse_rule(json, *catalogue()).error().message.en, HasSubstr("32"));
}

TEST(AlarmRule, NormalRangesBecomeRulesForTheStatesTheyAreMeantFor) {
  const auto rules = rules_of_normal_ranges(*catalogue());
  ASSERT_EQ(rules.size(), 4U);  // low and high of two machines
  EXPECT_EQ(rules[0].id, "m1.t.low");
  EXPECT_EQ(rules[1].name.en, "M1: temperature high");
  EXPECT_EQ(rules[1].name.zh, "一号机：温度过高");
  EXPECT_EQ(rules[1].when.limit, 80);
  EXPECT_EQ(rules[1].when.hysteresis, 2);
  ASSERT_TRUE(rules[1].unless);
  for (const AlarmRule& rule : rules) {
    const auto again = parse_rule(to_json(rule), *catalogue());
    EXPECT_TRUE(again) << again.error().message.en;
  }
}

}  // namespace
}  // namespace mw::alarms
