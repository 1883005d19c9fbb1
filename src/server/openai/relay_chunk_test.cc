// What other servers stream: what is taken of it, and what is refused.
#include "server/openai/relay_chunk.h"

#include <gtest/gtest.h>

namespace mw::server::openai {
namespace {

std::string chat(const std::string& choice) {
  return R"({"id":"x","object":"chat.completion.chunk","created":1,"model":"m","choices":[)" +
         choice + "]}";
}

TEST(RelayChunk, TakesTextReasoningCallsAndTheEnd) {
  const auto chunk = parse_relay_chunk(
      chat(R"({"index":1,"delta":{"role":"assistant","content":"a","reasoning_content":"b",)"
           R"("refusal":"c","tool_calls":[{"index":0,"id":"theirs","type":"function",)"
           R"("function":{"name":"f","arguments":"{"}}]},"finish_reason":"tool_calls"})"),
      true, 2);
  ASSERT_TRUE(chunk) << chunk.error().message.en;
  ASSERT_EQ(chunk->parts.size(), 1u);
  const RelayPart& part = chunk->parts[0];
  EXPECT_EQ(part.choice, 1);
  EXPECT_EQ(part.text, "a");
  EXPECT_EQ(part.reasoning, "b");
  EXPECT_EQ(part.refusal, "c");
  EXPECT_EQ(part.finish, "tool_calls");
  ASSERT_EQ(part.calls.size(), 1u);
  EXPECT_EQ(part.calls[0].name, "f");
  EXPECT_EQ(part.calls[0].arguments, "{");
  EXPECT_FALSE(chunk->usage);
}

TEST(RelayChunk, TakesTheLastChunkWithUsageOnly) {
  const auto chunk = parse_relay_chunk(
      R"({"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10,)"
      R"("prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":null}})",
      true, 1);
  ASSERT_TRUE(chunk);
  ASSERT_TRUE(chunk->usage);
  EXPECT_EQ(chunk->usage->prompt_tokens, 7);
  EXPECT_EQ(chunk->usage->completion_tokens, 3);
  EXPECT_EQ(chunk->usage->cached_prompt_tokens, 4);
  EXPECT_TRUE(chunk->parts.empty());
}

TEST(RelayChunk, TakesLogProbabilitiesOfBothKinds) {
  const auto of_chat = parse_relay_chunk(
      chat(R"({"index":0,"delta":{"content":"a"},"logprobs":{"content":[{"token":"?",)"
           R"("logprob":-1.5,"bytes":[228,189],"top_logprobs":[{"token":"b","logprob":-2}]}]}})"),
      true, 1);
  ASSERT_TRUE(of_chat) << of_chat.error().message.en;
  ASSERT_EQ(of_chat->parts[0].logprobs.size(), 1u);
  EXPECT_EQ(of_chat->parts[0].logprobs[0].bytes, "\xe4\xbd");
  EXPECT_EQ(of_chat->parts[0].logprobs[0].top[0].first, "b");
  const auto of_completion = parse_relay_chunk(
      chat(R"({"index":0,"text":"ab","logprobs":{"tokens":["a","b"],"token_logprobs":[-1,-2],)"
           R"("top_logprobs":[{"a":-1},null],"text_offset":[0,1]},"finish_reason":"length"})"),
      false, 1);
  ASSERT_TRUE(of_completion) << of_completion.error().message.en;
  EXPECT_EQ(of_completion->parts[0].logprobs.size(), 2u);
  EXPECT_EQ(of_completion->parts[0].finish, "length");
}

TEST(RelayChunk, KnowsTheWordsOfOtherServersForTheEnd) {
  EXPECT_EQ(
      parse_relay_chunk(chat(R"({"index":0,"text":"","finish_reason":"eos_token"})"), false, 1)
          ->parts[0]
          .finish,
      "stop");
  const auto gone =
      parse_relay_chunk(chat(R"({"index":0,"delta":{},"finish_reason":"abort"})"), true, 1);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, Code::kUnavailable);
}

TEST(RelayChunk, HandsOnTheErrorThatItTellsOf) {
  for (const char* data :
       {R"({"error":{"message":"out of memory","code":500}})", R"({"error":"out of memory"})",
        R"({"object":"error","message":"out of memory"})"}) {
    const auto chunk = parse_relay_chunk(data, true, 1);
    ASSERT_FALSE(chunk) << data;
    EXPECT_EQ(chunk.error().code, Code::kUnavailable);
    EXPECT_NE(chunk.error().message.en.find("out of memory"), std::string::npos) << data;
  }
}

TEST(RelayChunk, RefusesWhatIsNoChunk) {
  const std::string deep(40, '[');
  std::string many = "{\"index\":0,\"delta\":{}}";
  for (int i = 0; i < 300; ++i) many += ",{\"index\":0,\"delta\":{}}";
  for (const std::string& data : {
           std::string(),
           std::string("null"),
           std::string("[]"),
           std::string("{"),
           deep,
           std::string("<html>"),
           std::string("{}"),
           std::string(R"({"choices":{}})"),
           std::string(R"({"choices":[1]})"),
           std::string("{\"choices\":[\"\xff\"]}"),
           chat(many),
           chat(R"({"index":1,"delta":{}})"),
           chat(R"({"index":-1,"delta":{}})"),
           chat(R"({"index":0.5,"delta":{}})"),
           chat(R"({"index":1e99,"delta":{}})"),
           chat(R"({"index":"0","delta":{}})"),
           chat(R"({"index":0,"delta":[]})"),
           chat(R"({"index":0,"delta":{"content":7}})"),
           chat(R"({"index":0,"delta":{"content":["a"]}})"),
           chat(R"({"index":0,"delta":{"tool_calls":{}}})"),
           chat(R"({"index":0,"delta":{"tool_calls":[7]}})"),
           chat(R"({"index":0,"delta":{"tool_calls":[{"index":128}]}})"),
           chat(R"({"index":0,"delta":{"tool_calls":[{"index":0,"function":"f"}]}})"),
           chat(R"({"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":{}}}]}})"),
           chat(R"({"index":0,"delta":{},"finish_reason":"because"})"),
           chat(R"({"index":0,"delta":{},"finish_reason":1})"),
           chat(R"({"index":0,"delta":{},"logprobs":7})"),
           chat(R"({"index":0,"delta":{},"logprobs":{"content":[{"token":"a"}]}})"),
           chat(R"({"index":0,"delta":{},"logprobs":{"content":[{"token":"a","logprob":-1,)"
                R"("bytes":[256]}]}})"),
           std::string(R"({"choices":[],"usage":7})"),
           std::string(R"({"choices":[],"usage":{"prompt_tokens":-1}})"),
           std::string(R"({"choices":[],"usage":{"prompt_tokens":1e30}})"),
           std::string(R"({"choices":[],"usage":{"completion_tokens":2000000000}})"),
       }) {
    const auto chunk = parse_relay_chunk(data, true, 1);
    ASSERT_FALSE(chunk) << data;
    EXPECT_EQ(chunk.error().code, Code::kCorrupt) << data;
  }
  for (const std::string& data :
       {chat(R"({"index":0,"text":["a"]})"),
        chat(R"({"index":0,"text":"a","logprobs":{"tokens":["a"],"token_logprobs":[]}})"),
        chat(R"({"index":0,"text":"a","logprobs":{"tokens":["a"],"token_logprobs":[null]}})"),
        chat(R"({"index":0,"text":"a","logprobs":{"tokens":[1],"token_logprobs":[1]}})")}) {
    EXPECT_FALSE(parse_relay_chunk(data, false, 1)) << data;
  }
}

}  // namespace
}  // namespace mw::server::openai
