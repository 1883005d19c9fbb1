#include "server/openai/completion_request.h"

#include <gtest/gtest.h>

namespace mw::server::openai {
namespace {

std::string with(const std::string& members) { return "{\"model\":\"m\"," + members + "}"; }

TEST(CompletionRequest, HasOpenAisDefaults) {
  const auto request = parse_completion_request(with(R"("prompt":"a")"));
  ASSERT_TRUE(request) << request.error().message.en;
  EXPECT_EQ(request->max_tokens, 16);
  EXPECT_EQ(request->best_of, 1);
  EXPECT_FALSE(request->echo);
  EXPECT_EQ(std::get<std::string>(request->prompts.at(0)), "a");
}

TEST(CompletionRequest, TakesThePromptInAllFourForms) {
  using Ids = std::vector<int32_t>;
  EXPECT_EQ(parse_completion_request(with(R"("prompt":["a","b"])"))->prompts.size(), 2U);
  const auto ids = parse_completion_request(with(R"("prompt":[1,2,3])"));
  ASSERT_EQ(ids->prompts.size(), 1U);
  EXPECT_EQ(std::get<Ids>(ids->prompts[0]), (Ids{1, 2, 3}));
  EXPECT_EQ(parse_completion_request(with(R"("prompt":[[1],[2,3]])"))->prompts.size(), 2U);
}

TEST(CompletionRequest, ReadsItsOwnFields) {
  const auto request = parse_completion_request(
      with(R"("prompt":"a","n":2,"best_of":4,"suffix":"z","logprobs":3,"max_tokens":0)"));
  ASSERT_TRUE(request) << request.error().message.en;
  EXPECT_EQ(request->n, 2);
  EXPECT_EQ(request->best_of, 4);
  EXPECT_EQ(request->suffix, "z");
  EXPECT_EQ(request->top_logprobs, 3);
  EXPECT_EQ(request->max_tokens, 0);
}

TEST(CompletionRequest, RefusesByName) {
  const std::pair<const char*, const char*> rows[] = {
      {R"("prompt":null)", "prompt"},
      {R"("prompt":5)", "prompt"},
      {R"("prompt":[])", "prompt"},
      {R"("prompt":[[]])", "prompt"},
      {R"("prompt":[-1])", "prompt"},
      {R"("prompt":[1.5])", "prompt"},
      {R"("prompt":["a",1])", "prompt"},
      {R"("prompt":[4294967296])", "prompt"},
      {R"("prompt":"a","max_tokens":-1)", "max_tokens"},
      {R"("prompt":"a","logprobs":6)", "logprobs"},
      {R"("prompt":"a","logprobs":true)", "logprobs"},
      {R"("prompt":"a","logprobs":1,"echo":true)", "logprobs"},
      {R"("prompt":"a","n":3,"best_of":2)", "best_of"},
      {R"("prompt":"a","best_of":21)", "best_of"},
      {R"("prompt":"a","best_of":2,"stream":true)", "best_of"},
      {R"("prompt":"a","suffix":5)", "suffix"},
  };
  for (const auto& [members, param] : rows) {
    const auto request = parse_completion_request(with(members));
    ASSERT_FALSE(request) << members;
    EXPECT_EQ(request.error().param, param) << members;
  }
}

}  // namespace
}  // namespace mw::server::openai
