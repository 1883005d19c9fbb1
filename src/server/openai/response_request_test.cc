#include "server/openai/response_request.h"

#include <gtest/gtest.h>

#include "server/openai/response_items.h"
#include "server/openai/response_shapes.h"

namespace mw::server::openai {
namespace {

std::string with(const std::string& members) {
  return R"({"model":"m","input":"hi")" + (members.empty() ? "" : "," + members) + "}";
}

TEST(ResponseRequest, HasOpenAisDefaults) {
  const auto request = parse_response_request(with(""));
  ASSERT_TRUE(request) << request.error().message.en;
  EXPECT_TRUE(request->store && request->tools.parallel);
  EXPECT_FALSE(request->stream || request->instructions || request->max_tokens);
  EXPECT_EQ(request->sampling.temperature, 1.0F);
  EXPECT_EQ(request->top_logprobs, -1);
  EXPECT_TRUE(request->ignored.empty() && request->without_effect.empty());
  const auto turns = turns_of(request->input);
  ASSERT_EQ(turns.size(), 1U);
  EXPECT_EQ(turns[0].role, "user");
  EXPECT_EQ(turns[0].content, "hi");
}

TEST(ResponseRequest, ReadsItemsOfEveryFormThatClientsSend) {
  const auto request = parse_response_request(R"({"model":"m","input":[
      {"role":"developer","content":"be brief"},
      {"type":"message","role":"user","content":[{"type":"input_text","text":"a"},
                                                 {"type":"input_text","text":"b"}]},
      {"type":"reasoning","id":"rs_1","summary":[]},
      {"type":"message","id":"msg_1","status":"completed","role":"assistant",
       "content":[{"type":"output_text","text":"c","annotations":[],"logprobs":[]}]},
      {"role":"assistant","content":[{"type":"refusal","refusal":"no"}]}]})");
  ASSERT_TRUE(request) << request.error().message.en;
  const auto turns = turns_of(request->input);
  ASSERT_EQ(turns.size(), 4U);
  EXPECT_EQ(turns[0].role, "system");
  EXPECT_EQ(turns[1].content, "a\nb");
  EXPECT_EQ(turns[2].role, "assistant");
  EXPECT_EQ(turns[2].content, "c");
  EXPECT_EQ(turns[3].content, "no");
  EXPECT_EQ(request->without_effect,
            (std::vector<std::string>{"input[2]", "input[3].id", "input[3].status",
                                      "input[3].content[0].annotations",
                                      "input[3].content[0].logprobs"}));
}

TEST(ResponseRequest, ReadsEveryFieldThatChangesTheAnswer) {
  const auto good = parse_response_request(with(
      R"("instructions":"x","previous_response_id":"resp_1","store":false,"temperature":0.5,)"
      R"("top_p":0.9,"max_output_tokens":20,"metadata":{"a":"b"},"stream":true,"top_logprobs":3,)"
      R"("stream_options":{"include_obfuscation":true},"service_tier":"flex",)"
      R"("reasoning":{"effort":"low"},"text":{"format":{"type":"text"}})"));
  ASSERT_TRUE(good) << good.error().message.en;
  EXPECT_EQ(*good->instructions, "x");
  EXPECT_EQ(good->previous_response_id, "resp_1");
  EXPECT_FALSE(good->store);
  EXPECT_EQ(good->max_tokens, 20);
  EXPECT_EQ(good->metadata, Json({{"a", "b"}}));
  EXPECT_TRUE(good->stream && good->include_obfuscation);
  EXPECT_EQ(good->top_logprobs, 3);
  EXPECT_EQ(good->reasoning_effort, "low");
  EXPECT_EQ(good->priority, runtime::Priority::kBatch);
  EXPECT_TRUE(good->without_effect.empty());
}

struct Row {
  const char* members;
  const char* param;
};

TEST(ResponseRequest, RefusesWrongTypesAndValuesByName) {
  const Row rows[] = {
      {R"("instructions":5)", "instructions"},
      {R"("max_output_tokens":0)", "max_output_tokens"},
      {R"("metadata":{"a":1})", "metadata"},
      {R"("metadata":[])", "metadata"},
      {R"("store":"yes")", "store"},
      {R"("text":5)", "text"},
      {R"("text":{"format":5})", "text.format"},
      {R"("text":{"format":{"type":"xml"}})", "text.format.type"},
      {R"("reasoning":5)", "reasoning"},
      {R"("reasoning":{"effort":"hard"})", "reasoning.effort"},
      {R"("include":"x")", "include"},
      {R"("include":[5])", "include"},
      {R"("top_logprobs":21)", "top_logprobs"},
      {R"("tools":{})", "tools"},
      {R"("tools":[{"type":"function"}])", "tools[0].name"},
      {R"("tools":[{"type":"function","name":"f","parameters":[]}])", "tools[0].parameters"},
      {R"("tools":[{"type":"function","name":"f","strict":1}])", "tools[0].strict"},
      {R"("tools":[{"type":"function","name":"f"},{"type":"function","name":"f"}])", "tools"},
      {R"("tools":[{"type":"function","name":"f"}],"tool_choice":{"type":"function","name":"g"})",
       "tool_choice"},
      {R"("tools":[{"type":"function","name":"f"}],"tool_choice":{"type":"file_search"})",
       "tool_choice"},
      {R"("tool_choice":"required")", "tool_choice"},
      {R"("truncation":"most")", "truncation"},
      {R"("previous_response_id":7)", "previous_response_id"},
  };
  for (const Row& row : rows) {
    const auto request = parse_response_request(with(row.members));
    ASSERT_FALSE(request) << row.members;
    EXPECT_EQ(request.error().code, Code::kInvalidArgument) << row.members;
    EXPECT_EQ(request.error().param, row.param) << row.members;
    EXPECT_FALSE(request.error().message.zh.empty()) << row.members;
  }
}

TEST(ResponseRequest, RefusesWhatWouldChangeTheAnswerAndIsNotDone) {
  const Row rows[] = {
      {R"("background":true)", "background"},
      {R"("conversation":"conv_1")", "conversation"},
      {R"("prompt":{"id":"p"})", "prompt"},
      {R"("moderation":{})", "moderation"},
      {R"("context_management":[{"type":"compaction"}])", "context_management"},
      {R"("truncation":"auto")", "truncation"},
      {R"("text":{"verbosity":"low"})", "text.verbosity"},
      {R"("reasoning":{"summary":"detailed"})", "reasoning.summary"},
      {R"("include":["reasoning.encrypted_content"])", "include"},
      {R"("tools":[{"type":"web_search"}])", "tools[0].type"},
      {R"("tools":[{"type":"function","name":"f"},{"type":"custom","name":"g"}])", "tools[1].type"},
      {R"("tools":[{"type":"function","name":"f","defer_loading":true}])",
       "tools[0].defer_loading"},
      {R"("tools":[{"type":"function","name":"f","allowed_callers":["programmatic"]}])",
       "tools[0].allowed_callers"},
      {R"("tools":[{"type":"function","name":"f"}],"text":{"format":{"type":"json_object"}})",
       "text.format"},
      {R"("service_tier":"scale")", "service_tier"},
      {R"("n":2)", "n"},
  };
  for (const Row& row : rows) {
    const auto request = parse_response_request(with(row.members));
    ASSERT_FALSE(request) << row.members;
    EXPECT_EQ(request.error().code, Code::kUnsupported) << row.members;
    EXPECT_EQ(request.error().param, row.param) << row.members;
  }
}

TEST(ResponseRequest, RefusesBrokenItemsByPath) {
  const Row rows[] = {
      {R"({"model":"m"})", "input"},
      {R"({"model":"m","input":[]})", "input"},
      {R"({"model":"m","input":5})", "input"},
      {R"({"model":"m","input":[5]})", "input[0]"},
      {R"({"model":"m","input":[{}]})", "input[0].type"},
      {R"({"model":"m","input":[{"type":"item_reference","id":"x"}]})", "input[0].type"},
      {R"({"model":"m","input":[{"type":"web_search_call"}]})", "input[0].type"},
      {R"({"model":"m","input":[{"type":"function_call_output"}]})", "input[0].call_id"},
      {R"({"model":"m","input":[{"type":"function_call_output","call_id":"c"}]})",
       "input[0].output"},
      {R"({"model":"m","input":[{"type":"function_call_output","call_id":"c","output":5}]})",
       "input[0].output"},
      {R"({"model":"m","input":[{"type":"function_call_output","call_id":"c","output":[{"type":"input_image"}]}]})",
       "input[0].output[0].type"},
      {R"({"model":"m","input":[{"type":"function_call","name":"f","arguments":"{}"}]})",
       "input[0].call_id"},
      {R"({"model":"m","input":[{"type":"function_call","call_id":"c","arguments":"{}"}]})",
       "input[0].name"},
      {R"({"model":"m","input":[{"type":"function_call","call_id":"c","name":"f","arguments":"{"}]})",
       "input[0].arguments"},
      {R"({"model":"m","input":[{"role":"boss","content":"x"}]})", "input[0].role"},
      {R"({"model":"m","input":[{"role":"user"}]})", "input[0].content"},
      {R"({"model":"m","input":[{"role":"user","content":5}]})", "input[0].content"},
      {R"({"model":"m","input":[{"role":"user","content":[5]}]})", "input[0].content[0]"},
      {R"({"model":"m","input":[{"role":"user","content":[{"type":"input_image"}]}]})",
       "input[0].content[0].type"},
      {R"({"model":"m","input":[{"role":"user","content":[{"type":"input_text"}]}]})",
       "input[0].content[0].text"},
      {R"({"input":"x"})", "model"},
  };
  for (const Row& row : rows) {
    const auto request = parse_response_request(row.members);
    ASSERT_FALSE(request) << row.members;
    EXPECT_EQ(request.error().param, row.param) << row.members;
  }
}

TEST(ResponseRequest, ReadsToolsAndTellsThemAgain) {
  const auto request = parse_response_request(with(
      R"("tools":[{"type":"function","name":"f","description":"reads","parameters":{"type":"object"}},)"
      R"({"type":"function","name":"g","strict":false,"output_schema":{}}],)"
      R"("tool_choice":{"type":"function","name":"g"},"parallel_tool_calls":false)"));
  ASSERT_TRUE(request) << request.error().message.en;
  ASSERT_EQ(request->tools.tools.size(), 1U);
  EXPECT_EQ(request->tools.tools[0].name, "g");
  EXPECT_EQ(request->tools.choice, ToolUse::Choice::kRequired);
  EXPECT_FALSE(request->tools.parallel);
  EXPECT_EQ(request->without_effect, (std::vector<std::string>{"tools[1].output_schema"}));
  const Json told = response_object(*request, {"resp_0", 0, "m", ""});
  EXPECT_EQ(told["tools"], *parse_json(R"([{"type":"function","name":"f","description":"reads",
      "parameters":{"type":"object"},"strict":true},
      {"type":"function","name":"g","parameters":null,"strict":false}])"));
  EXPECT_EQ(told["tool_choice"], Json({{"type", "function"}, {"name", "g"}}));
  EXPECT_EQ(told["parallel_tool_calls"], false);

  const auto some = parse_response_request(with(
      R"("tools":[{"type":"function","name":"f"},{"type":"function","name":"g"}],"tool_choice":)"
      R"({"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"f"}]})"));
  ASSERT_TRUE(some);
  EXPECT_EQ(some->tool_choice, *parse_json(R"({"type":"allowed_tools","mode":"required",
                            "tools":[{"type":"function","name":"f"}]})"));
  const auto none =
      parse_response_request(with(R"("tools":[{"type":"web_search"}],"tool_choice":"none")"));
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->tools.active());
  EXPECT_EQ(none->tool_choice, "none");
}

TEST(ResponseRequest, ReadsCallsAndWhatCameOfThem) {
  const auto request = parse_response_request(R"({"model":"m","input":[
      {"role":"user","content":"a"},{"role":"assistant","content":"b"},
      {"type":"function_call","id":"fc_1","call_id":"c1","name":"f","arguments":"{\"x\":1}",
       "status":"completed"},
      {"type":"function_call","call_id":"c2","name":"g","arguments":"{}"},
      {"type":"function_call_output","call_id":"c1","output":"one"},
      {"type":"function_call_output","call_id":"c2",
       "output":[{"type":"input_text","text":"two"},{"type":"input_text","text":"three"}]}]})");
  ASSERT_TRUE(request) << request.error().message.en;
  const auto turns = turns_of(request->input);
  ASSERT_EQ(turns.size(), 4U);
  EXPECT_EQ(turns[1].content, "b");
  ASSERT_EQ(turns[1].calls.size(), 2U);
  EXPECT_EQ(turns[1].calls[0].arguments, "{\"x\":1}");
  EXPECT_EQ(turns[2].role, "tool");
  EXPECT_EQ(turns[2].content, "one");
  EXPECT_EQ(turns[3].content, "two\nthree");
  EXPECT_TRUE(check_call_ids(turns));
  const auto alone = check_call_ids({turns[2]});
  ASSERT_FALSE(alone);
  EXPECT_EQ(alone.error().param, "input");
  // One that was cut has no whole arguments and was not called.
  Json cut = request->input;
  cut[2]["status"] = "incomplete";
  EXPECT_EQ(turns_of(cut)[1].calls.size(), 1U);
}

TEST(ResponseRequest, ReadsNoTurnFromWhatIsNoMessage) {
  EXPECT_TRUE(turns_of(Json::array({5, Json::object(), {{"type", "message"}}})).empty());
  const Json odd = Json::array({{{"type", "message"}, {"role", 5}, {"content", Json::array({7})}}});
  ASSERT_EQ(turns_of(odd).size(), 1U);
  EXPECT_EQ(turns_of(odd)[0].content, "");
}

}  // namespace
}  // namespace mw::server::openai
