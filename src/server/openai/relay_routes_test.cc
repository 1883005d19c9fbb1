// Models of an upstream over a real socket on both sides: a client of ours, and a server that
// answers as a test says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/testing/api_server.h"
#include "server/testing/schema_check.h"
#include "tests/support/scripted_server.h"

namespace mw::server {
namespace {

using std::chrono::milliseconds;
using testing::ApiServer;
using testing::body_of;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::schema_problem;
using testing::TestClient;
using testing_support::ScriptedReply;
using testing_support::ScriptedRequest;
using testing_support::ScriptedServer;

constexpr char kChat[] = "/v1/chat/completions";
constexpr char kModels[] = R"({"data":[{"id":"org/m"}]})";

std::string delta(const std::string& members, const std::string& finish = "null") {
  return R"(data: {"id":"theirs","object":"chat.completion.chunk","created":5,"model":"theirs",)"
         R"("choices":[{"index":0,"delta":{)" +
         members + R"(},"finish_reason":)" + finish + "}]}\n\n";
}

std::string hello() {
  return delta(R"("role":"assistant","content":"")") + delta(R"("content":"Hel")") + ": ping\n\n" +
         delta(R"("content":"lo")") + delta("", "\"stop\"") +
         R"(data: {"choices":[],"usage":{"prompt_tokens":11,"completion_tokens":2}})" +
         "\n\ndata: [DONE]\n\n";
}

ScriptedReply stream(const std::string& events) {
  ScriptedReply reply;
  reply.bytes = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + events;
  return reply;
}

ScriptedServer::Script answering(std::function<ScriptedReply(const ScriptedRequest&)> answer) {
  return [answer = std::move(answer)](const ScriptedRequest& request) {
    return request.method == "GET" ? ScriptedReply::http(200, kModels) : answer(request);
  };
}

ScriptedServer::Script saying(const std::string& events) {
  return answering([events](const ScriptedRequest&) { return stream(events); });
}

upstream::UpstreamOptions cluster(std::initializer_list<const ScriptedServer*> replicas,
                                  std::vector<std::string> fallback = {}) {
  upstream::UpstreamOptions out;
  out.name = "cluster";
  out.api_key = "sk-of-the-cluster";
  out.models = {"org/m"};
  out.fallback = std::move(fallback);
  out.first_token_timeout = out.token_timeout = milliseconds(500);
  out.health_interval = milliseconds(60'000);
  for (const ScriptedServer* each : replicas) {
    out.replicas.push_back(*upstream::parse_base_url(each->address() + "/v1"));
  }
  return out;
}

std::string ask(const std::string& members = {}) {
  return R"({"model":"cluster/org/m","messages":[{"role":"user","content":"hi"}])" +
         (members.empty() ? "" : "," + members) + "}";
}

std::vector<ScriptedRequest> questions(const ScriptedServer& server) {
  std::vector<ScriptedRequest> out;
  for (const ScriptedRequest& each : server.requests()) {
    if (each.method == "POST") out.push_back(each);
  }
  return out;
}

TEST(Relay, AnswersWholeInOurShapeUnderOurIds) {
  ScriptedServer peer(saying(hello()));
  ApiServer server({}, true, 320, {cluster({&peer})});
  TestClient client(server.port());
  const auto response = client.post(kChat, ask(R"("temperature":0.5,"user":"u","nonsense":1)"),
                                    "Authorization: Bearer sk-of-the-client\r\n");
  const Json body = body_of(response);
  ASSERT_EQ(response->status, 200) << response->body;
  EXPECT_EQ(schema_problem("ChatCompletion", body), "");
  EXPECT_EQ(body["model"], "cluster/org/m");
  EXPECT_EQ(body["choices"][0]["message"]["content"], "Hello");
  EXPECT_EQ(body["usage"]["prompt_tokens"], 11);
  EXPECT_THAT(body["id"].get<std::string>(), HasSubstr("chatcmpl-"));
  EXPECT_EQ(response->header("x-millwright-model"), "cluster/org/m");
  EXPECT_EQ(response->header("x-millwright-replica"), "cluster/1");
  EXPECT_EQ(response->header("x-millwright-ignored-fields"), "nonsense");

  ASSERT_EQ(questions(peer).size(), 1u);
  const ScriptedRequest sent = questions(peer)[0];
  EXPECT_EQ(sent.target, "/v1/chat/completions");
  EXPECT_EQ(sent.headers.at("authorization"), "Bearer sk-of-the-cluster");
  const Json asked = *parse_json(sent.body);
  EXPECT_EQ(asked["model"], "org/m");
  EXPECT_EQ(asked["stream"], true);
  EXPECT_EQ(asked["temperature"], 0.5);
  EXPECT_EQ(asked["user"], "u");
  EXPECT_FALSE(asked.contains("nonsense"));
  EXPECT_THAT(sent.body, Not(HasSubstr("sk-of-the-client")));
}

TEST(Relay, StreamsOurOwnChunksAndUsage) {
  ScriptedServer peer(saying(hello()));
  ApiServer server({}, true, 320, {cluster({&peer})});
  TestClient client(server.port());
  const auto response =
      client.post(kChat, ask(R"("stream":true,"stream_options":{"include_usage":true})"));
  ASSERT_EQ(response->status, 200);
  EXPECT_THAT(response->body, Not(HasSubstr("theirs")));
  EXPECT_THAT(response->body, HasSubstr(R"("delta":{"content":"Hel"})"));
  EXPECT_THAT(response->body, HasSubstr(R"("prompt_tokens":11)"));
  EXPECT_TRUE(response->body.ends_with("data: [DONE]\n\n"));
  EXPECT_EQ(response->header("x-millwright-replica"), "cluster/1");
  std::size_t events = 0;
  for (std::size_t at = response->body.find("data: {"); at != std::string::npos;
       at = response->body.find("data: {", at + 1)) {
    const std::size_t end = response->body.find("\n\n", at);
    const Json chunk = *parse_json(response->body.substr(at + 6, end - at - 6));
    EXPECT_EQ(schema_problem("ChatChunk", chunk), "") << to_text(chunk);
    ++events;
  }
  EXPECT_EQ(events, 5u);  // role, two pieces, the end, usage
}

TEST(Relay, ToolCallsGetOurIdsWholeAndStreamed) {
  const std::string calls =
      delta(R"("tool_calls":[{"index":0,"id":"theirs","type":"function","function":)"
            R"({"name":"stop_line","arguments":""}}])") +
      delta(R"("tool_calls":[{"index":0,"function":{"arguments":"{\"line\":"}}])") +
      delta(R"("tool_calls":[{"index":0,"function":{"arguments":"2}"}}])") +
      delta("", "\"tool_calls\"") + "data: [DONE]\n\n";
  ScriptedServer peer(saying(calls));
  ApiServer server({}, true, 320, {cluster({&peer})});
  const std::string tools =
      R"("tools":[{"type":"function","function":{"name":"stop_line","parameters":{"type":"object"}}}])";
  TestClient client(server.port());
  const auto whole = client.post(kChat, ask(tools));
  const Json body = body_of(whole);
  EXPECT_EQ(schema_problem("ChatCompletion", body), "");
  const Json& call = body["choices"][0]["message"]["tool_calls"][0];
  EXPECT_EQ(call["function"]["name"], "stop_line");
  EXPECT_EQ(call["function"]["arguments"], R"({"line":2})");
  EXPECT_THAT(call["id"].get<std::string>(), Not(HasSubstr("theirs")));
  EXPECT_EQ(body["choices"][0]["finish_reason"], "tool_calls");
  const auto streamed = client.post(kChat, ask(tools + R"(,"stream":true)"));
  EXPECT_THAT(streamed->body, Not(HasSubstr("theirs")));
  EXPECT_THAT(streamed->body, HasSubstr(R"("arguments":"2}")"));
}

TEST(Relay, CompletionsGoTheSameWay) {
  ScriptedServer peer(
      saying("data: {\"choices\":[{\"index\":0,\"text\":\" on\"}]}\n\n"
             "data: {\"choices\":[{\"index\":0,\"text\":\"!\","
             "\"finish_reason\":\"length\"}]}\n\ndata: [DONE]\n\n"));
  ApiServer server({}, true, 320, {cluster({&peer})});
  TestClient client(server.port());
  const auto response =
      client.post("/v1/completions", R"({"model":"cluster/org/m","prompt":"go","max_tokens":2})");
  const Json body = body_of(response);
  EXPECT_EQ(schema_problem("Completion", body), "");
  EXPECT_EQ(body["choices"][0]["text"], " on!");
  EXPECT_EQ(body["choices"][0]["finish_reason"], "length");
  EXPECT_EQ(body["usage"]["completion_tokens"], 2);  // counted: none were told
  EXPECT_EQ(questions(peer)[0].target, "/v1/completions");
  EXPECT_EQ(
      client.post("/v1/completions", R"({"model":"cluster/org/m","prompt":"go","best_of":2})")
          ->status,
      400);
}

TEST(Relay, RequestsAreRefusedByOurOwnReaderFirst) {
  ScriptedServer peer(saying(hello()));
  ApiServer server({}, true, 320, {cluster({&peer})});
  TestClient client(server.port());
  for (const char* members : {R"("temperature":9)", R"("n":0)", R"("tools":7)",
                              R"("stream_options":{"include_usage":true})"}) {
    EXPECT_EQ(client.post(kChat, ask(members))->status, 400) << members;
  }
  EXPECT_TRUE(questions(peer).empty());
}

TEST(Relay, ABrokenReplicaIsFollowedByTheNextAndTheHeaderSaysSo) {
  ScriptedServer broken(saying(delta(R"("content":7)")));
  ScriptedServer sound(saying(hello()));
  ApiServer server({}, true, 320, {cluster({&broken, &sound})});
  TestClient client(server.port());
  const auto response = client.post(kChat, ask(R"("stream":true)"));
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->header("x-millwright-replica"), "cluster/2");
  EXPECT_THAT(response->body, HasSubstr("Hel"));
}

TEST(Relay, AStreamThatBreaksAfterItsFirstTokenEndsWithAnErrorAndNothingTwice) {
  ScriptedServer dying(saying(delta(R"("content":"Hel")")));
  ScriptedServer sound(saying(hello()));
  ApiServer server({}, true, 320, {cluster({&dying, &sound}, {"tiny"})});
  TestClient client(server.port());
  const auto response = client.post(kChat, ask(R"("stream":true)"));
  EXPECT_EQ(response->status, 200);
  EXPECT_THAT(response->body, HasSubstr("Hel"));
  EXPECT_THAT(response->body, HasSubstr(R"("error":{"message":"upstream 'cluster': replica 1:)"));
  EXPECT_THAT(response->body, Not(HasSubstr("[DONE]")));
  EXPECT_TRUE(questions(sound).empty());
}

TEST(Relay, AnAnswerInOnePieceIsAskedForAgainWhenItBreaks) {
  ScriptedServer dying(saying(delta(R"("content":"Hel")")));
  ScriptedServer sound(saying(hello()));
  ApiServer server({}, true, 320, {cluster({&dying, &sound})});
  TestClient client(server.port());
  EXPECT_EQ(body_of(client.post(kChat, ask()))["choices"][0]["message"]["content"], "Hello");
}

TEST(Relay, FallsBackToAModelOfThisMachine) {
  ScriptedServer dead(
      answering([](const ScriptedRequest&) { return ScriptedReply::http(500, ""); }));
  ApiServer server({}, true, 320, {cluster({&dead}, {"absent", "tiny"})});
  testing::FakeGenerator::Script script;
  script.pieces = {testing::piece("local")};
  server.script({script});
  TestClient client(server.port());
  for (const char* members : {"", R"("stream":true)"}) {
    const auto response = client.post(kChat, ask(members));
    EXPECT_EQ(response->status, 200) << response->body;
    EXPECT_THAT(response->body, HasSubstr("local"));
    EXPECT_THAT(response->body, HasSubstr(R"("model":"tiny")"));
    EXPECT_EQ(response->header("x-millwright-model"), "tiny");
    EXPECT_EQ(response->header("x-millwright-fallback-for"), "cluster/org/m");
    EXPECT_EQ(response->header("x-millwright-replica"), "");
  }
  EXPECT_THAT(server.metrics->registry.text(),
              HasSubstr("millwright_upstream_fallbacks_total{upstream=\"cluster\"} 2"));
}

TEST(Relay, WithoutAnybodyItFailsClearlyAndSaysWhenToComeBack) {
  ScriptedServer busy(answering([](const ScriptedRequest&) {
    return ScriptedReply::http(429, "", {{"Retry-After", "9"}});
  }));
  ApiServer server({}, true, 320, {cluster({&busy})});
  TestClient client(server.port());
  const auto response = client.post(kChat, ask(R"("stream":true)"));
  EXPECT_EQ(response->status, 429);
  EXPECT_EQ(response->header("retry-after"), "9");
  EXPECT_THAT(response->body, HasSubstr("upstream 'cluster'"));
}

TEST(Relay, ARefusalOfTheRequestComesBackAs400) {
  ScriptedServer peer(answering([](const ScriptedRequest&) {
    return ScriptedReply::http(
        400, R"({"error":{"message":"This model's maximum context length is 8 tokens"}})");
  }));
  ApiServer server({}, true, 320, {cluster({&peer}, {"tiny"})});
  TestClient client(server.port());
  const auto response = client.post(kChat, ask());
  EXPECT_EQ(response->status, 400);
  EXPECT_THAT(response->body, HasSubstr("maximum context length is 8 tokens"));
}

TEST(Relay, AClientThatLeavesEndsTheRequestThere) {
  ScriptedReply half = stream(delta(R"("content":"Hel")"));
  half.hang = true;
  ScriptedServer peer(answering([&](const ScriptedRequest&) { return half; }));
  upstream::UpstreamOptions options = cluster({&peer});
  options.token_timeout = milliseconds(60'000);
  ApiServer server({}, true, 320, {options});
  const auto running = [&] { return server.upstreams->all()[0]->replicas()[0].running; };
  {
    TestClient client(server.port());
    const std::string body = ask(R"("stream":true)");
    client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n\r\n" + body);
    EXPECT_THAT(client.read_until("Hel"), HasSubstr("Hel"));
    EXPECT_EQ(running(), 1);
  }
  for (int i = 0; i < 200 && running() > 0; ++i) std::this_thread::sleep_for(milliseconds(5));
  EXPECT_EQ(running(), 0);
  TestClient again(server.port());
  Json kept;
  for (int i = 0; i < 200; ++i) {
    kept = body_of(again.get("/api/requests"));
    if (!kept["requests"].empty()) break;
    std::this_thread::sleep_for(milliseconds(5));
  }
  ASSERT_EQ(kept["requests"].size(), 1u);
  EXPECT_EQ(kept["requests"][0]["finish"], "cancelled");
}

TEST(Relay, TheServersEndEndsWhatWaitsForAnUpstream) {
  ScriptedReply stuck;
  stuck.hang = true;
  ScriptedServer peer(answering([&](const ScriptedRequest&) { return stuck; }));
  upstream::UpstreamOptions options = cluster({&peer});
  options.first_token_timeout = milliseconds(60'000);
  auto server = std::make_unique<ApiServer>(ServerOptions{}, true, 320,
                                            std::vector<upstream::UpstreamOptions>{options});
  TestClient client(server->port());
  const std::string body = ask();
  client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: " +
              std::to_string(body.size()) + "\r\n\r\n" + body);
  while (server->upstreams->all()[0]->replicas()[0].running == 0) std::this_thread::yield();
  const auto start = std::chrono::steady_clock::now();
  server->server->stop();
  server.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST(Relay, CountsAgainstTheSameShareOfTheClient) {
  ScriptedServer peer(saying(hello()));
  ApiServer server({}, true, 2, {cluster({&peer})});
  TestClient client(server.port());
  EXPECT_EQ(client.post(kChat, ask(R"("n":3)"))->status, 400);
  EXPECT_EQ(client.post(kChat, ask())->header("x-ratelimit-limit-requests"), "2");
}

TEST(Relay, IsKeptInTheHistoryAndCounted) {
  ScriptedServer peer(saying(hello()));
  ApiServer server({}, true, 320, {cluster({&peer})});
  TestClient client(server.port());
  client.post(kChat, ask());
  const Json kept = body_of(client.get("/api/requests"));
  ASSERT_EQ(kept["requests"].size(), 1u) << to_text(kept);
  EXPECT_EQ(kept["requests"][0]["model"], "cluster/org/m");
  EXPECT_EQ(kept["requests"][0]["prompt_tokens"], 11);
  EXPECT_EQ(kept["requests"][0]["finish"], "stop");
  EXPECT_THAT(server.metrics->registry.text(),
              HasSubstr("millwright_upstream_requests_total{upstream=\"cluster\",replica=\"1\","
                        "finish=\"stop\"} 1"));
}

TEST(Relay, ModelsAreListedAsTheUpstreams) {
  ScriptedServer peer(saying(hello()));
  ApiServer server({}, true, 320, {cluster({&peer})});
  TestClient client(server.port());
  Json last;
  const Json listed = body_of(client.get("/v1/models"));
  EXPECT_EQ(schema_problem("OpenAiModels", listed), "");
  last = listed["data"].back();
  EXPECT_EQ(last["id"], "cluster/org/m");
  EXPECT_EQ(last["owned_by"], "cluster");
  EXPECT_EQ(client.get("/v1/models/cluster/org/m")->status, 200);
  const Json ours = body_of(client.get("/api/models"));
  EXPECT_EQ(schema_problem("ModelList", ours), "");
  EXPECT_EQ(ours["models"].back()["upstream"], "cluster");
  EXPECT_EQ(ours["models"].back()["replicas"].size(), 1u);
}

TEST(Relay, WhatIsNotAskedOfUpstreamsSaysSo) {
  ScriptedServer peer(saying(hello()));
  ApiServer server({}, true, 320, {cluster({&peer})});
  TestClient client(server.port());
  const auto response =
      client.post("/v1/responses/input_tokens", R"({"model":"cluster/org/m","input":"hi"})");
  EXPECT_EQ(response->status, 400);
  EXPECT_THAT(response->body, HasSubstr("/v1/chat/completions"));
}

TEST(Relay, EmbeddingsAndRankingsGoFromReplicaToReplicaButToNoOtherModel) {
  ScriptedServer broken(
      answering([](const ScriptedRequest&) { return ScriptedReply::http(200, R"({"data":[]})"); }));
  ScriptedServer sound(answering([](const ScriptedRequest& request) {
    return ScriptedReply::http(
        200, request.target == "/v1/rerank"
                 ? R"({"results":[{"index":1,"relevance_score":0.9},)"
                   R"({"index":0,"relevance_score":0.1}]})"
                 : R"({"data":[{"index":0,"embedding":[0.5,1]}],"usage":{"prompt_tokens":4}})");
  }));
  ApiServer server({}, true, 320, {cluster({&broken, &sound}, {"embedder"})});
  TestClient client(server.port());
  const auto embedded = client.post(
      "/v1/embeddings", R"({"model":"cluster/org/m","input":"hi","encoding_format":"base64"})");
  ASSERT_EQ(embedded->status, 200) << embedded->body;
  EXPECT_EQ(schema_problem("EmbeddingList", body_of(embedded)), "");
  EXPECT_EQ(body_of(embedded)["data"][0]["embedding"], "AAAAPwAAgD8=");
  EXPECT_EQ(embedded->header("x-millwright-replica"), "cluster/2");
  EXPECT_EQ((*parse_json(questions(sound)[0].body))["encoding_format"], "float");
  const auto ranked = client.post(
      "/v1/rerank", R"({"model":"cluster/org/m","query":"q","documents":["a","b"],"top_n":1})");
  ASSERT_EQ(ranked->status, 200) << ranked->body;
  EXPECT_EQ(body_of(ranked)["results"][0]["index"], 1);
  EXPECT_EQ(body_of(ranked)["results"].size(), 1u);
  EXPECT_EQ(client
                .post("/v1/rerank", R"({"model":"cluster/org/m","query":"q","documents":["a"],)"
                                    R"("method":"cosine"})")
                ->status,
            400);
}

}  // namespace
}  // namespace mw::server
