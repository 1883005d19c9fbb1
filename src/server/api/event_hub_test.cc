#include "server/api/event_hub.h"

#include <gtest/gtest.h>

#include "server/testing/api_server.h"
#include "server/testing/schema_check.h"

namespace mw::server {
namespace {

using testing::ApiServer;
using testing::FakeModelHost;
using testing::FakePlant;
using testing::schema_problem;
using testing::TestClient;

/// A hub without its thread: the test ticks.
struct Hub {
  std::shared_ptr<FakePlant> plant = std::make_shared<FakePlant>();
  ApiParts parts;
  std::unique_ptr<SystemReport> system;
  RequestHistory requests;
  std::unique_ptr<EventHub> hub;

  explicit Hub(int max_streams = 4) {
    parts.plant = plant;
    parts.models = std::make_shared<FakeModelHost>();
    parts.metrics = std::make_shared<ServerMetrics>();
    system = std::make_unique<SystemReport>(parts);
    hub = std::make_unique<EventHub>(parts, *system, requests, max_streams);
  }
  std::shared_ptr<Exchange> join() {
    HttpRequest request;
    request.who = Identity::local_viewer();
    auto exchange = std::make_shared<Exchange>(std::move(request), 1'000'000);
    EXPECT_TRUE(hub->add(exchange));
    return exchange;
  }
};

/// Events by name, in order.
std::vector<std::pair<std::string, Json>> events(const std::string& text) {
  std::vector<std::pair<std::string, Json>> out;
  for (std::size_t at = text.find("event: "); at != std::string::npos;
       at = text.find("event: ", at)) {
    const std::size_t line = text.find("\ndata: ", at);
    const std::size_t end = text.find("\n\n", line);
    out.emplace_back(text.substr(at + 7, line - at - 7),
                     *parse_json(text.substr(line + 7, end - line - 7)));
    at = end;
  }
  return out;
}

TEST(EventHub, SendsEverythingFirstAndThenOnlyWhatChanged) {
  Hub hub;
  const auto exchange = hub.join();
  const auto first = events(exchange->take().bytes);
  ASSERT_EQ(first.size(), 3U);
  EXPECT_EQ(first[0].first, "plant");
  EXPECT_EQ(schema_problem("LivePlant", first[0].second), "");
  EXPECT_EQ(first[0].second["values"].size(), 2U);
  EXPECT_EQ(first[0].second["states"].size(), 1U);
  EXPECT_EQ(schema_problem("System", first[1].second), "");
  EXPECT_EQ(schema_problem("ModelList", first[2].second), "");

  hub.hub->tick();
  const auto second = events(exchange->take().bytes);
  EXPECT_EQ(second.at(0).second["values"].size(), 0U);
  hub.plant->set_temperature(70);
  hub.hub->tick();
  const auto third = events(exchange->take().bytes);
  ASSERT_EQ(third.at(0).second["values"].size(), 1U);
  EXPECT_EQ(third[0].second["values"][0]["tag"], "cnc-2/spindle_temperature");
  EXPECT_EQ(third[0].second["values"][0]["value"], 70);
  for (const auto& [name, data] : third) EXPECT_NE(name, "models");
}

TEST(EventHub, TellsNewValuesBetweenTwoRoundsAndEachOnce) {
  Hub hub;
  const auto exchange = hub.join();
  exchange->take();
  hub.plant->set_temperature(71);
  hub.plant->tell();
  hub.hub->tell_new_values();
  const auto news = events(exchange->take().bytes);
  ASSERT_EQ(news.size(), 1U);
  EXPECT_EQ(news[0].first, "plant");
  EXPECT_EQ(schema_problem("LivePlant", news[0].second), "");
  ASSERT_EQ(news[0].second["values"].size(), 1U) << "only what is new";
  EXPECT_EQ(news[0].second["values"][0]["value"], 71);
  hub.plant->tell();
  hub.hub->tell_new_values();
  EXPECT_TRUE(exchange->take().bytes.empty()) << "nothing is new";
  hub.hub->tick();
  EXPECT_EQ(events(exchange->take().bytes).at(0).second["values"].size(), 0U);
}

TEST(EventHub, DoesNotPileUpNewValuesBeforeAReaderThatLags) {
  Hub hub;
  const auto exchange = hub.join();
  const std::size_t queued = exchange->queued_bytes();
  hub.plant->set_temperature(72);
  hub.plant->tell();
  hub.hub->tell_new_values();
  EXPECT_EQ(exchange->queued_bytes(), queued);
  exchange->take();
  hub.hub->tell_new_values();
  const auto late = events(exchange->take().bytes);
  ASSERT_EQ(late.size(), 1U);
  EXPECT_EQ(late[0].second["values"][0]["value"], 72);
}

TEST(EventHub, SendsRequestsWhenTheyEndAndEachOnce) {
  Hub hub;
  for (int i = 0; i < 30; ++i) hub.requests.add({.id = "req_" + std::to_string(i)});
  const auto exchange = hub.join();
  const auto first = events(exchange->take().bytes);
  ASSERT_EQ(first.back().first, "requests");
  EXPECT_EQ(schema_problem("RequestList", first.back().second), "");
  EXPECT_EQ(first.back().second["requests"].size(), 20U);
  EXPECT_EQ(first.back().second["requests"][0]["id"], "req_29");
  hub.hub->tick();
  EXPECT_NE(events(exchange->take().bytes).back().first, "requests");
  hub.requests.add({.id = "req_30"});
  hub.hub->tick();
  const auto third = events(exchange->take().bytes);
  ASSERT_EQ(third.back().first, "requests");
  EXPECT_EQ(third.back().second["requests"].size(), 1U);
}

TEST(EventHub, SkipsAReaderThatLagsAndThenSendsEverythingAgain) {
  Hub hub;
  const auto exchange = hub.join();
  const std::size_t queued = exchange->queued_bytes();
  hub.hub->tick();
  EXPECT_EQ(exchange->queued_bytes(), queued);
  exchange->take();
  hub.hub->tick();
  EXPECT_EQ(events(exchange->take().bytes).at(0).second["values"].size(), 2U);
}

TEST(EventHub, ShowsNobodyALineTheyMayNotSee) {
  Hub hub;
  HttpRequest request;
  request.who = Identity{};
  auto exchange = std::make_shared<Exchange>(std::move(request), 1'000'000);
  ASSERT_TRUE(hub.hub->add(exchange));
  const auto first = events(exchange->take().bytes);
  EXPECT_EQ(first.at(0).second["values"].size(), 0U);
  EXPECT_EQ(first.at(0).second["states"].size(), 0U);
}

TEST(EventHub, LimitsStreamsAndForgetsClosedOnes) {
  Hub hub(2);
  const auto one = hub.join();
  const auto two = hub.join();
  auto three = std::make_shared<Exchange>(HttpRequest{}, 1000);
  EXPECT_EQ(hub.hub->add(three).error().code, Code::kResourceExhausted);
  one->abandon();
  hub.hub->tick();
  EXPECT_TRUE(hub.hub->add(three));
}

TEST(EventsApi, StreamsOverTheSocketAndEndsWithTheServer) {
  ApiServer server;
  TestClient client(server.port());
  client.send("GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const std::string head = client.read_until("\r\n\r\n");
  EXPECT_NE(head.find("text/event-stream"), std::string::npos);
  client.read_until("event: models");
  const int64_t began = steady_ns();
  server.server->stop();
  EXPECT_LT(steady_ns() - began, 3 * kNsPerSecond);
}

}  // namespace
}  // namespace mw::server
