// Scope: what requests say about tools, and calls read out of an answer's text however it is cut.

#include "server/openai/tool_calls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mw::server::openai {
namespace {

using Kind = ToolCallReader::Event::Kind;

constexpr const char* kAnswer =
    "I will look.\n<tool_call>\n{\"name\": \"read\", \"arguments\": {\"tag\": \"a}\\\"{\", \"n\": "
    "[1, {}]}}\n</tool_call>\n<tool_call>\n{\"name\": \"stop\", \"arguments\": {}}\n</tool_call>";

/// Events with neighbours of one kind put together.
std::string told(const std::vector<ToolCallReader::Event>& events) {
  std::string out;
  Kind last = Kind::kCall;
  for (const auto& event : events) {
    if (event.kind != last || event.kind == Kind::kCall) {
      out += event.kind == Kind::kText ? "|say " : event.kind == Kind::kCall ? "|call " : "|with ";
    }
    out += event.text;
    last = event.kind;
  }
  return out;
}

TEST(ToolCallReader, ReadsTheSameCallsHoweverTheTextIsCut) {
  const std::string text = kAnswer;
  for (std::size_t size = 1; size <= text.size(); size += size < 24 ? 1 : 37) {
    ToolCallReader reader;
    std::vector<ToolCallReader::Event> all;
    for (std::size_t at = 0; at < text.size(); at += size) {
      for (auto& event : reader.push(text.substr(at, size))) all.push_back(std::move(event));
    }
    for (auto& event : reader.finish()) all.push_back(std::move(event));
    EXPECT_EQ(
        told(all),
        "|say I will look.|call read|with {\"tag\": \"a}\\\"{\", \"n\": [1, {}]}|call stop|with {}")
        << size;
    EXPECT_EQ(reader.calls(), 2);
  }
}

TEST(ToolCallReader, KeepsTextThatOnlyLooksLikeACall) {
  ToolCallReader reader;
  auto events = reader.push("a < b <tool");
  for (auto& event : reader.finish()) events.push_back(std::move(event));
  EXPECT_EQ(told(events), "|say a < b <tool");
  EXPECT_EQ(reader.calls(), 0);
}

Result<ToolUse> read(const char* text, std::vector<std::string>& without_effect) {
  const auto json = parse_json(text);
  EXPECT_TRUE(json) << text;
  FieldReader fields(*json);
  return read_tools(fields, without_effect);
}

TEST(Tools, AChoiceNarrowsThem) {
  const std::string tools =
      R"({"tools":[{"type":"function","function":{"name":"f"}},{"type":"function","function":{"name":"g"}}])";
  std::vector<std::string> idle;
  const auto all = read((tools + "}").c_str(), idle);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->tools.size(), 2U);
  EXPECT_EQ(all->choice, ToolUse::Choice::kAuto);
  const auto one = read(
      (tools +
       R"(,"tool_choice":{"type":"function","function":{"name":"g"}},"parallel_tool_calls":false})")
          .c_str(),
      idle);
  ASSERT_TRUE(one);
  ASSERT_EQ(one->tools.size(), 1U);
  EXPECT_EQ(one->tools[0].name, "g");
  EXPECT_EQ(one->choice, ToolUse::Choice::kRequired);
  EXPECT_FALSE(one->parallel);
  const auto allowed = read(
      (tools +
       R"(,"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"f"}}]}}})")
          .c_str(),
      idle);
  ASSERT_TRUE(allowed);
  EXPECT_EQ(allowed->tools.size(), 1U);
  EXPECT_EQ(allowed->choice, ToolUse::Choice::kRequired);
  EXPECT_TRUE(idle.empty());
  const auto none = read((tools + R"(,"tool_choice":"none"})").c_str(), idle);
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->active());
  EXPECT_EQ(idle, (std::vector<std::string>{"tools", "tool_choice"}));
}

TEST(Tools, CallsOfAReplayedTurnAreChecked) {
  const auto good = read_tool_calls(
      *parse_json(
          R"([{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}])"),
      "x");
  ASSERT_TRUE(good);
  EXPECT_EQ(call_text((*good)[0]),
            "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\":1}}\n</tool_call>");
  for (const char* bad :
       {"{}", "[1]", R"([{"function":{"name":"f","arguments":"[]"}}])",
        R"([{"function":{"name":"f","arguments":"{"}}])",
        R"([{"function":{"name":"","arguments":"{}"}}])", R"([{"function":{}}])"}) {
    EXPECT_FALSE(read_tool_calls(*parse_json(bad), "messages[0].tool_calls")) << bad;
  }
}

TEST(Tools, TheGrammarHoldsNamesAndArguments) {
  grammar::GrammarCache cache;
  std::vector<std::string> idle;
  const auto use = read(
      R"({"tools":[{"type":"function","function":{"name":"f","parameters":{"properties":{"a":{"type":"integer"}},"required":["a"],"additionalProperties":false}}}],"tool_choice":"required"})",
      idle);
  ASSERT_TRUE(use);
  const auto grammar = compile_tool_use(*use, cache);
  ASSERT_TRUE(grammar) << grammar.error().message.en;
  EXPECT_EQ(*compile_tool_use(*use, cache), *grammar);
  const auto bad = read(
      R"({"tools":[{"type":"function","function":{"name":"f","parameters":{"foo":1}}}]})", idle);
  ASSERT_TRUE(bad);
  const auto refused = compile_tool_use(*bad, cache);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().param, "tools[0].function.parameters");
  EXPECT_THAT(refused.error().message.en, ::testing::HasSubstr("/foo"));
  // Named where it was sent, also when a choice leaves others out and in the form of responses.
  const auto second = read(
      R"({"tools":[{"type":"function","name":"g"},{"type":"function","name":"f","parameters":{"foo":1}}],"tool_choice":{"type":"function","name":"f"}})",
      idle);
  ASSERT_TRUE(second);
  EXPECT_EQ(compile_tool_use(*second, cache).error().param, "tools[1].parameters");
}

}  // namespace
}  // namespace mw::server::openai
