#include "alarms/internal/evaluate.h"

#include <gtest/gtest.h>

#include <map>

#include "alarms/internal/rule_fields.h"
#include "plant/catalogue.h"

namespace mw::alarms {
namespace {

std::shared_ptr<const plant::Catalogue> catalogue() {
  return plant::Catalogue::parse(R"json({
    "site": "test", "lines": [{"id": "a"}],
    "kinds": [{"id": "machine", "states": [{"id": "running"}, {"id": "idle"}],
      "tags": [{"id": "state", "kind": "state"}, {"id": "t", "unit": "degC"}, {"id": "p"}]}],
    "assets": [{"id": "m", "kind": "machine", "line": "a"}]})json")
      .value();
}

class EvaluateTest : public testing::Test {
 protected:
  void set(const char* tag, double value, Quality quality = Quality::kGood) {
    plant::TagValue& to = values_[tag];
    to.value = value;
    to.quality = quality;
  }
  void set_state(const char* state) {
    plant::TagValue& to = values_["m/state"];
    to.text = state;
    to.quality = Quality::kGood;
  }
  Truth truth(const char* json, bool held = false) {
    const auto condition = parse_condition(*parse_json(json), "when", *catalogue());
    EXPECT_TRUE(condition) << condition.error().message.en;
    return evaluate(
        *condition,
        [&](std::string_view tag) {
          const auto found = values_.find(std::string(tag));
          return found == values_.end() ? nullptr : &found->second;
        },
        held);
  }

 private:
  std::map<std::string, plant::TagValue> values_;
};

TEST_F(EvaluateTest, ALimitIsPassedAndComesBackPastItsHysteresis) {
  const char* hot = R"({"tag": "m/t", "above": 80, "hysteresis": 5})";
  set("m/t", 80);
  EXPECT_EQ(truth(hot), Truth::kFalse);
  set("m/t", 80.1);
  EXPECT_EQ(truth(hot), Truth::kTrue);
  set("m/t", 76);
  EXPECT_EQ(truth(hot, true), Truth::kTrue);
  EXPECT_EQ(truth(hot, false), Truth::kFalse);
  set("m/t", 75);
  EXPECT_EQ(truth(hot, true), Truth::kFalse);
  const char* cold = R"({"tag": "m/t", "below": 10, "hysteresis": 2})";
  set("m/t", 11);
  EXPECT_EQ(truth(cold, true), Truth::kTrue);
  EXPECT_EQ(truth(cold, false), Truth::kFalse);
  set("m/t", 12);
  EXPECT_EQ(truth(cold, true), Truth::kFalse);
}

TEST_F(EvaluateTest, NothingFollowsFromABadValueButThatItIsBad) {
  EXPECT_EQ(truth(R"({"tag": "m/t", "above": 1})"), Truth::kUnknown);
  EXPECT_EQ(truth(R"({"tag": "m/t", "bad": true})"), Truth::kTrue);
  set("m/t", 100, Quality::kBad);
  EXPECT_EQ(truth(R"({"tag": "m/t", "above": 1})"), Truth::kUnknown);
  EXPECT_EQ(truth(R"({"not": {"tag": "m/t", "above": 1}})"), Truth::kUnknown);
  set("m/t", 100, Quality::kUncertain);
  EXPECT_EQ(truth(R"({"tag": "m/t", "above": 1})"), Truth::kTrue);
  EXPECT_EQ(truth(R"({"tag": "m/t", "bad": true})"), Truth::kFalse);
}

TEST_F(EvaluateTest, AllAndAnyDecideByWhatIsKnown) {
  set("m/t", 90);
  EXPECT_EQ(truth(R"({"all": [{"tag": "m/t", "above": 80}, {"tag": "m/p", "above": 1}]})"),
            Truth::kUnknown);
  EXPECT_EQ(truth(R"({"any": [{"tag": "m/t", "above": 80}, {"tag": "m/p", "above": 1}]})"),
            Truth::kTrue);
  EXPECT_EQ(truth(R"({"all": [{"tag": "m/t", "above": 95}, {"tag": "m/p", "above": 1}]})"),
            Truth::kFalse);
  set("m/p", 2);
  EXPECT_EQ(truth(R"({"all": [{"tag": "m/t", "above": 80}, {"tag": "m/p", "above": 1}]})"),
            Truth::kTrue);
  EXPECT_EQ(truth(R"({"any": [{"tag": "m/t", "below": 80}, {"tag": "m/p", "below": 1}]})"),
            Truth::kFalse);
}

TEST_F(EvaluateTest, StatesAreComparedByTheirName) {
  set_state("idle");
  EXPECT_EQ(truth(R"({"tag": "m/state", "is": "idle"})"), Truth::kTrue);
  EXPECT_EQ(truth(R"({"not": {"tag": "m/state", "is": "running"}})"), Truth::kTrue);
}

TEST_F(EvaluateTest, UnderANotTheHysteresisWorksTheOtherWay) {
  const char* not_cold = R"({"not": {"tag": "m/t", "below": 10, "hysteresis": 2}})";
  set("m/t", 11);  // not below 10: the condition comes at once ...
  EXPECT_EQ(truth(not_cold, true), Truth::kTrue);
  // ... and, while it does not hold (it is cold), it comes only past 12.
  EXPECT_EQ(truth(not_cold, false), Truth::kFalse);
}

}  // namespace
}  // namespace mw::alarms
