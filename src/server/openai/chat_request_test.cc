#include "server/openai/chat_request.h"

#include <gtest/gtest.h>

namespace mw::server::openai {
namespace {

constexpr char kMinimal[] = R"({"model":"m","messages":[{"role":"user","content":"hi"}]})";

// The minimal request with further members.
std::string with(const std::string& members) {
  std::string out = kMinimal;
  return out.substr(0, out.size() - 1) + "," + members + "}";
}

TEST(ChatRequest, HasOpenAisDefaults) {
  const auto request = parse_chat_request(kMinimal);
  ASSERT_TRUE(request) << request.error().message.en;
  EXPECT_EQ(request->model, "m");
  EXPECT_EQ(request->n, 1);
  EXPECT_FALSE(request->stream);
  EXPECT_EQ(request->sampling.temperature, 1.0F);
  EXPECT_EQ(request->sampling.top_p, 1.0F);
  EXPECT_FALSE(request->max_tokens.has_value());
  EXPECT_FALSE(request->seed.has_value());
  EXPECT_EQ(request->top_logprobs, -1);
  EXPECT_TRUE(request->ignored.empty());
}

TEST(ChatRequest, ReadsEveryFieldThatChangesTheAnswer) {
  const auto request = parse_chat_request(with(
      R"("n":3,"stream":true,"stream_options":{"include_usage":true},"temperature":0.5,"top_p":0.9,)"
      R"("presence_penalty":-1,"frequency_penalty":1.5,"seed":-7,"stop":["a","b"],)"
      R"("logit_bias":{"5":-100,"6":2.5},"logprobs":true,"top_logprobs":4,)"
      R"("max_completion_tokens":9,"top_k":40,"min_p":0.05,"repeat_penalty":1.1,"ignore_eos":true)"));
  ASSERT_TRUE(request) << request.error().message.en;
  EXPECT_EQ(request->n, 3);
  EXPECT_TRUE(request->stream && request->include_usage && request->ignore_eos);
  EXPECT_EQ(request->sampling.temperature, 0.5F);
  EXPECT_EQ(request->sampling.top_p, 0.9F);
  EXPECT_EQ(request->sampling.presence_penalty, -1.0F);
  EXPECT_EQ(request->sampling.frequency_penalty, 1.5F);
  EXPECT_EQ(request->sampling.top_k, 40);
  EXPECT_EQ(request->sampling.min_p, 0.05F);
  EXPECT_EQ(request->sampling.repeat_penalty, 1.1F);
  EXPECT_EQ(request->seed, static_cast<uint64_t>(int64_t{-7}));
  EXPECT_EQ(request->stop, (std::vector<std::string>{"a", "b"}));
  const std::vector<std::pair<int32_t, float>> bias = {{5, -100.0F}, {6, 2.5F}};
  EXPECT_EQ(request->sampling.logit_bias, bias);
  EXPECT_EQ(request->top_logprobs, 4);
  EXPECT_EQ(request->max_tokens, 9);
}

TEST(ChatRequest, TakesContentAsTextPartsAndDeveloperAsSystem) {
  const auto request = parse_chat_request(
      R"({"model":"m","messages":[{"role":"developer","content":"be brief"},
          {"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},
          {"role":"assistant","content":null},{"role":"assistant","content":""}]})");
  ASSERT_TRUE(request) << request.error().message.en;
  ASSERT_EQ(request->messages.size(), 4U);
  EXPECT_EQ(request->messages[0].role, "system");
  EXPECT_EQ(request->messages[1].content, "a\nb");
  EXPECT_EQ(request->messages[2].content, "");
}

TEST(ChatRequest, TreatsNullAsAbsent) {
  const auto request = parse_chat_request(
      with(R"("temperature":null,"stop":null,"n":null,"stream":null,"tools":null,"seed":null,)"
           R"("logit_bias":null,"response_format":null,"audio":null,"stream_options":null)"));
  ASSERT_TRUE(request) << request.error().message.en;
  EXPECT_EQ(request->sampling.temperature, 1.0F);
}

TEST(ChatRequest, NamesWhatItIgnoresAndWhatHasNoEffect) {
  const auto request = parse_chat_request(
      R"({"model":"m","user":"u","metadata":{"a":"b"},"store":false,"my_extra":1,
          "stream_options2":{},"tool_choice":"none","tools":[{"type":"function"}],
          "messages":[{"role":"user","content":"hi","name":"bob","extra":1}]})");
  ASSERT_TRUE(request) << request.error().message.en;
  EXPECT_EQ(request->ignored,
            (std::vector<std::string>{"messages[0].extra", "my_extra", "stream_options2"}));
  EXPECT_EQ(request->without_effect, (std::vector<std::string>{"user", "messages[0].name", "tools",
                                                               "tool_choice", "metadata"}));
}

struct Row {
  const char* members;
  const char* param;
};

TEST(ChatRequest, RefusesWrongTypesAndValuesByName) {
  const Row rows[] = {
      {R"("temperature":"hot")", "temperature"},
      {R"("temperature":2.5)", "temperature"},
      {R"("temperature":-1)", "temperature"},
      {R"("top_p":1.01)", "top_p"},
      {R"("n":0)", "n"},
      {R"("n":129)", "n"},
      {R"("n":1.5)", "n"},
      {R"("n":true)", "n"},
      {R"("stream":"yes")", "stream"},
      {R"("stream_options":{"include_usage":true})", "stream_options"},
      {R"("stream":true,"stream_options":[])", "stream_options"},
      {R"("stream":true,"stream_options":{"include_usage":1})", "stream_options.include_usage"},
      {R"("stop":["a","b","c","d","e"])", "stop"},
      {R"("stop":[1])", "stop"},
      {R"("stop":"")", "stop"},
      {R"("stop":{})", "stop"},
      {R"("logit_bias":[1])", "logit_bias"},
      {R"("logit_bias":{"x":1})", "logit_bias"},
      {R"("logit_bias":{"-1":1})", "logit_bias"},
      {R"("logit_bias":{"1":101})", "logit_bias"},
      {R"("logit_bias":{"1":"a"})", "logit_bias"},
      {R"("logit_bias":{"99999999999999":1})", "logit_bias"},
      {R"("logprobs":1)", "logprobs"},
      {R"("logprobs":true,"top_logprobs":21)", "top_logprobs"},
      {R"("top_logprobs":2)", "top_logprobs"},
      {R"("max_tokens":0)", "max_tokens"},
      {R"("max_tokens":1e300)", "max_tokens"},
      {R"("max_tokens":18446744073709551615)", "max_tokens"},
      {R"("max_tokens":5,"max_completion_tokens":6)", "max_tokens"},
      {R"("seed":"x")", "seed"},
      {R"("presence_penalty":3)", "presence_penalty"},
      {R"("frequency_penalty":[])", "frequency_penalty"},
      {R"("user":5)", "user"},
      {R"("metadata":"x")", "metadata"},
      {R"("min_p":2)", "min_p"},
      {R"("reasoning_effort":"hard")", "reasoning_effort"},
      {R"("response_format":{"type":"xml"})", "response_format.type"},
      {R"("response_format":"text")", "response_format"},
      {R"("response_format":{"type":"json_schema"})", "response_format.json_schema"},
      {R"("response_format":{"type":"json_schema","json_schema":{}})",
       "response_format.json_schema.name"},
      {R"("response_format":{"type":"json_schema","json_schema":{"name":"a","schema":1}})",
       "response_format.json_schema.schema"},
      {R"("response_format":{"type":"json_object"},"guided_regex":"a")", "guided_regex"},
      {R"("guided_choice":[])", "guided_choice"},
      {R"("structured_outputs":[])", "structured_outputs"},
      {R"("grammar":5)", "grammar"},
      {R"("tool_choice":"required")", "tool_choice"},
      {R"("tools":{})", "tools"},
      {R"("tools":[5])", "tools[0]"},
      {R"("tools":[{"type":"function","function":{"name":"a b"}}])", "tools[0].function.name"},
      {R"("tools":[{"type":"function","function":{"name":"f","parameters":[]}}])",
       "tools[0].function.parameters"},
      {R"("tools":[{"type":"function","function":{"name":"f"}},{"type":"function","function":)"
       R"({"name":"f"}}])",
       "tools"},
      {R"("tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{"type":"function",)"
       R"("function":{"name":"g"}})",
       "tool_choice"},
      {R"("tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"any")",
       "tool_choice"},
  };
  for (const Row& row : rows) {
    const auto request = parse_chat_request(with(row.members));
    ASSERT_FALSE(request) << row.members;
    EXPECT_EQ(request.error().code, Code::kInvalidArgument) << row.members;
    EXPECT_EQ(request.error().param, row.param) << row.members;
    EXPECT_FALSE(request.error().message.zh.empty()) << row.members;
  }
}

TEST(ChatRequest, RefusesWhatWouldChangeTheAnswerAndIsNotDone) {
  const Row rows[] = {
      {R"("tools":[{"type":"custom","custom":{"name":"f"}}])", "tools[0].type"},
      {R"("tools":[{"type":"function","function":{"name":"f"}}],"json_schema":{})", "json_schema"},
      {R"("functions":[{"name":"f"}])", "functions"},
      {R"("function_call":{"name":"f"})", "function_call"},
      {R"("structured_outputs":{"ebnf":"x"})", "structured_outputs.ebnf"},
      {R"("modalities":["text","audio"])", "modalities"},
      {R"("audio":{"voice":"alloy"})", "audio"},
      {R"("web_search_options":{})", "web_search_options"},
      {R"("moderation":{})", "moderation"},
      {R"("store":true)", "store"},
      {R"("service_tier":"scale")", "service_tier"},
      {R"("verbosity":"high")", "verbosity"},
  };
  for (const Row& row : rows) {
    const auto request = parse_chat_request(with(row.members));
    ASSERT_FALSE(request) << row.members;
    EXPECT_EQ(request.error().code, Code::kUnsupported) << row.members;
    EXPECT_EQ(request.error().param, row.param) << row.members;
  }
}

TEST(ChatRequest, KnowsAll37FieldsOfOpenAisDescription) {
  // Each with null, which is "absent" for all of them: none may be reported as unknown.
  const char* names[] = {"audio",
                         "frequency_penalty",
                         "function_call",
                         "functions",
                         "logit_bias",
                         "logprobs",
                         "top_logprobs",
                         "max_completion_tokens",
                         "max_tokens",
                         "metadata",
                         "modalities",
                         "n",
                         "parallel_tool_calls",
                         "prediction",
                         "presence_penalty",
                         "prompt_cache_key",
                         "prompt_cache_options",
                         "prompt_cache_retention",
                         "reasoning_effort",
                         "response_format",
                         "safety_identifier",
                         "seed",
                         "service_tier",
                         "stop",
                         "store",
                         "stream",
                         "stream_options",
                         "temperature",
                         "tool_choice",
                         "tools",
                         "top_p",
                         "user",
                         "verbosity",
                         "web_search_options",
                         "moderation"};
  std::string members;
  for (const char* name : names) members += "\"" + std::string(name) + "\":null,";
  const auto request = parse_chat_request(with(members + "\"zzz\":null"));
  ASSERT_TRUE(request) << request.error().message.en;
  EXPECT_EQ(request->ignored, std::vector<std::string>{"zzz"});
}

TEST(ChatRequest, RefusesBrokenMessagesByPath) {
  const Row rows[] = {
      {R"({"model":"m"})", "messages"},
      {R"({"model":"m","messages":[]})", "messages"},
      {R"({"model":"m","messages":"hi"})", "messages"},
      {R"({"model":"m","messages":[5]})", "messages[0]"},
      {R"({"model":"m","messages":[{"content":"x"}]})", "messages[0].role"},
      {R"({"model":"m","messages":[{"role":"boss","content":"x"}]})", "messages[0].role"},
      {R"({"model":"m","messages":[{"role":7,"content":"x"}]})", "messages[0].role"},
      {R"({"model":"m","messages":[{"role":"function","content":"x"}]})", "messages[0].role"},
      {R"({"model":"m","messages":[{"role":"user"}]})", "messages[0].content"},
      {R"({"model":"m","messages":[{"role":"user","content":5}]})", "messages[0].content"},
      {R"({"model":"m","messages":[{"role":"user","content":[5]}]})", "messages[0].content[0]"},
      {R"({"model":"m","messages":[{"role":"user","content":[{"type":"image_url"}]}]})",
       "messages[0].content[0].type"},
      {R"({"model":"m","messages":[{"role":"user","content":[{"type":"text"}]}]})",
       "messages[0].content[0].text"},
      {R"({"model":"m","messages":[{"role":"user","content":"a"},
           {"role":"assistant","content":null,"tool_calls":[{"id":"1"}]}]})",
       "messages[1].tool_calls[0]"},
      {R"({"messages":[{"role":"user","content":"x"}]})", "model"},
      {R"({"model":"","messages":[{"role":"user","content":"x"}]})", "model"},
      {R"({"model":5,"messages":[{"role":"user","content":"x"}]})", "model"},
  };
  for (const Row& row : rows) {
    const auto request = parse_chat_request(row.members);
    ASSERT_FALSE(request) << row.members;
    EXPECT_EQ(request.error().param, row.param) << row.members;
  }
}

TEST(ChatRequest, RefusesWhatIsNoJsonObject) {
  for (const std::string& body :
       {std::string(), std::string("{"), std::string("[]"), std::string("5"), std::string("null"),
        std::string("{}x"), std::string("\xff"), std::string(100'000, '['),
        std::string("{\"model\":\"\xc3\x28\"}")}) {
    const auto request = parse_chat_request(body);
    ASSERT_FALSE(request) << body.substr(0, 20);
    EXPECT_EQ(request.error().param, "body");
  }
}

TEST(ChatRequest, KeepsErrorMessagesShort) {
  const auto request =
      parse_chat_request(with("\"temperature\":\"" + std::string(5000, 'x') + "\""));
  ASSERT_FALSE(request);
  EXPECT_LT(request.error().message.en.size(), 200U);
}

TEST(ChoiceSeed, KeepsTheFirstAndSpreadsTheRest) {
  EXPECT_EQ(choice_seed(42, 0), 42U);
  EXPECT_NE(choice_seed(42, 1), choice_seed(42, 2));
  EXPECT_NE(choice_seed(42, 1), choice_seed(43, 1));
}

}  // namespace
}  // namespace mw::server::openai
