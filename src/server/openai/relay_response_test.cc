// /v1/responses with a model of an upstream that speaks chat completions: a client of ours, and a
// server that answers as a test says.
#include "server/openai/relay_response.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "server/openai/response_items.h"
#include "server/testing/api_server.h"
#include "server/testing/schema_check.h"
#include "tests/support/scripted_server.h"

namespace mw::server {
namespace {

using testing::ApiServer;
using testing::body_of;
using testing::schema_problem;
using testing::TestClient;
using testing_support::ScriptedReply;
using testing_support::ScriptedRequest;
using testing_support::ScriptedServer;

constexpr char kPath[] = "/v1/responses";

std::string delta(const std::string& members, const std::string& finish = "null") {
  return R"(data: {"choices":[{"index":0,"delta":{)" + members + R"(},"finish_reason":)" + finish +
         "}]}\n\n";
}

std::string done(const std::string& reason) {
  return delta("", "\"" + reason + "\"") +
         R"(data: {"choices":[],"usage":{"prompt_tokens":11,"completion_tokens":5,)"
         R"("completion_tokens_details":{"reasoning_tokens":2}}})"
         "\n\ndata: [DONE]\n\n";
}

std::string call(int index, const std::string& members) {
  return delta(R"("tool_calls":[{"index":)" + std::to_string(index) + "," + members + "}]");
}

/// Answers each question with the next of `streams`, the last one again and again.
ScriptedServer::Script saying(std::vector<std::string> streams) {
  return [streams = std::move(streams),
          next = std::make_shared<std::atomic<std::size_t>>(0)](const ScriptedRequest& request) {
    if (request.method == "GET") return ScriptedReply::http(200, R"({"data":[{"id":"org/m"}]})");
    ScriptedReply reply;
    reply.bytes = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" +
                  streams[std::min(next->fetch_add(1), streams.size() - 1)];
    return reply;
  };
}

upstream::UpstreamOptions cluster(const ScriptedServer& replica,
                                  std::vector<std::string> fallback = {}) {
  upstream::UpstreamOptions out;
  out.name = "cluster";
  out.models = {"org/m"};
  out.fallback = std::move(fallback);
  out.health_interval = std::chrono::milliseconds(60'000);
  out.replicas.push_back(*upstream::parse_base_url(replica.address() + "/v1"));
  return out;
}

std::string ask(const std::string& members = {}) {
  return R"({"model":"cluster/org/m","input":"hi")" + (members.empty() ? "" : "," + members) + "}";
}

Json asked_last(const ScriptedServer& server) {
  Json out;
  for (const ScriptedRequest& each : server.requests()) {
    if (each.method == "POST") out = *parse_json(each.body);
  }
  return out;
}

std::vector<Json> events_of(const std::string& body) {
  std::vector<Json> out;
  for (std::size_t at = body.find("data: {"); at != std::string::npos;
       at = body.find("data: {", at + 1)) {
    out.push_back(*parse_json(body.substr(at + 6, body.find("\n\n", at) - at - 6)));
    EXPECT_EQ(schema_problem("ResponseEvent", out.back()), "") << out.back();
    EXPECT_EQ(out.back()["sequence_number"], out.size() - 1);
  }
  return out;
}

std::string thoughtful() {
  return delta(R"("role":"assistant","content":"")") + delta(R"("reasoning_content":"hm")") +
         delta(R"("content":"Hel")") + delta(R"("content":"lo")") + done("stop");
}

TEST(RelayResponse, AnswersAndKeepsTheConversationHere) {
  ScriptedServer peer(saying({thoughtful()}));
  ApiServer server({}, true, 320, {cluster(peer)});
  TestClient client(server.port());
  const auto response = client.post(
      kPath,
      ask(R"("instructions":"be kind","temperature":0.5,"max_output_tokens":40,)"
          R"("text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object"}}})"));
  const Json body = body_of(response);
  ASSERT_EQ(response->status, 200) << response->body;
  EXPECT_EQ(schema_problem("Response", body), "");
  EXPECT_EQ(body["model"], "cluster/org/m");
  EXPECT_EQ(body["output"][0]["content"][0]["text"], "hm");
  EXPECT_EQ(body["output"][1]["content"][0]["text"], "Hello");
  EXPECT_EQ(body["usage"]["input_tokens"], 11);
  EXPECT_EQ(body["usage"]["output_tokens_details"]["reasoning_tokens"], 2);
  EXPECT_EQ(response->header("x-millwright-replica"), "cluster/1");
  EXPECT_EQ(asked_last(peer), *parse_json(R"({"messages":[{"role":"system","content":"be kind"},
      {"role":"user","content":"hi"}],"temperature":0.5,"max_tokens":40,
      "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}},
      "model":"org/m","stream":true,"stream_options":{"include_usage":true}})"));

  const std::string id = body["id"].get<std::string>();
  EXPECT_EQ(body_of(client.get(kPath + ("/" + id))), body);
  client.post(kPath, ask(R"("previous_response_id":")" + id + "\""));
  EXPECT_EQ(asked_last(peer)["messages"],
            *parse_json(R"([{"role":"user","content":"hi"},{"role":"assistant","content":"Hello"},
                            {"role":"user","content":"hi"}])"));
}

TEST(RelayResponse, StreamsEveryEventInOrder) {
  ScriptedServer peer(saying({thoughtful()}));
  ApiServer server({}, true, 320, {cluster(peer)});
  TestClient client(server.port());
  const auto response = client.post(kPath, ask(R"("stream":true)"));
  ASSERT_EQ(response->status, 200);
  std::vector<std::string> names;
  const auto events = events_of(response->body);
  for (const Json& event : events) names.push_back(event["type"].get<std::string>());
  EXPECT_EQ(
      names,
      (std::vector<std::string>{
          "response.created", "response.in_progress", "response.output_item.added",
          "response.content_part.added", "response.reasoning_text.delta",
          "response.reasoning_text.done", "response.content_part.done", "response.output_item.done",
          "response.output_item.added", "response.content_part.added", "response.output_text.delta",
          "response.output_text.delta", "response.output_text.done", "response.content_part.done",
          "response.output_item.done", "response.completed"}));
  const Json& last = events.back()["response"];
  EXPECT_EQ(body_of(client.get(kPath + ("/" + last["id"].get<std::string>()))), last);
}

TEST(RelayResponse, PassesToolsOnAndCallsBack) {
  const std::string calls =
      delta(R"("content":"See.")") +
      call(0, R"("id":"theirs","type":"function","function":{"name":"f","arguments":""})") +
      call(0, R"("function":{"arguments":"{\"a\":"})") +
      call(0, R"("function":{"arguments":"1}"})") + delta(R"("content":"\n")") +
      call(1, R"("id":"x","type":"function","function":{"name":"g","arguments":"{}"})") +
      done("tool_calls");
  ScriptedServer peer(saying({calls, calls, thoughtful()}));
  ApiServer server({}, true, 320, {cluster(peer)});
  TestClient client(server.port());
  const std::string tools =
      R"("tools":[{"type":"function","name":"f","description":"d","parameters":{"type":"object"}},)"
      R"({"type":"function","name":"g"}],"tool_choice":"required","parallel_tool_calls":true)";
  const Json body = body_of(client.post(kPath, ask(tools)));
  EXPECT_EQ(schema_problem("Response", body), "");
  ASSERT_EQ(body["output"].size(), 3U) << body;
  EXPECT_EQ(body["output"][1]["arguments"], R"({"a":1})");
  EXPECT_EQ(body["output"][2]["name"], "g");
  EXPECT_EQ(body["output"][2]["status"], "completed");
  const Json asked = asked_last(peer);
  EXPECT_EQ(asked["tools"][0], *parse_json(R"({"type":"function","function":{"name":"f",
      "description":"d","parameters":{"type":"object"}}})"));
  EXPECT_EQ(asked["tool_choice"], "required");
  EXPECT_EQ(asked["parallel_tool_calls"], true);

  const auto streamed = client.post(kPath, ask(tools + R"(,"stream":true)"));
  EXPECT_EQ(events_of(streamed->body).back()["response"]["output"][1]["arguments"], R"({"a":1})");

  const std::string id = body["output"][1]["call_id"].get<std::string>();
  client.post(kPath, R"({"model":"cluster/org/m","previous_response_id":")" +
                         body["id"].get<std::string>() +
                         R"(","input":[{"type":"function_call_output","call_id":")" + id +
                         R"(","output":"one"}]})");
  const Json messages = asked_last(peer)["messages"];
  ASSERT_EQ(messages.size(), 3U);
  EXPECT_EQ(messages[1]["content"], "See.");
  EXPECT_EQ(messages[1]["tool_calls"][0]["id"], id);
  EXPECT_EQ(messages[2], Json({{"role", "tool"}, {"content", "one"}, {"tool_call_id", id}}));
}

TEST(RelayResponse, TellsWhyItIsIncomplete) {
  ScriptedServer peer(saying({delta(R"("content":"Hel")") + done("length"),
                              delta(R"("content":"Hel")") + done("content_filter")}));
  ApiServer server({}, true, 320, {cluster(peer)});
  TestClient client(server.port());
  for (const char* reason : {"max_output_tokens", "content_filter"}) {
    const Json body = body_of(client.post(kPath, ask()));
    EXPECT_EQ(schema_problem("Response", body), "");
    EXPECT_EQ(body["status"], "incomplete");
    EXPECT_EQ(body["incomplete_details"]["reason"], reason);
  }
}

TEST(RelayResponse, ARoleAloneIsNoAnswerYetSoAnotherReplicaMayGiveIt) {
  ScriptedServer peer(saying({delta(R"("role":"assistant","content":"")")}));
  ApiServer server({}, true, 320, {cluster(peer, {"tiny"})});
  TestClient client(server.port());
  const auto events = events_of(client.post(kPath, ask(R"("stream":true)"))->body);
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events.back()["type"], "response.completed");
  EXPECT_EQ(events.back()["response"]["model"], "tiny");
}

TEST(RelayResponse, LogProbabilitiesOfAThoughtOpenNoMessageAndIdsDoNotRepeat) {
  const std::string logprobs =
      R"(,"logprobs":{"content":[{"token":"h","logprob":-1,"bytes":[104],"top_logprobs":[]}]})";
  const auto with = [&](const std::string& members) {
    return R"(data: {"choices":[{"index":0,"delta":{)" + members + "}" + logprobs +
           R"(,"finish_reason":null}]})"
           "\n\n";
  };
  ScriptedServer peer(
      saying({with(R"("reasoning_content":"h")") + with(R"("reasoning_content":"m")") +
              with(R"("content":"a")") + with(R"("reasoning_content":"h")") +
              with(R"("content":"b")") + done("stop")}));
  ApiServer server({}, true, 320, {cluster(peer)});
  TestClient client(server.port());
  const Json body =
      body_of(client.post(kPath, ask(R"("include":["message.output_text.logprobs"])")));
  EXPECT_EQ(schema_problem("Response", body), "");
  std::vector<std::string> types;
  std::set<std::string> ids;
  for (const Json& item : body["output"]) {
    types.push_back(item["type"].get<std::string>());
    ids.insert(item["id"].get<std::string>());
  }
  EXPECT_EQ(types, (std::vector<std::string>{"reasoning", "message", "reasoning", "message"}));
  EXPECT_EQ(ids.size(), 4U);
  EXPECT_EQ(body["output"][1]["content"][0]["logprobs"].size(), 1U);
}

TEST(RelayResponse, ACallWithoutArgumentsIsOneWithAnEmptyObject) {
  ScriptedServer peer(
      saying({call(0, R"("id":"c","type":"function","function":{"name":"f","arguments":""})") +
              done("tool_calls")}));
  ApiServer server({}, true, 320, {cluster(peer)});
  TestClient client(server.port());
  const Json body = body_of(client.post(kPath, ask(R"("tools":[{"type":"function","name":"f"}])")));
  EXPECT_EQ(schema_problem("Response", body), "");
  EXPECT_EQ(body["output"][0]["arguments"], "{}");
}

TEST(RelayResponse, FailsInItsOwnEventsAndKeepsNothing) {
  ScriptedServer peer(saying({delta(R"("content":"Hel")"), call(3, R"("function":{})")}));
  ApiServer server({}, true, 320, {cluster(peer)});
  TestClient client(server.port());
  const auto broken = events_of(client.post(kPath, ask(R"("stream":true)"))->body);
  ASSERT_FALSE(broken.empty());
  EXPECT_EQ(broken.back()["type"], "response.failed");
  const std::string id = broken[0]["response"]["id"].get<std::string>();
  EXPECT_EQ(client.get(kPath + ("/" + id))->status, 404);
  const auto wrong = client.post(kPath, ask());
  EXPECT_GE(wrong->status, 500) << wrong->body;
  EXPECT_EQ(schema_problem("ErrorResponse", body_of(wrong)), "");
}

TEST(RelayResponse, FallsBackToAModelOfThisMachine) {
  ScriptedServer peer([](const ScriptedRequest&) { return ScriptedReply::http(500, "{}"); });
  ApiServer server({}, true, 320, {cluster(peer, {"tiny"})});
  TestClient client(server.port());
  const auto response = client.post(kPath, ask());
  ASSERT_EQ(response->status, 200) << response->body;
  EXPECT_EQ(body_of(response)["model"], "tiny");
  EXPECT_EQ(response->header("x-millwright-fallback-for"), "cluster/org/m");
}

TEST(RelayResponse, AsksWithTheFieldsOfAChat) {
  const auto sent = *parse_json(
      R"({"model":"u/m","input":"hi","top_p":0.5,"stop":["x"],"reasoning":{"effort":"low"},)"
      R"("top_logprobs":2,"store":false,"metadata":{"a":"b"},"messages":"theirs",)"
      R"("tools":[{"type":"function","name":"f"},{"type":"function","name":"g"}],)"
      R"("tool_choice":{"type":"function","name":"g"}})");
  const auto request = openai::parse_response_request(to_text(sent));
  ASSERT_TRUE(request) << request.error().message.en;
  const Json chat = openai::chat_request_of(sent, *request, openai::turns_of(request->input));
  EXPECT_EQ(chat, *parse_json(R"({"messages":[{"role":"user","content":"hi"}],"top_p":0.5,
      "stop":["x"],"reasoning_effort":"low","logprobs":true,"top_logprobs":2,
      "tools":[{"type":"function","function":{"name":"g"}}],
      "parallel_tool_calls":true,"tool_choice":{"type":"function","function":{"name":"g"}}})"));
}

}  // namespace
}  // namespace mw::server
