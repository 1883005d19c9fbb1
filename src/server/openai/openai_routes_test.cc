// OpenAI's routes over a real socket, with a generator that writes a script. Answers are compared
// with the exact text that goes over the wire, and with the published schemas.
#include <gtest/gtest.h>

#include "core/clock.h"
#include "server/testing/api_server.h"
#include "server/testing/schema_check.h"

namespace mw::server {
namespace {

using testing::ApiServer;
using testing::body_of;
using testing::FakeGenerator;
using testing::piece;
using testing::schema_problem;
using testing::SeenResponse;
using testing::TestClient;

constexpr char kChat[] = "/v1/chat/completions";
constexpr char kComplete[] = "/v1/completions";

std::string chat(const std::string& members = {}) {
  return R"({"model":"tiny","seed":1,"messages":[{"role":"user","content":"hi"}])" +
         (members.empty() ? "" : "," + members) + "}";
}

FakeGenerator::Script hello() {
  FakeGenerator::Script script;
  script.pieces = {piece("Hel"), piece("lo \xE4\xBD\xA0")};
  return script;
}

/// The data of each event; comments are left out.
std::vector<std::string> events_of(const std::string& body) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t end = body.find("\n\n", at);
    EXPECT_NE(end, std::string::npos);
    if (end == std::string::npos) break;
    const std::string event = body.substr(at, end - at);
    if (event.substr(0, 6) == "data: ") out.push_back(event.substr(6));
    at = end + 2;
  }
  return out;
}

// Replaces what differs from run to run.
std::string with_id(std::string text, const std::string& id) {
  for (std::size_t at = text.find(id); at != std::string::npos; at = text.find(id)) {
    text.replace(at, id.size(), "ID");
  }
  return text;
}

TEST(OpenAiChat, AnswersWhole) {
  ApiServer server;
  server.script({hello()});
  TestClient client(server.port());
  const auto response = client.post(kChat, chat());
  const Json body = body_of(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(schema_problem("ChatCompletion", body), "");
  EXPECT_EQ(with_id(response->body, body["id"].get<std::string>()),
            R"({"id":"ID","object":"chat.completion","created":1700000000,"model":"tiny",)"
            R"("system_fingerprint":"fp_test","choices":[{"index":0,"message":{"role":)"
            R"("assistant","content":"Hello 你","refusal":null},"logprobs":null,)"
            R"("finish_reason":"stop"}],"usage":{"prompt_tokens":21,"completion_tokens":2,)"
            R"("total_tokens":23,"prompt_tokens_details":{"cached_tokens":0},)"
            R"("completion_tokens_details":{"reasoning_tokens":0}}})");
  EXPECT_EQ(response->header("x-ratelimit-limit-requests"), "320");
  EXPECT_EQ(response->header("x-millwright-ignored-fields"), "");
}

TEST(OpenAiChat, StreamsWithTheRoleFirstAndDoneLast) {
  ApiServer server;
  server.script({hello()});
  TestClient client(server.port());
  const auto response =
      client.post(kChat, chat(R"("stream":true,"stream_options":{"include_usage":true})"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->header("Content-Type"), "text/event-stream; charset=utf-8");
  EXPECT_EQ(response->header("Cache-Control"), "no-cache");
  EXPECT_EQ(response->header("X-Accel-Buffering"), "no");
  const auto events = events_of(response->body);
  ASSERT_EQ(events.size(), 6U);
  const std::string id = (*parse_json(events[0]))["id"].get<std::string>();
  const std::string head =
      R"({"id":"ID","object":"chat.completion.chunk","created":1700000000,"model":"tiny",)"
      R"("system_fingerprint":"fp_test","choices":[)";
  const std::string tail = R"("logprobs":null,"finish_reason":null}],"usage":null})";
  const std::vector<std::string> expected = {
      head + R"({"index":0,"delta":{"role":"assistant","content":"","refusal":null},)" + tail,
      head + R"({"index":0,"delta":{"content":"Hel"},)" + tail,
      head + R"({"index":0,"delta":{"content":"lo 你"},)" + tail,
      head + R"({"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null})",
      head + R"(],"usage":{"prompt_tokens":21,"completion_tokens":2,"total_tokens":23,)" +
          R"("prompt_tokens_details":{"cached_tokens":0},)" +
          R"("completion_tokens_details":{"reasoning_tokens":0}}})",
      "[DONE]"};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(with_id(events[i], id), expected[i]) << i;
    if (i + 1 < expected.size()) {
      EXPECT_EQ(schema_problem("ChatChunk", *parse_json(events[i])), "");
    }
  }
}

TEST(OpenAiChat, NeverSendsEmptyChoicesUnlessUsageIsAskedFor) {
  ApiServer server;
  server.script({hello()});
  TestClient client(server.port());
  const auto response = client.post(kChat, chat(R"("stream":true)"));
  for (const std::string& event : events_of(response->body)) {
    if (event == "[DONE]") continue;
    const Json chunk = *parse_json(event);
    EXPECT_EQ(chunk["choices"].size(), 1U);
    EXPECT_FALSE(chunk.contains("usage"));
  }
}

TEST(OpenAiChat, PassesSamplingOptionsAndTheTemplatedPromptOn) {
  ApiServer server;
  TestClient client(server.port());
  client.post(kChat, chat(R"("temperature":0,"top_k":5,"stop":"x","max_tokens":7)"));
  const auto requests = server.generator().requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].sampling.temperature, 0.0F);
  EXPECT_EQ(requests[0].sampling.top_k, 5);
  EXPECT_EQ(requests[0].sampling.seed, 1U);
  EXPECT_EQ(requests[0].stop, std::vector<std::string>{"x"});
  EXPECT_EQ(requests[0].max_tokens, 7);
  const auto& tokenizer = *(*server.models->find("tiny"))->tokenizer;
  EXPECT_EQ(requests[0].prompt_ids,
            tokenizer.encode("<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n",
                             tokenizers::Tokenizer::Special::kParse));
}

TEST(OpenAiChat, TellsTheGeneratorWhoAsksHowUrgentAndUntilWhen) {
  ApiServer server;
  TestClient client(server.port());
  client.post(kChat, chat());
  client.post(kChat, chat(R"("service_tier":"flex")"), "x-millwright-deadline-ms: 5000\r\n");
  const auto requests = server.generator().requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].priority, runtime::Priority::kInteractive);
  EXPECT_EQ(requests[0].deadline_ns, 0);
  EXPECT_FALSE(requests[0].client.empty());
  const Identity owner = security::identity_of(Identity::Kind::kPerson, "local",
                                               {security::Role::kEngineer, {"*"}, {"*"}});
  EXPECT_EQ(requests[0].rights, owner.rights());
  EXPECT_EQ(requests[1].priority, runtime::Priority::kBatch);
  EXPECT_NEAR(static_cast<double>(requests[1].deadline_ns - steady_ns()), 5e9, 1e9);
  for (const char* wrong : {"0", "-5", "1.5", "soon", "600001", ""}) {
    const auto refused =
        client.post(kChat, chat(), "x-millwright-deadline-ms: " + std::string(wrong) + "\r\n");
    EXPECT_EQ(refused->status, 400) << wrong;
    EXPECT_EQ(body_of(refused)["error"]["param"], "x-millwright-deadline-ms");
  }
}

TEST(OpenAiChat, SaysBeforehandWhenTheFirstTokenWillCome) {
  ApiServer server;
  server.generator().predict_first_token(1'234'500'000);
  server.script({hello()});
  TestClient client(server.port());
  EXPECT_EQ(client.post(kChat, chat())->header("x-millwright-predicted-first-token-ms"), "1235");
  EXPECT_EQ(
      client.post(kChat, chat(R"("stream":true)"))->header("x-millwright-predicted-first-token-ms"),
      "1235");
}

TEST(OpenAiChat, KeepsSpecialTokensOutOfMessages) {
  ApiServer server;
  TestClient client(server.port());
  client.post(kChat, R"({"model":"tiny","messages":[{"role":"user","content":"<|im_end|>"}]})");
  const auto& tokenizer = *(*server.models->find("tiny"))->tokenizer;
  const auto end = *tokenizer.token_id("<|im_end|>");
  const auto ids = server.generator().requests().at(0).prompt_ids;
  EXPECT_EQ(std::count(ids.begin(), ids.end(), end), 1);  // the template's own
}

TEST(OpenAiChat, LeavesRoomInTheContextWhenNoLengthIsGiven) {
  ApiServer server;
  TestClient client(server.port());
  client.post(kChat, chat());
  EXPECT_EQ(server.generator().requests().at(0).max_tokens, 64 - 21);
}

TEST(OpenAiChat, WritesSeveralChoicesWithSeedsOfTheirOwn) {
  ApiServer server;
  FakeGenerator::Script first = hello();
  FakeGenerator::Script second;
  second.pieces = {piece("Bye")};
  second.finish = runtime::FinishReason::kLength;
  server.script({first, second});
  TestClient client(server.port());
  const Json body = body_of(client.post(kChat, chat(R"("n":2)")));
  ASSERT_EQ(body["choices"].size(), 2U);
  EXPECT_EQ(body["choices"][0]["message"]["content"], "Hello 你");
  EXPECT_EQ(body["choices"][1]["index"], 1);
  EXPECT_EQ(body["choices"][1]["message"]["content"], "Bye");
  EXPECT_EQ(body["choices"][1]["finish_reason"], "length");
  EXPECT_EQ(body["usage"]["prompt_tokens"], 21);  // once
  EXPECT_EQ(body["usage"]["completion_tokens"], 3);
  const auto requests = server.generator().requests();
  EXPECT_EQ(requests[0].sampling.seed, 1U);
  EXPECT_NE(requests[1].sampling.seed, 1U);

  server.script({first, second});
  const auto streamed = client.post(kChat, chat(R"("n":2,"stream":true)"));
  std::map<int, std::string> texts;
  std::map<int, int> ends;
  for (const std::string& event : events_of(streamed->body)) {
    if (event == "[DONE]") continue;
    const Json choice = (*parse_json(event))["choices"][0];
    texts[choice["index"].get<int>()] += choice["delta"].value("content", "");
    ends[choice["index"].get<int>()] += choice["finish_reason"].is_null() ? 0 : 1;
  }
  EXPECT_EQ(texts[0], "Hello 你");
  EXPECT_EQ(texts[1], "Bye");
  EXPECT_EQ(ends, (std::map<int, int>{{0, 1}, {1, 1}}));
}

TEST(OpenAiChat, GivesLogProbabilities) {
  ApiServer server;
  FakeGenerator::Script script;
  script.pieces = {piece("a", -0.5), piece("b", -1.5)};
  server.script({script});
  TestClient client(server.port());
  const Json body = body_of(client.post(kChat, chat(R"("logprobs":true,"top_logprobs":2)")));
  EXPECT_EQ(schema_problem("ChatCompletion", body), "");
  const Json& content = body["choices"][0]["logprobs"]["content"];
  ASSERT_EQ(content.size(), 2U);
  EXPECT_EQ(content[0]["token"], "a");
  EXPECT_EQ(content[0]["logprob"], -0.5);
  EXPECT_EQ(content[0]["bytes"], Json::array({97}));
  EXPECT_EQ(content[0]["top_logprobs"][1]["bytes"], Json::array({0xE6}));  // half a character
  EXPECT_EQ(server.generator().requests().at(0).top_logprobs, 2);

  const auto streamed = client.post(kChat, chat(R"("logprobs":true,"stream":true)"));
  const auto events = events_of(streamed->body);
  EXPECT_EQ((*parse_json(events[1]))["choices"][0]["logprobs"]["content"][0]["token"], "a");
}

TEST(OpenAiChat, PadsChunksOnRequestSoThatTheirLengthSaysNothing) {
  ApiServer server;
  FakeGenerator::Script script;
  script.pieces = {piece("a"), piece("abcdefgh"), piece("abc")};
  server.script({script});
  TestClient client(server.port());
  const auto response =
      client.post(kChat, chat(R"("stream":true,"stream_options":{"include_obfuscation":true})"));
  const auto events = events_of(response->body);
  ASSERT_EQ(events.size(), 6U);
  EXPECT_EQ(events[1].size(), events[2].size());
  EXPECT_EQ(events[1].size(), events[3].size());
  EXPECT_EQ(schema_problem("ChatChunk", *parse_json(events[1])), "");
}

TEST(OpenAiChat, NamesIgnoredFieldsInAHeader) {
  ApiServer server;
  TestClient client(server.port());
  const auto response = client.post(
      kChat, chat("\"foo\":1,\"b\\r\\nSet-Cookie: x\":2,\"user\":\"me\",\"cache_prompt\":true"));
  EXPECT_EQ(response->header("x-millwright-ignored-fields"), "foo, b??Set-Cookie: x");
  EXPECT_EQ(response->header("x-millwright-without-effect"), "user, cache_prompt");
  EXPECT_EQ(response->header("Set-Cookie"), "");
}

TEST(OpenAiChat, RefusesWithAStatusAndOpenAisShape) {
  ApiServer server;
  struct Row {
    std::string body;
    int status;
    const char* type;
    Json param;
    const char* code;
  };
  const std::string too_long = std::string(60, 'a');
  const Row rows[] = {
      {"{", 400, "invalid_request_error", "body", "invalid_value"},
      {std::string(5000, '['), 400, "invalid_request_error", "body", "invalid_value"},
      {chat(R"("temperature":"x")"), 400, "invalid_request_error", "temperature", "invalid_value"},
      {chat(R"("tools":[{}])"), 400, "invalid_request_error", "tools[0].type",
       "unsupported_parameter"},
      {chat(R"("response_format":{"type":"json_schema","json_schema":{"name":"a","schema":)"
            R"({"foo":1}}})"),
       400, "invalid_request_error", "response_format.json_schema.schema", "unsupported_parameter"},
      {chat(R"("tools":[{"type":"function","function":{"name":"f","parameters":{"foo":1}}}])"), 400,
       "invalid_request_error", "tools[0].function.parameters", "unsupported_parameter"},
      {R"({"model":"nope","messages":[{"role":"user","content":"a"}]})", 404, "not_found_error",
       "model", "model_not_found"},
      {R"({"model":"large","messages":[{"role":"user","content":"a"}]})", 503, "server_error",
       "model", "unavailable"},
      {R"({"model":"tiny","messages":[{"role":"user","content":")" + too_long + "\"}]}", 400,
       "invalid_request_error", "messages", "context_length_exceeded"},
      {chat(R"("max_tokens":60)"), 400, "invalid_request_error", "messages",
       "context_length_exceeded"},
      {chat(R"("logit_bias":{"99":1})"), 400, "invalid_request_error", "logit_bias",
       "invalid_value"},
  };
  for (const Row& row : rows) {
    for (const char* stream : {"", "\"stream\":true,"}) {
      std::string body = row.body;
      if (body.size() > 1 && body[1] == '"') body.insert(1, stream);
      TestClient client(server.port());
      const auto response = client.post(kChat, body);
      ASSERT_TRUE(response);
      EXPECT_EQ(response->status, row.status) << body.substr(0, 100);
      const Json answer = body_of(response);
      EXPECT_EQ(schema_problem("ErrorResponse", answer), "");
      EXPECT_EQ(answer["error"]["type"], row.type) << body.substr(0, 100);
      EXPECT_EQ(answer["error"]["param"], row.param) << body.substr(0, 100);
      EXPECT_EQ(answer["error"]["code"], row.code) << body.substr(0, 100);
    }
  }
  EXPECT_TRUE(server.generator().requests().empty());
}

TEST(OpenAiChat, AnswersOverloadWith429AndWhenToComeBack) {
  ApiServer server;
  server.generator().refuse_after(0, Error::make(Code::kResourceExhausted, "queue full"));
  TestClient client(server.port());
  const auto response = client.post(kChat, chat(R"("stream":true)"));
  EXPECT_EQ(response->status, 429);
  EXPECT_EQ(response->header("Retry-After"), "1");
  EXPECT_EQ(response->header("retry-after-ms"), "1000");
  EXPECT_EQ(response->header("x-should-retry"), "true");
  EXPECT_EQ(body_of(response)["error"]["type"], "rate_limit_error");
  EXPECT_EQ(body_of(response)["error"]["code"], "rate_limit_exceeded");
}

TEST(OpenAiChat, LimitsTheAnswersOfOneClient) {
  ApiServer server({}, true, 2);
  FakeGenerator::Script held;
  held.held = true;
  server.script({held});
  TestClient one(server.port());
  one.send("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
           std::to_string(chat(R"("n":2)").size()) + "\r\n\r\n" + chat(R"("n":2)"));
  while (server.generator().requests().size() < 2) std::this_thread::yield();
  TestClient two(server.port());
  const auto refused = two.post(kChat, chat());
  EXPECT_EQ(refused->status, 429);
  EXPECT_EQ(refused->header("x-ratelimit-remaining-requests"), "0");
  server.script({hello()});
  server.generator().release();
  EXPECT_EQ(one.read_response()->status, 200);
  EXPECT_EQ(two.post(kChat, chat())->status, 200);
  EXPECT_EQ(two.post(kChat, chat(R"("n":3)"))->status, 400);  // could never be answered
}

TEST(OpenAiChat, FreesTheClientsPlaceBeforeItCanAskAgain) {
  ApiServer server({}, true, 1);  // at its limit with one answer
  server.script({hello()});
  TestClient client(server.port());
  for (int i = 0; i < 200; ++i) {
    const auto response = client.post(kChat, chat(i % 2 == 0 ? R"("stream":true)" : ""));
    ASSERT_TRUE(response);
    ASSERT_EQ(response->status, 200) << i;
  }
}

TEST(OpenAiChat, CancelsTheOthersWhenOneChoiceIsRefused) {
  ApiServer server;
  FakeGenerator::Script endless;
  endless.pieces = {piece("x")};
  endless.endless = true;
  server.script({endless});
  server.generator().refuse_after(2, Error::make(Code::kResourceExhausted, "queue full"));
  TestClient client(server.port());
  const auto response = client.post(kChat, chat(R"("n":3,"stream":true)"));
  EXPECT_EQ(response->status, 429);  // although two were already writing
  EXPECT_TRUE(server.generator().wait_ended(2));
  EXPECT_EQ(server.generator().cancelled(), 2);
}

TEST(OpenAiChat, TellsOfAnErrorBeforeTheFirstTokenWithAStatus) {
  ApiServer server;
  FakeGenerator::Script script;
  script.finish = runtime::FinishReason::kError;
  script.error = Error::make(Code::kInternal, "broke");
  server.script({script});
  TestClient client(server.port());
  EXPECT_EQ(client.post(kChat, chat(R"("stream":true)"))->status, 500);
  EXPECT_EQ(client.post(kChat, chat())->status, 500);
}

TEST(OpenAiChat, TellsOfAnErrorAfterTheFirstTokenInTheStream) {
  ApiServer server;
  FakeGenerator::Script script = hello();
  script.finish = runtime::FinishReason::kError;
  script.error = Error::make(Code::kInternal, "broke");
  server.script({script});
  TestClient client(server.port());
  const auto response = client.post(kChat, chat(R"("stream":true)"));
  // The first token may still wait in the queue when the error comes; either way the client is
  // told exactly once.
  if (response->status == 200) {
    const auto events = events_of(response->body);
    EXPECT_EQ((*parse_json(events.back()))["error"]["message"], "broke");
    EXPECT_EQ(schema_problem("ErrorResponse", *parse_json(events.back())), "");
  } else {
    EXPECT_EQ(body_of(response)["error"]["message"], "broke");
  }
}

TEST(OpenAiChat, CancelsWithin100MsWhenTheClientLeaves) {
  ApiServer server;
  FakeGenerator::Script endless;
  endless.pieces = {piece("word ")};
  endless.endless = true;
  server.script({endless});
  for (const char* members : {"\"stream\":true", "\"stream\":true,\"n\":2", ""}) {
    const int before = server.generator().cancelled();
    const std::size_t asked = server.generator().requests().size();
    TestClient client(server.port());
    const std::string body = chat(members);
    client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n\r\n" + body);
    if (*members != 0) client.read_until("word");
    while (server.generator().requests().size() == asked) std::this_thread::yield();
    const int64_t left = steady_ns();
    client.close();
    while (server.generator().cancelled() == before && steady_ns() - left < 5 * kNsPerSecond) {
      std::this_thread::yield();
    }
    EXPECT_LT(steady_ns() - left, 100 * kNsPerMs) << members;
  }
}

TEST(OpenAiChat, DropsAReaderThatIsTooSlowAndCancelsItsAnswer) {
  ServerOptions options;
  options.limits.queue_bytes = 32 * 1024;
  ApiServer server(options);
  FakeGenerator::Script endless;
  // Megabytes of socket buffers have to be full first, on a busy machine too.
  endless.pieces = {piece(std::string(20'000, 'x'))};
  endless.endless = true;
  server.script({endless});
  TestClient client(server.port(), 4096);
  const std::string body = chat(R"("stream":true)");
  client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
              std::to_string(body.size()) + "\r\n\r\n" + body);
  EXPECT_TRUE(server.generator().wait_ended(1));
  EXPECT_EQ(server.generator().cancelled(), 1);
  EXPECT_EQ(server.metrics->slow_readers_dropped.value(), 1U);
}

TEST(OpenAiChat, RunsManyStreamsAtOnce) {
  ApiServer server;
  FakeGenerator::Script script;
  for (int i = 0; i < 20; ++i) script.pieces.push_back(piece("word "));
  server.script({script});
  std::vector<std::thread> threads;
  std::atomic<int> whole{0};
  for (int i = 0; i < 64; ++i) {
    threads.emplace_back([&] {
      TestClient client(server.port());
      const auto response = client.post(kChat, chat(R"("stream":true)"));
      if (response && events_of(response->body).size() == 23) ++whole;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(whole, 64);
  EXPECT_EQ(server.metrics->streams.load(), 0);
}

TEST(OpenAiCompletions, AnswersWholeAndEchoes) {
  ApiServer server;
  server.script({hello()});
  TestClient client(server.port());
  const auto response = client.post(kComplete, R"({"model":"tiny","prompt":"Say: ","echo":true})");
  const Json body = body_of(response);
  EXPECT_EQ(schema_problem("Completion", body), "");
  EXPECT_EQ(body["object"], "text_completion");
  EXPECT_EQ(body["choices"][0]["text"], "Say: Hello 你");
  EXPECT_EQ(body["choices"][0]["logprobs"], nullptr);
  EXPECT_EQ(body["usage"]["total_tokens"], 7);
  EXPECT_EQ(server.generator().requests().at(0).max_tokens, 16);
}

TEST(OpenAiCompletions, StreamsWithTheEchoFirst) {
  ApiServer server;
  server.script({hello()});
  TestClient client(server.port());
  const auto response =
      client.post(kComplete, R"({"model":"tiny","prompt":"Say: ","echo":true,"stream":true})");
  std::string text;
  const auto events = events_of(response->body);
  for (std::size_t i = 0; i + 1 < events.size(); ++i) {
    const Json chunk = *parse_json(events[i]);
    EXPECT_EQ(schema_problem("Completion", chunk), "");
    text += chunk["choices"][0]["text"].get<std::string>();
  }
  EXPECT_EQ(text, "Say: Hello 你");
  EXPECT_EQ(events.back(), "[DONE]");
}

TEST(OpenAiCompletions, AnswersSeveralPromptsInOrder) {
  ApiServer server;
  FakeGenerator::Script a;
  a.pieces = {piece("1")};
  FakeGenerator::Script b;
  b.pieces = {piece("2")};
  server.script({a, a, b, b});
  TestClient client(server.port());
  const Json body = body_of(client.post(
      kComplete, R"({"model":"tiny","prompt":["aa",[5,6,7]],"n":2,"echo":true,"seed":3})"));
  ASSERT_EQ(body["choices"].size(), 4U);
  EXPECT_EQ(body["choices"][1]["text"], "aa1");
  EXPECT_EQ(body["choices"][2]["text"], "&'(2");
  EXPECT_EQ(body["choices"][3]["index"], 3);
  EXPECT_EQ(body["usage"]["prompt_tokens"], 5);
  const auto requests = server.generator().requests();
  EXPECT_EQ(requests[0].sampling.seed, requests[2].sampling.seed);
  EXPECT_EQ(requests[1].sampling.seed, requests[3].sampling.seed);
}

TEST(OpenAiCompletions, KeepsTheLikeliestOfSeveral) {
  ApiServer server;
  std::vector<FakeGenerator::Script> scripts(3);
  scripts[0].pieces = {piece("worst", -3)};
  scripts[1].pieces = {piece("best", -0.1)};
  scripts[2].pieces = {piece("middle", -1)};
  server.script(scripts);
  TestClient client(server.port());
  const Json body =
      body_of(client.post(kComplete, R"({"model":"tiny","prompt":"a","n":2,"best_of":3})"));
  ASSERT_EQ(body["choices"].size(), 2U);
  EXPECT_EQ(body["choices"][0]["text"], "best");
  EXPECT_EQ(body["choices"][1]["text"], "middle");
  EXPECT_EQ(body["choices"][0]["logprobs"], nullptr);  // not asked for
  EXPECT_EQ(body["usage"]["completion_tokens"], 3);
}

TEST(OpenAiCompletions, GivesLogProbabilitiesWithOffsetsInCharacters) {
  ApiServer server;
  FakeGenerator::Script script;
  script.pieces = {piece("\xE4\xBD\xA0", -0.5), piece("b", -1.5)};
  server.script({script});
  TestClient client(server.port());
  const Json body =
      body_of(client.post(kComplete, R"({"model":"tiny","prompt":"a","logprobs":2})"));
  EXPECT_EQ(schema_problem("Completion", body), "");
  const Json& logprobs = body["choices"][0]["logprobs"];
  EXPECT_EQ(logprobs["text_offset"], Json::array({0, 1}));
  EXPECT_EQ(logprobs["token_logprobs"], Json::array({-0.5, -1.5}));
}

TEST(OpenAiCompletions, RefusesIdsOutsideTheVocabularyAndSuffixesItCannotFill) {
  ApiServer server;
  TestClient client(server.port());
  EXPECT_EQ(
      body_of(client.post(kComplete, R"({"model":"tiny","prompt":[5,999]})"))["error"]["param"],
      "prompt");
  EXPECT_EQ(body_of(client.post(kComplete,
                                R"({"model":"tiny","prompt":"a","suffix":"b"})"))["error"]["param"],
            "suffix");
}

TEST(OpenAiModels, AreListedAndFound) {
  ApiServer server;
  TestClient client(server.port());
  for (const char* path : {"/v1/models", "/v1//models", "/models", "/v1/models/"}) {
    const Json body = body_of(client.get(path));
    EXPECT_EQ(schema_problem("OpenAiModels", body), "") << path;
    ASSERT_EQ(body["data"].size(), 1U) << path;
    EXPECT_EQ(body["data"][0]["id"], "tiny");
    EXPECT_EQ(body["data"][0]["created"], 1'600'000'000);
  }
  EXPECT_EQ(schema_problem("OpenAiModel", body_of(client.get("/v1/models/tiny"))), "");
  const auto missing = client.get("/v1/models/none");
  EXPECT_EQ(missing->status, 404);
  EXPECT_EQ(body_of(missing)["error"]["code"], "model_not_found");
  server.models->ready = false;
  EXPECT_EQ(body_of(client.get("/v1/models"))["data"].size(), 1U);  // loading: in a moment
}

TEST(OpenAi, AsksForTheKeyInEveryCase) {
  ServerOptions options;
  options.api_keys = {{"panel", "0123456789abcdef"}};
  ApiServer server(options);
  TestClient client(server.port());
  const auto refused = client.get("/v1/models");
  EXPECT_EQ(refused->status, 401);
  EXPECT_EQ(body_of(refused)["error"]["code"], "invalid_api_key");
  EXPECT_EQ(body_of(refused)["error"]["type"], "authentication_error");
  EXPECT_EQ(client.get("/v1/models", "authorization: bearer 0123456789abcdef\r\n")->status, 200);
  EXPECT_EQ(client.get("/healthz")->status, 200);
  EXPECT_EQ(client.get("/api/plant")->status, 401);
  EXPECT_EQ(client.get("/metrics")->status, 401);
}

}  // namespace
}  // namespace mw::server
