// Scope: a short text of a language, and answers that end within their limit whatever the model
// would rather write. That such a text is found for every schema of the JSON-Schema-Test-Suite is
// in schema_suite_test.cc.

#include "grammar/short_ending.h"

#include <gtest/gtest.h>

#include <random>

#include "grammar/internal/grammar_state.h"

namespace mw::grammar {
namespace {

constexpr uint64_t kSteps = 50'000;

GrammarPtr schema(std::string_view text) {
  auto grammar = compile_schema(Json::parse(text));
  EXPECT_TRUE(grammar) << text;
  return grammar ? *grammar : nullptr;
}

std::string short_text_of(const GrammarPtr& grammar) {
  GrammarState& state = grammar->state();
  const auto text = state.pool.short_text(state.start, kSteps);
  if (!text) return "none";
  EXPECT_TRUE(state.pool.matches(state.start, *text)) << *text;
  EXPECT_EQ(state.pool.short_length(state.start, kSteps), text->size()) << *text;
  return *text;
}

std::shared_ptr<const Vocabulary> vocabulary() {
  std::vector<std::string> pieces = {""};  // 0: ends an answer
  for (int i = 0; i < 256; ++i) pieces.emplace_back(1, static_cast<char>(i));
  for (const char* piece : {"{\"", "\"}", "\": ", "\": \"", "\", \"", "name", "unit", "temp", "[[",
                            "]}", "true", "null", "12", "345", ", ", "yes and no"}) {
    pieces.emplace_back(piece);
  }
  return std::make_shared<const Vocabulary>(pieces, std::vector<int32_t>{0});
}

TEST(ShortText, IsTheLeastThatASchemaAsksFor) {
  EXPECT_EQ(short_text_of(schema("true")).size(), 1U);
  EXPECT_EQ(short_text_of(schema(R"({"type": "object"})")), "{}");
  EXPECT_EQ(short_text_of(schema(R"({"type": "string", "minLength": 3})")), "\"000\"");
  EXPECT_EQ(short_text_of(schema(R"({"type": "array", "minItems": 2, "items": {"type": "null"}})")),
            "[null,null]");
  EXPECT_EQ(short_text_of(schema(R"({"type": "integer", "minimum": 1200, "multipleOf": 7})")),
            "1204");
  EXPECT_EQ(short_text_of(schema(R"({"enum": ["long one", "short", "longer one"]})")), "\"short\"");
  EXPECT_EQ(short_text_of(schema(R"({"type": "string", "pattern": "^[A-Z]{2}[0-9]{3}$"})")),
            "\"AA000\"");
}

TEST(ShortText, HasAllRequiredMembersOfManyWithoutTryingTheirOrders) {
  std::string properties;
  std::string required;
  for (int i = 0; i < 60; ++i) {
    const std::string name = "\"m" + std::to_string(i) + "\"";
    properties += (i == 0 ? "" : ",") + name + R"(: {"type": "boolean"})";
    if (i % 2 == 0) required += (i == 0 ? "" : ",") + name;
  }
  const std::string text = short_text_of(schema(R"({"type": "object", "properties": {)" +
                                                properties + R"(}, "required": [)" + required +
                                                R"(], "additionalProperties": false})"));
  const auto value = parse_json(text, 10);
  ASSERT_TRUE(value) << text;
  EXPECT_EQ(value->size(), 30U);
}

TEST(ShortText, IsFoundThroughSchemasThatReferToThemselves) {
  EXPECT_EQ(short_text_of(schema(R"({"$ref": "#/$defs/node", "$defs": {"node": {"type": "object",
      "properties": {"next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}},
      "required": ["next"], "additionalProperties": false}}})")),
            R"({"next":null})");
  const auto rules = compile_lark(
      "start: sum\nsum: term (\"+\" term)*\n"
      "term: \"(\" sum \")\" | /[0-9]{2}/");
  ASSERT_TRUE(rules);
  EXPECT_EQ(short_text_of(*rules), "00");
}

TEST(ShortText, TellsTheNamesOfFreeMembersApart) {
  const std::string text = short_text_of(
      schema(R"({"type": "object", "minProperties": 3, "propertyNames": {"maxLength": 1}})"));
  const auto value = parse_json(text, 10);
  ASSERT_TRUE(value) << text;
  EXPECT_EQ(value->size(), 3U);
}

struct Written {
  std::string text;
  int tokens = 0;
  bool ended = false;
};

/// What a model writes that takes any token that it may, and an end only where nothing else is
/// left.
Written write(const GrammarPtr& grammar, int most, uint32_t seed, Thought thought) {
  const auto words = vocabulary();
  Matcher matcher(grammar, words, thought);
  ShortEnding ending(matcher, words, most);
  std::mt19937 random(seed);
  Written out;
  while (out.tokens < most && !out.ended) {
    const int left = most - out.tokens - 1;
    const auto mask = matcher.mask();
    EXPECT_TRUE(mask);
    const std::vector<uint64_t> allowed(mask->begin(), mask->end());
    std::vector<int32_t> ids;
    for (int32_t id = 1; id < words->size(); ++id) {
      if ((allowed[static_cast<std::size_t>(id) / 64] >> (id % 64) & 1) != 0) ids.push_back(id);
    }
    std::shuffle(ids.begin(), ids.end(), random);
    if (ids.size() > 4) ids.resize(4);  // it gives up soon: most ways are not near the end
    int32_t chosen = -1;
    for (const int32_t id : ids) {
      if (ending.fits(id, left)) {
        chosen = id;
        break;
      }
    }
    if (chosen < 0) chosen = ending.next(left + 1).value_or(ids.empty() ? 0 : ids.front());
    ending.accept(chosen);
    EXPECT_TRUE(matcher.accept(chosen)) << out.text;
    out.text += words->piece(chosen);
    ++out.tokens;
    out.ended = chosen == 0 || matcher.must_end();
  }
  out.ended = out.ended || matcher.may_end();
  return out;
}

TEST(ShortEnding, EveryAnswerEndsWithinItsLimitWhateverTheModelWouldWrite) {
  const std::vector<GrammarPtr> grammars = {
      schema(R"({"type": "object"})"),
      schema(R"({"type": "object", "properties": {"name": {"type": "string"}, "temp": {"type":
          "number"}, "unit": {"enum": ["C", "F"]}}, "required": ["name", "temp", "unit"]})"),
      schema(R"({"type": "array", "minItems": 2, "items": {"type": "object", "properties":
          {"temp": {"type": "integer", "minimum": 100, "multipleOf": 25}}, "required": ["temp"],
          "additionalProperties": false}})"),
      schema(R"({"type": "string", "pattern": "^([a-z]+ )*end$"})"),
      *compile_regex("[0-9a-f]{4}(-[0-9a-f]{4})*"),
      *compile_json_object()};
  for (std::size_t i = 0; i < grammars.size(); ++i) {
    for (int most = 1; most < 60; most += 3) {
      const auto words = vocabulary();
      Matcher first(grammars[i], words);
      if (!ShortEnding(first, words, most).active()) continue;
      for (uint32_t seed = 0; seed < 5; ++seed) {
        const Written written = write(grammars[i], most, seed, Thought::kNone);
        EXPECT_TRUE(written.ended) << i << " at " << most << ": " << written.text;
        GrammarState& state = grammars[i]->state();
        EXPECT_TRUE(state.pool.matches(state.start, written.text)) << written.text;
      }
    }
    EXPECT_TRUE([&] {
      const auto words = vocabulary();
      Matcher first(grammars[i], words);
      return ShortEnding(first, words, 60).active();
    }()) << i;
  }
}

TEST(ShortEnding, AThoughtLeavesRoomForTheAnswer) {
  const GrammarPtr grammar = schema(R"({"type": "object", "properties": {"name": {"enum":
      ["yes and no"]}}, "required": ["name"], "additionalProperties": false})");
  for (uint32_t seed = 0; seed < 20; ++seed) {
    const Written written = write(grammar, 40, seed, Thought::kOpen);
    EXPECT_TRUE(written.ended) << written.text;
    EXPECT_NE(written.text.find("</think>"), std::string::npos) << written.text;
    EXPECT_TRUE(written.text.ends_with('}')) << written.text;
  }
}

TEST(ShortEnding, ALimitBelowTheLeastTextIsNotKept) {
  const auto words = vocabulary();
  Matcher matcher(schema(R"({"type": "string", "minLength": 50})"), words);
  ShortEnding ending(matcher, words, 20);
  EXPECT_FALSE(ending.active());
  EXPECT_TRUE(ending.fits('"' + 1, 0));
}

}  // namespace
}  // namespace mw::grammar
