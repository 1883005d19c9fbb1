// The server over a real socket: limits, timeouts, refusals, streams and what misbehaving clients
// get. Routes are tiny and local to this file.
#include "server/http_server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "core/clock.h"
#include "core/json.h"
#include "server/http/api_error.h"
#include "server/server_metrics.h"
#include "server/testing/test_client.h"

namespace mw::server {
namespace {

using testing::SeenResponse;
using testing::TestClient;

Route route(Method method, std::string pattern, Handler handler) {
  Route out;
  out.method = method;
  out.doc.operation = pattern.substr(1);
  out.pattern = std::move(pattern);
  out.handler = std::move(handler);
  return out;
}

struct Served {
  std::shared_ptr<ServerMetrics> metrics = std::make_shared<ServerMetrics>();
  std::shared_ptr<Exchange> held;  // the last exchange of /hold
  std::atomic<bool> holding{false};
  std::atomic<int> stopped{0};
  std::atomic<int64_t> stopped_ns{0};
  std::unique_ptr<HttpServer> server;

  explicit Served(ServerOptions options = {}) {
    options.port = 0;
    options.metrics = metrics;
    auto started = HttpServer::start(std::move(options), routes(), no_log());
    EXPECT_TRUE(started) << started.error().message.en;
    server = std::move(*started);
  }
  uint16_t port() const { return server->port(); }

  Router routes() {
    Router router;
    router.add(route(Method::kGet, "/hello", [](const std::shared_ptr<Exchange>& exchange) {
      exchange->respond(json_response(Json{{"path", exchange->request().path}}));
    }));
    Route echo = route(Method::kPost, "/echo", [](const std::shared_ptr<Exchange>& exchange) {
      HttpResponse response;
      response.content_type = "text/plain";
      response.body = exchange->request().body;
      exchange->respond(std::move(response));
    });
    echo.body_limit_bytes = 100'000;
    echo.runs_on = RunsOn::kWorker;
    router.add(std::move(echo));
    Route hold = route(Method::kGet, "/hold", [this](const std::shared_ptr<Exchange>& exchange) {
      StreamHead head;
      head.head.content_type = "text/event-stream";
      head.format_error = openai_error_event;
      exchange->begin_stream(std::move(head));
      exchange->on_stop([this] {
        stopped_ns = steady_ns();
        ++stopped;
      });
      held = exchange;
      holding = true;
      holding.notify_all();
    });
    hold.time_limit_ms = 60'000;
    router.add(std::move(hold));
    Route brief = route(Method::kGet, "/brief", [](const std::shared_ptr<Exchange>&) {});
    brief.time_limit_ms = 50;
    router.add(std::move(brief));
    router.add(route(Method::kGet, "/throw", [](const std::shared_ptr<Exchange>&) {
      throw std::runtime_error("secret detail");
    }));
    return router;
  }
  std::shared_ptr<Exchange> wait_held() {
    holding.wait(false);
    return held;
  }
  bool wait_stopped(int count, int timeout_ms = 5000) const {
    const int64_t end = steady_ns() + timeout_ms * kNsPerMs;
    while (stopped < count && steady_ns() < end) std::this_thread::yield();
    return stopped >= count;
  }
};

TEST(HttpServer, AnswersOverAndOverOnOneConnection) {
  Served served;
  TestClient client(served.port());
  for (int i = 0; i < 3; ++i) {
    const auto response = client.get("//hello/");
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body, "{\"path\":\"/hello\"}");
  }
  const auto echoed = client.post("/echo", std::string(50'000, 'x'));
  ASSERT_TRUE(echoed);
  EXPECT_EQ(echoed->body.size(), 50'000U);
  EXPECT_EQ(served.metrics->connections_accepted.value(), 1U);
}

TEST(HttpServer, SendsSecurityHeadersAndARequestId) {
  Served served;
  TestClient client(served.port());
  const auto first = client.get("/hello");
  const auto second = client.get("/hello");
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(first->header("Cross-Origin-Opener-Policy"), "same-origin");
  EXPECT_EQ(first->header("Cross-Origin-Resource-Policy"), "same-origin");
  EXPECT_EQ(first->header("Content-Security-Policy"),
            "default-src 'none'; frame-ancestors 'none'; sandbox");
  EXPECT_EQ(first->header("Access-Control-Allow-Origin"), "");
  EXPECT_EQ(first->header("x-request-id").substr(0, 4), "req_");
  EXPECT_NE(first->header("x-request-id"), second->header("x-request-id"));
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
  Served served;
  TestClient client(served.port());
  client.send(
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\n1"
      "GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n"
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\n2");
  EXPECT_EQ(client.read_response()->body, "1");
  EXPECT_EQ(client.read_response()->status, 404);
  EXPECT_EQ(client.read_response()->body, "2");
}

TEST(HttpServer, SurvivesAPipelineFlood) {
  Served served;
  TestClient client(served.port());
  std::string flood;
  for (int i = 0; i < 3000; ++i) flood += "GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n";
  client.send(flood);
  int answers = 0;
  while (answers < 3000 && client.read_response()) ++answers;
  EXPECT_GT(answers, 100);  // all of them, or closed for sending too far ahead: never stuck
  TestClient other(served.port());
  EXPECT_EQ(other.get("/hello")->status, 200);
}

TEST(HttpServer, SaysWhatIsWrongWithARequest) {
  Served served;
  struct Row {
    std::string request;
    int status;
    std::string param;
  };
  const std::vector<Row> rows = {
      {"GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n", 404, "url"},
      {"DELETE /hello HTTP/1.1\r\nHost: localhost\r\n\r\n", 405, "method"},
      {"BREW /hello HTTP/1.1\r\nHost: localhost\r\n\r\n", 405, "method"},
      {"nonsense\r\n\r\n", 400, "header"},
      {"GET /hello HTTP/1.1\r\n\r\n", 400, "host"},
      {"GET /hello HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(17'000, 'a') + "\r\n\r\n", 431,
       "header"},
      {"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100001\r\n\r\n", 413, "body"},
      {"POST /hello HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx", 405, "method"},
      {"GET /hello HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx", 413, "body"},
      {"POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\nx", 501,
       "transfer-encoding"},
      {"GET /%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "url"},
      {"GET /hello HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403, "host"},
      {"GET /hello HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n\r\n", 403,
       "origin"},
  };
  for (const Row& row : rows) {
    TestClient client(served.port());
    client.send(row.request);
    const auto response = client.read_response();
    ASSERT_TRUE(response) << row.request.substr(0, 60);
    EXPECT_EQ(response->status, row.status) << row.request.substr(0, 60);
    const auto body = parse_json(response->body);
    ASSERT_TRUE(body) << response->body;
    EXPECT_EQ((*body)["error"]["param"], row.param) << row.request.substr(0, 60);
    EXPECT_TRUE((*body)["error"]["code"].is_string());
    EXPECT_FALSE((*body)["error"]["message_zh"].get<std::string>().empty());
  }
}

TEST(HttpServer, ListsAllowedMethods) {
  Served served;
  TestClient client(served.port());
  client.send("DELETE /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(client.read_response()->header("Allow"), "GET, HEAD");
  client.send("OPTIONS /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(client.read_response()->status, 204);
  client.send("HEAD /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto head = client.read_response(true);
  EXPECT_EQ(head->header("Content-Length"), "17");
  EXPECT_EQ(client.get("/hello")->status, 200);
}

TEST(HttpServer, LetsAnAllowedOriginReadAnswers) {
  ServerOptions options;
  options.allowed_origins = {"https://panel.example"};
  Served served(options);
  TestClient client(served.port());
  const auto response = client.get("/hello", "Origin: https://panel.example\r\n");
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->header("Access-Control-Allow-Origin"), "https://panel.example");
  client.send(
      "OPTIONS /echo HTTP/1.1\r\nHost: localhost\r\nOrigin: https://panel.example\r\n"
      "Access-Control-Request-Method: POST\r\n\r\n");
  const auto preflight = client.read_response();
  EXPECT_EQ(preflight->status, 204);
  EXPECT_EQ(preflight->header("Access-Control-Allow-Methods"), "POST");
}

TEST(HttpServer, TellsTheReasonEvenToAClientThatIsStillSending) {
  Served served;
  TestClient client(served.port());
  client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4000000\r\n\r\n");
  client.send(std::string(4'000'000, 'x'));  // does not wait for the answer
  const auto response = client.read_response();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 413);
  EXPECT_EQ(response->header("Connection"), "close");
}

TEST(HttpServer, ContinuesOnlyABodyThatItWillTake) {
  Served served;
  TestClient client(served.port());
  client.send(
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: "
      "100-continue\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("ok");
  EXPECT_EQ(client.read_response()->body, "ok");
  client.send(
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200000\r\n"
      "Expect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n").substr(0, 12), "HTTP/1.1 413");
}

TEST(HttpServer, ServesHttp10AndClosesAfterwards) {
  Served served;
  TestClient client(served.port());
  client.send("GET /hello HTTP/1.0\r\n\r\n");
  EXPECT_EQ(client.read_response()->status, 200);
  EXPECT_TRUE(client.closed_within(3000));

  TestClient streamer(served.port());
  streamer.send("GET /hold HTTP/1.0\r\n\r\n");
  const auto exchange = served.wait_held();
  exchange->write("data: 1\n\n");
  exchange->finish();
  const auto response = streamer.read_response();
  EXPECT_EQ(response->header("Transfer-Encoding"), "");
  EXPECT_EQ(response->body, "data: 1\n\n");
}

TEST(HttpServer, AnswersAClientThatHalfClosesAfterItsRequest) {
  Served served;
  TestClient client(served.port());
  client.send("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
  client.half_close();
  const auto response = client.read_response();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
}

TEST(HttpServer, HidesWhatAHandlerThrew) {
  Served served;
  TestClient client(served.port());
  const auto response = client.get("/throw");
  EXPECT_EQ(response->status, 500);
  EXPECT_EQ(response->body.find("secret"), std::string::npos);
  EXPECT_EQ(client.get("/hello")->status, 200);
}

TEST(HttpServer, ClosesDripFedHeadersAndKeepsNobodyElseWaiting) {
  ServerOptions options;
  options.limits.header_timeout_ms = 200;
  Served served(options);
  TestClient dripping(served.port());
  const int64_t began = steady_ns();
  std::atomic<bool> done{false};
  std::thread dripper([&] {
    for (const char c :
         std::string("GET /hello HTTP/1.1\r\nHost: localhost\r\nX-Slow: aaaaaaaaaa")) {
      if (done || !dripping.send(std::string(1, c))) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  });
  TestClient quick(served.port());
  EXPECT_EQ(quick.get("/hello")->status, 200);
  EXPECT_LT(steady_ns() - began, 150 * kNsPerMs);
  const auto response = dripping.read_response();
  done = true;
  dripper.join();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 408);
  EXPECT_LT(steady_ns() - began, 1000 * kNsPerMs);
}

TEST(HttpServer, ClosesIdleConnectionsAndSlowBodies) {
  ServerOptions options;
  options.limits.idle_timeout_ms = 100;
  options.limits.body_timeout_ms = 100;
  Served served(options);
  TestClient idle(served.port());
  EXPECT_TRUE(idle.closed_within(2000));
  TestClient slow(served.port());
  slow.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n12345");
  EXPECT_EQ(slow.read_response()->status, 408);
  EXPECT_EQ(served.metrics->timeouts.value(), 2U);
}

TEST(HttpServer, LimitsConnectionsOfOneClient) {
  ServerOptions options;
  options.limits.connections_per_client = 2;
  Served served(options);
  TestClient one(served.port());
  TestClient two(served.port());
  EXPECT_EQ(one.get("/hello")->status, 200);
  EXPECT_EQ(two.get("/hello")->status, 200);
  TestClient three(served.port());
  const auto refused = three.read_response();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 429);
  EXPECT_EQ(refused->header("Retry-After"), "1");
  one.close();
  for (int attempt = 0; attempt < 100; ++attempt) {  // until the server has seen the close
    TestClient again(served.port());
    const auto response = again.get("/hello");
    if (response && response->status == 200) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  FAIL() << "the closed connection still counts";
}

TEST(HttpServer, StopsTheWorkWithin100MsWhenTheClientLeaves) {
  Served served;
  TestClient client(served.port());
  client.send("GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n");
  served.wait_held()->write("data: 1\n\n");
  client.read_until("data: 1\n\n");
  const int64_t left = steady_ns();
  client.close();
  ASSERT_TRUE(served.wait_stopped(1));
  EXPECT_LT(served.stopped_ns - left, 100 * kNsPerMs);
  EXPECT_FALSE(served.held->write("data: 2\n\n"));
}

TEST(HttpServer, StopsTheWorkWhenTheClientLeavesBeforeTheFirstByte) {
  Served served;
  TestClient client(served.port());
  client.send("GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n");
  served.wait_held();
  client.close();
  EXPECT_TRUE(served.wait_stopped(1));
}

TEST(HttpServer, DropsAReaderThatDoesNotRead) {
  ServerOptions options;
  options.limits.queue_bytes = 64 * 1024;
  Served served(options);
  TestClient client(served.port(), 4096);
  client.send("GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto exchange = served.wait_held();
  const std::string event = "data: " + std::string(1000, 'x') + "\n\n";
  int written = 0;
  // The kernel's own buffers take up to a few megabytes first.
  while (exchange->write(event) && written < 100'000) {
    ++written;
    while (exchange->queued_bytes() > 32 * 1024 && exchange->open() && written < 20'000)
      if (++written > 19'000) break;
  }
  EXPECT_TRUE(served.wait_stopped(1));
  EXPECT_EQ(served.metrics->slow_readers_dropped.value(), 1U);
  TestClient other(served.port());
  EXPECT_EQ(other.get("/hello")->status, 200);
}

TEST(HttpServer, DropsAReaderThatStopsTakingBytes) {
  ServerOptions options;
  options.limits.write_timeout_ms = 150;
  options.limits.queue_bytes = 64 * 1024 * 1024;
  Served served(options);
  TestClient client(served.port(), 4096);
  client.send("GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto exchange = served.wait_held();
  exchange->write(std::string(20 * 1024 * 1024, 'x'));
  EXPECT_TRUE(served.wait_stopped(1));
  EXPECT_EQ(served.metrics->slow_readers_dropped.value(), 1U);
}

TEST(HttpServer, EndsARouteWhoseTimeIsOver) {
  Served served;
  TestClient client(served.port());
  const auto response = client.get("/brief");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 504);
  EXPECT_EQ(client.get("/hello")->status, 200);
}

TEST(HttpServer, LetsARunningAnswerFinishWhenItStops) {
  Served served;
  TestClient client(served.port());
  TestClient idle(served.port());
  client.send("GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto exchange = served.wait_held();
  exchange->write("data: 1\n\n");
  std::thread stopper([&] { served.server->stop(); });
  EXPECT_TRUE(idle.closed_within(2000));
  exchange->write("data: 2\n\n");
  exchange->finish();
  const auto response = client.read_response();
  EXPECT_EQ(response->body, "data: 1\n\ndata: 2\n\n");
  client.close();
  stopper.join();
}

TEST(HttpServer, EndsWhatDoesNotFinishWhenItStops) {
  ServerOptions options;
  options.limits.drain_timeout_ms = 100;
  Served served(options);
  TestClient client(served.port());
  client.send("GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n");
  served.wait_held()->write("data: 1\n\n");
  std::thread stopper([&] { served.server->stop(); });
  const auto response = client.read_response();
  EXPECT_NE(response->body.find("shutting down"), std::string::npos);
  EXPECT_TRUE(served.wait_stopped(1));
  client.close();
  stopper.join();
  EXPECT_FALSE(served.held->write("too late"));
}

TEST(HttpServer, RefusesAPortThatIsTaken) {
  Served served;
  ServerOptions options;
  options.port = served.port();
  const auto second = HttpServer::start(options, Router(), no_log());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kConflict);
}

TEST(HttpServer, RefusesBadAddressesAndMissingCertificates) {
  ServerOptions options;
  options.address = "not-an-address";
  EXPECT_FALSE(HttpServer::start(options, Router(), no_log()));
  options = {};
  options.tls_certificate_file = "/nonexistent.pem";
  EXPECT_EQ(HttpServer::start(options, Router(), no_log()).error().param, "tls");
  options.tls_key_file = "/nonexistent.key";
  EXPECT_NE(HttpServer::start(options, Router(), no_log()).error().message.en.find("/nonexistent"),
            std::string::npos);
}

TEST(HttpServer, ManyAbortedStreamsLeaveNothingBehind) {
  Served served;
  for (int i = 0; i < 300; ++i) {
    TestClient client(served.port());
    served.holding = false;
    client.send("GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n");
    served.wait_held()->write("data: 1\n\n");
  }
  EXPECT_TRUE(served.wait_stopped(300));
  TestClient last(served.port());
  EXPECT_EQ(last.get("/hello")->status, 200);
  EXPECT_EQ(served.metrics->streams.load(), 0);
  EXPECT_LE(served.server->connections(), 1);
}

}  // namespace
}  // namespace mw::server
