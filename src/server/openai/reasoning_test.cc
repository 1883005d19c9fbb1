#include "server/openai/reasoning.h"

#include <gtest/gtest.h>

#include "server/testing/fakes.h"

namespace mw::server::openai {
namespace {

using runtime::Piece;

struct Sides {
  std::string reasoning;
  std::string answer;
  bool operator==(const Sides& other) const = default;
};

std::ostream& operator<<(std::ostream& out, const Sides& sides) {
  return out << "[" << sides.reasoning << "|" << sides.answer << "]";
}

Sides split(Thought start, const std::vector<std::string>& pieces) {
  ReasoningSplitter splitter(start);
  Sides out;
  const auto take = [&](const ReasoningSplitter::Parts& parts) {
    out.reasoning += parts.reasoning;
    out.answer += parts.answer.text;
  };
  for (const std::string& text : pieces) take(splitter.push({text, {}}));
  take(splitter.finish());
  return out;
}

struct Row {
  Thought start;
  std::string text;
  Sides sides;
};

const Row kRows[] = {
    {Thought::kMaybe, "<think>\nab c\n</think>\n\nhello\n", {"ab c", "hello\n"}},
    {Thought::kMaybe, "\n<think>a</think>b", {"a", "b"}},
    {Thought::kMaybe, "<think>\n\n</think>\n\nhi", {"", "hi"}},
    {Thought::kMaybe, " plain <think>x</think>", {"", " plain <think>x</think>"}},
    {Thought::kMaybe, "<thin", {"", "<thin"}},
    {Thought::kMaybe, "<thinker>", {"", "<thinker>"}},
    {Thought::kMaybe, "<think>a < b </ th </think", {"a < b </ th </think", ""}},
    {Thought::kMaybe, "", {"", ""}},
    {Thought::kMaybe, "<think>a\n\nb </think>x</think>y", {"a\n\nb", "x</think>y"}},
    {Thought::kOpen, "\nab</think>c", {"ab", "c"}},
    {Thought::kOpen, "ab  \n", {"ab", ""}},
    {Thought::kOpen, "</think>c", {"", "c"}},
    {Thought::kNone, "<think>a</think>b", {"", "<think>a</think>b"}},
};

TEST(ReasoningSplitter, GivesTheSameSidesHoweverTheTextIsCut) {
  for (const Row& row : kRows) {
    EXPECT_EQ(split(row.start, {row.text}), row.sides) << row.text;
    std::vector<std::string> letters;
    for (const char c : row.text) letters.emplace_back(1, c);
    EXPECT_EQ(split(row.start, letters), row.sides) << row.text;
    for (std::size_t a = 0; a <= row.text.size(); ++a) {
      for (std::size_t b = a; b <= row.text.size(); ++b) {
        EXPECT_EQ(split(row.start,
                        {row.text.substr(0, a), row.text.substr(a, b - a), row.text.substr(b)}),
                  row.sides)
            << row.text << " at " << a << ", " << b;
      }
    }
  }
}

TEST(ReasoningSplitter, HoldsBackNoMoreThanATagAndWhiteSpace) {
  ReasoningSplitter splitter(Thought::kOpen);
  EXPECT_EQ(splitter.push({"thinking about <", {}}).reasoning, "thinking about");
  EXPECT_EQ(splitter.push({"b>", {}}).reasoning, " <b>");
}

TEST(ReasoningSplitter, TellsLogProbabilitiesOfTheAnswerOnly) {
  ReasoningSplitter splitter(Thought::kMaybe);
  std::size_t tokens = 0;
  for (const char* text : {"<think>", "a", "</think>", "\n", "b", "c"}) {
    tokens += splitter.push(testing::piece(text, -1.0)).answer.logprobs.size();
  }
  EXPECT_EQ(tokens, 2U);
  ReasoningSplitter plain(Thought::kMaybe);
  EXPECT_EQ(plain.push(testing::piece("<", -1.0)).answer.logprobs.size(), 0U);
  EXPECT_EQ(plain.push(testing::piece("b", -1.0)).answer.logprobs.size(), 2U);
}

std::vector<int32_t> ids_of(const runtime::ServedModel& model, const std::string& text) {
  return model.tokenizer->encode(text, tokenizers::Tokenizer::Special::kParse);
}

TEST(ReasoningTokens, AreCountedWithTheirTags) {
  const testing::FakeModelHost host;
  const auto model = *host.find("thinker");
  const auto count = [&](Thought start, const std::string& text) {
    return count_reasoning_tokens(*model->tokenizer, start, ids_of(*model, text));
  };
  // One token a byte.
  EXPECT_EQ(count(Thought::kMaybe, "<think>ab</think>xyz"), 17);
  EXPECT_EQ(count(Thought::kMaybe, "\n<think>ab"), 10);
  EXPECT_EQ(count(Thought::kMaybe, "xyz<think>ab</think>"), 0);
  EXPECT_EQ(count(Thought::kOpen, "ab</think>xyz"), 10);
  EXPECT_EQ(count(Thought::kNone, "<think>ab</think>"), 0);
  const std::string prose(5000, 'a');
  EXPECT_EQ(count(Thought::kOpen, prose + "</think>xyz"), 5008);
}

TEST(ReasoningStart, ComesFromTheTemplateAndThePrompt) {
  const testing::FakeModelHost host;
  const auto tiny = *host.find("tiny");
  const auto thinker = *host.find("thinker");
  const std::string open = "assistant\n<think>\n";
  EXPECT_EQ(reasoning_start(*tiny, ids_of(*tiny, open)), Thought::kNone);
  EXPECT_EQ(reasoning_start(*thinker, ids_of(*thinker, open)), Thought::kOpen);
  EXPECT_EQ(reasoning_start(*thinker, ids_of(*thinker, "assistant\n")), Thought::kMaybe);
  EXPECT_EQ(reasoning_start(*thinker, {}), Thought::kMaybe);
}

TEST(ReasoningEffort, SwitchesThinkingWhereTheTemplateHasASwitch) {
  const testing::FakeModelHost host;
  GenerationFields fields;
  fields.reasoning_effort = "none";
  ASSERT_TRUE(apply_reasoning_effort(**host.find("thinker"), "reasoning_effort", fields));
  EXPECT_EQ(fields.template_variables, Json({{"enable_thinking", false}}));
  EXPECT_TRUE(fields.without_effect.empty());

  GenerationFields high;
  high.reasoning_effort = "high";
  ASSERT_TRUE(apply_reasoning_effort(**host.find("thinker"), "reasoning_effort", high));
  EXPECT_EQ(high.template_variables, Json({{"enable_thinking", true}}));
  EXPECT_EQ(high.without_effect, std::vector<std::string>{"reasoning_effort"});

  const auto refused = apply_reasoning_effort(**host.find("tiny"), "reasoning.effort", high);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnsupported);
  EXPECT_EQ(refused.error().param, "reasoning.effort");
}

TEST(ReasoningEffort, RefusesToSilenceAModelThatAlwaysThinks) {
  const testing::FakeModelHost host;
  runtime::ServedModel model = **host.find("tiny");
  model.chat_template = *runtime::ChatTemplate::parse("{{ '<think>' }}{# </think> #}", "", "");
  GenerationFields fields;
  fields.reasoning_effort = "minimal";
  const auto refused = apply_reasoning_effort(model, "reasoning_effort", fields);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().param, "reasoning_effort");
}

}  // namespace
}  // namespace mw::server::openai
