// The timelines of finished requests over a real socket, and the metrics that follow from them.
#include <gtest/gtest.h>

#include "security/rights.h"
#include "server/api/request_json.h"
#include "server/testing/api_server.h"
#include "server/testing/schema_check.h"

namespace mw::server {
namespace {

using testing::ApiServer;
using testing::body_of;
using testing::FakeGenerator;
using testing::schema_problem;
using testing::TestClient;

constexpr char kAsk[] = R"({"model":"tiny","messages":[{"role":"user","content":"secret"}]})";

FakeGenerator::Script timed(int pieces) {
  FakeGenerator::Script script;
  script.pieces.assign(static_cast<std::size_t>(pieces), testing::piece("word"));
  script.times.cached_prompt_tokens = 16;
  script.times.queue_ns = 5 * kNsPerMs;
  script.times.prefill_ns = 25 * kNsPerMs;
  script.times.decode_ns = 100 * kNsPerMs;
  script.times.predicted_first_token_ns = 40 * kNsPerMs;
  return script;
}

/// The list once it has `count` entries. One that ends well is there before its answer; one that
/// fails while it is still being submitted comes a moment after the error.
Json listed(TestClient& client, std::size_t count) {
  const int64_t began = steady_ns();
  Json list;
  do {
    list = body_of(client.get("/api/requests"))["requests"];
  } while (list.size() < count && steady_ns() - began < 5 * kNsPerSecond);
  EXPECT_EQ(list.size(), count);
  return list;
}

TEST(RequestsApi, TellsWhereTheTimeOfARequestWent) {
  ApiServer server;
  server.script({timed(5)});
  TestClient client(server.port());
  const auto answer = client.post("/v1/chat/completions", kAsk);
  ASSERT_EQ(answer->status, 200);
  const Json list = body_of(client.get("/api/requests"));
  EXPECT_EQ(schema_problem("RequestList", list), "");
  ASSERT_EQ(list["requests"].size(), 1U);
  const std::string id = answer->header("x-request-id");
  const Json request = body_of(client.get("/api/requests/" + id));
  EXPECT_EQ(schema_problem("FinishedRequest", request), "");
  EXPECT_EQ(request, list["requests"][0]);
  EXPECT_EQ(request["id"], id);
  EXPECT_EQ(request["model"], "tiny");
  EXPECT_EQ(request["client"], "127.0.0.1");
  EXPECT_EQ(request["priority"], "interactive");
  EXPECT_EQ(request["queue_ms"], 5);
  EXPECT_EQ(request["prefill_ms"], 25);
  EXPECT_EQ(request["decode_ms"], 100);
  EXPECT_EQ(request["first_token_ms"], 30);
  EXPECT_EQ(request["predicted_first_token_ms"], 40);
  EXPECT_EQ(request["cached_prompt_tokens"], 16);
  EXPECT_EQ(request["generated_tokens"], 5);
  EXPECT_EQ(request["decode_tok_s"], 40);
  EXPECT_EQ(request["finish"], "stop");
  EXPECT_GE(request["finished_ms"].get<int64_t>(), request["received_ms"].get<int64_t>());
  EXPECT_NEAR(request["received_ms"].get<double>(), 1'700'000'000'000, 5'000);
  EXPECT_EQ(to_text(list).find("secret"), std::string::npos);
  EXPECT_EQ(to_text(list).find("word"), std::string::npos);
}

TEST(RequestsApi, ListsTheNewestFirstAndChecksTheLimit) {
  ApiServer server;
  TestClient client(server.port());
  std::string last;
  for (int i = 0; i < 3; ++i) {
    last = client.post("/v1/chat/completions", kAsk)->header("x-request-id");
  }
  EXPECT_EQ(body_of(client.get("/api/requests"))["requests"].size(), 3U);
  const Json two = body_of(client.get("/api/requests?limit=2"));
  ASSERT_EQ(two["requests"].size(), 2U);
  EXPECT_EQ(two["requests"][0]["id"], last);
  for (const char* bad : {"0", "201", "-1", "x", "1.5", "99999999999999999999"}) {
    const auto refused = client.get(std::string("/api/requests?limit=") + bad);
    EXPECT_EQ(refused->status, 400) << bad;
    EXPECT_EQ(body_of(refused)["error"]["param"], "limit") << bad;
  }
  const auto unknown = client.get("/api/requests/req_0");
  EXPECT_EQ(unknown->status, 404);
  EXPECT_EQ(schema_problem("ErrorResponse", body_of(unknown)), "");
}

TEST(RequestsApi, SaysHowOneEndedThatDidNotEndWell) {
  ApiServer server;
  FakeGenerator::Script failing;
  failing.finish = runtime::FinishReason::kError;
  failing.error = Error::make(Code::kDeadlineExceeded, "too late", "太迟");
  failing.times.queue_ns = 7 * kNsPerMs;
  server.script({failing});
  TestClient client(server.port());
  EXPECT_NE(client.post("/v1/chat/completions", kAsk)->status, 200);
  const Json list = listed(client, 1);
  ASSERT_EQ(list.size(), 1U);
  const Json& request = list[0];
  EXPECT_EQ(schema_problem("FinishedRequest", request), "");
  EXPECT_EQ(request["finish"], "error");
  EXPECT_EQ(request["problem"]["zh"], "太迟");
  EXPECT_EQ(request["first_token_ms"], nullptr);
  EXPECT_EQ(request["queue_ms"], 7);
}

TEST(RequestsApi, KeepsOneEntryForARequestOfSeveralAnswersAndNoneForOneThatWasRefused) {
  ApiServer server;
  TestClient client(server.port());
  client.post("/v1/completions", R"({"model":"tiny","prompt":"ab","n":3,"max_tokens":5})");
  server.generator().refuse_after(0, Error::make(Code::kResourceExhausted, "full", "已满"));
  EXPECT_EQ(client.post("/v1/chat/completions", kAsk)->status, 429);
  Json list = body_of(client.get("/api/requests"))["requests"];
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0]["answers"], 3);
  EXPECT_EQ(list[0]["prompt_tokens"], 2);
  // Of one that was refused in part, the first answer ran and was cancelled.
  server.script({{{testing::piece("a")}, {}, {}, true, false, {}}});
  server.generator().refuse_after(1, Error::make(Code::kResourceExhausted, "full", "已满"));
  client.post("/v1/completions", R"({"model":"tiny","prompt":"ab","n":2,"max_tokens":5})");
  ASSERT_TRUE(server.generator().wait_ended(4));
  list = listed(client, 2);
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0]["finish"], "cancelled");
  EXPECT_EQ(list[0]["answers"], 1);
}

TEST(RequestsApi, KeepsOneWhoseClientLeft) {
  ApiServer server;
  server.script({{{testing::piece("a")}, {}, {}, true, false, {}}});
  TestClient client(server.port());
  const std::string body =
      R"({"model":"tiny","stream":true,"messages":[{"role":"user","content":"a"}]})";
  client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
              std::to_string(body.size()) + "\r\n\r\n" + body);
  client.read_until("data:");
  client.close();
  ASSERT_TRUE(server.generator().wait_ended(1));
  TestClient other(server.port());
  const Json list = body_of(other.get("/api/requests"))["requests"];
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0]["finish"], "cancelled");
}

TEST(RequestsApi, IsForThoseWithAKeyWhereKeysAreSet) {
  ServerOptions options;
  options.api_keys = {{"line-2", "0123456789abcdef"}};
  ApiServer server(options);
  TestClient client(server.port());
  const std::string key = "Authorization: Bearer 0123456789abcdef\r\n";
  client.post("/v1/chat/completions", kAsk, key);
  EXPECT_EQ(client.get("/api/requests")->status, 401);
  EXPECT_EQ(client.get("/api/requests/req_0")->status, 401);
  const Json list = body_of(client.get("/api/requests", key))["requests"];
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0]["client"], "line-2");  // the key's name, never its secret
  EXPECT_EQ(to_text(list).find("0123456789abcdef"), std::string::npos);
}

// Administration is for people who logged in: a key, whatever its role, has its own requests.
TEST(RequestsApi, ShowsThoseOfAllToAnAdministratorAndNotToAKeyOfThatRole) {
  const security::Grant grant{security::Role::kAdmin, {"line-1"}, {}};
  const auto person = security::identity_of(Identity::Kind::kPerson, "root", grant);
  EXPECT_EQ(owner_seen_by(person), "");
  const auto key = security::identity_of(Identity::Kind::kApiKey, "mw_7kq2", grant);
  EXPECT_EQ(owner_seen_by(key), "key:mw_7kq2");
}

TEST(RequestMetrics, AreHistogramsOfTimesOfCachedPromptsAndOfHowFarThePredictionWasOff) {
  ApiServer server;
  FakeGenerator::Script unread;  // says nothing of reading or writing
  unread.finish = runtime::FinishReason::kCancelled;
  unread.times.queue_ns = 2 * kNsPerSecond;
  server.script({timed(5), unread});
  TestClient client(server.port());
  client.post("/v1/chat/completions", kAsk);
  client.post("/v1/chat/completions", kAsk);
  const std::string text = client.get("/metrics")->body;
  for (const char* lines :
       {"millwright_queue_seconds_sum 2.005\nmillwright_queue_seconds_count 2\n",
        "# TYPE millwright_prefill_seconds histogram\n",
        "millwright_prefill_seconds_bucket{le=\"0.025\"} 1\n",
        "millwright_prefill_seconds_sum 0.025\nmillwright_prefill_seconds_count 1\n",
        "millwright_decode_seconds_sum 0.1\nmillwright_decode_seconds_count 1\n",
        "# TYPE millwright_prompt_cached_share histogram\n",
        "millwright_prompt_cached_share_count 1\n",
        "millwright_first_token_actual_to_predicted_bucket{le=\"0.5\"} 0\n"
        "millwright_first_token_actual_to_predicted_bucket{le=\"0.75\"} 1\n",
        "millwright_first_token_actual_to_predicted_sum 0.75\n"}) {
    EXPECT_NE(text.find(lines), std::string::npos) << lines << "in\n" << text;
  }
}

}  // namespace
}  // namespace mw::server
