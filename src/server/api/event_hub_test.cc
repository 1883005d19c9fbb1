#include "server/api/event_hub.h"

#include <gtest/gtest.h>

#include <functional>

#include "server/testing/api_server.h"
#include "server/testing/schema_check.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_people.h"

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
  std::shared_ptr<Exchange> join(Identity who = Identity::local_viewer(),
                                 const std::string& token = {}) {
    HttpRequest request;
    request.who = std::move(who);
    if (!token.empty()) request.headers.push_back({"Cookie", "mw_session=" + token});
    auto exchange = std::make_shared<Exchange>(std::move(request), 1'000'000);
    EXPECT_TRUE(hub->add(exchange));
    return exchange;
  }
  /// Until this reader, who reads nothing, has more before it than who keeps up.
  std::size_t fall_behind(const std::shared_ptr<Exchange>& exchange) {
    while (exchange->queued_bytes() <= EventHub::kLagBytes) hub->tick();
    return exchange->queued_bytes();
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

// When something happens there is told by an event that says nothing new as well.
TEST(EventHub, AlarmsOfALineThatAReaderMayNotSeeSendNoEvent) {
  const testing_support::TemporaryFolder folder;
  FixedClock clock(1'700'000'000 * kNsPerSecond);
  Hub hub;
  const Identity all = Identity::local_viewer();
  hub.parts.alarms = alarms::Alarms::open({(folder.path() / "alarms.db").string(),
                                           hub.plant->catalogue(all), &clock, no_log(), nullptr})
                         .value();
  const auto of_line = hub.join(Identity::viewer_of({"line-1"}));
  const auto of_other = hub.join(Identity::viewer_of({"line-2"}));
  const auto alarms_told = [](Exchange& exchange) {
    int count = 0;
    for (const auto& [name, data] : events(exchange.take().bytes)) count += name == "alarms";
    return count;
  };
  EXPECT_EQ(alarms_told(*of_line), 1);
  EXPECT_EQ(alarms_told(*of_other), 1) << "there are none, is told once";
  hub.plant->set_temperature(90);
  hub.parts.alarms->take(hub.plant->snapshot(all).values);
  hub.parts.alarms->tick();
  clock.set(clock.now_ns() + 10 * kNsPerSecond);
  hub.parts.alarms->tick();
  hub.hub->tick();
  EXPECT_EQ(alarms_told(*of_line), 1);
  EXPECT_EQ(alarms_told(*of_other), 0);
}

TEST(EventHub, WhatTheWholePlantBringsIsToldToWhoMaySeeAllOfIt) {
  Hub hub;
  const auto part = hub.join(Identity::viewer_of({"line-1"}));
  const auto whole = hub.join();
  for (int round = 0; round < 2; ++round) {  // the first events, and those of a tick
    const Json of_part = events(part->take().bytes).at(1).second;
    EXPECT_EQ(schema_problem("System", of_part), "");
    EXPECT_EQ(of_part["ingest"], nullptr);
    const auto of_whole = events(whole->take().bytes);
    EXPECT_EQ(of_whole.at(1).second["ingest"]["stored_samples"], 1234);
    hub.hub->tick();
  }
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
  const auto other = hub.join();
  const std::size_t queued = hub.fall_behind(exchange);
  other->take();
  hub.plant->set_temperature(72);
  hub.plant->tell();
  hub.hub->tell_new_values();
  EXPECT_EQ(exchange->queued_bytes(), queued);
  EXPECT_EQ(events(other->take().bytes).at(0).second["values"][0]["value"], 72);
  exchange->take();
  hub.hub->tell_new_values();
  EXPECT_TRUE(exchange->take().bytes.empty()) << "all of it comes with the next round";
  hub.hub->tick();
  const auto late = events(exchange->take().bytes);
  ASSERT_EQ(late.at(0).second["values"].size(), 2U);
  EXPECT_NE(to_text(late[0].second).find("\"value\":72"), std::string::npos);
}

TEST(EventHub, WhoComesLaterTakesNothingFromThoseWhoAreThere) {
  Hub hub;
  const auto first = hub.join();
  first->take();
  hub.plant->set_temperature(73);
  const auto second = hub.join();
  EXPECT_EQ(events(first->take().bytes).at(0).second["values"][0]["value"], 73);
  hub.plant->set_temperature(74);
  hub.plant->tell();
  hub.hub->tell_new_values();
  second->take();
  EXPECT_EQ(events(first->take().bytes).at(0).second["values"][0]["value"], 74);
  hub.plant->set_temperature(73);
  const auto third = hub.join();
  hub.hub->tick();
  for (const auto& each : {first, second, third}) {
    const std::string text = each->take().bytes;
    EXPECT_NE(text.find("\"value\":73"), std::string::npos) << text.substr(0, 400);
    EXPECT_EQ(text.find("\"value\":74"), std::string::npos);
  }
}

TEST(EventHub, SendsRequestsWhenTheyEndAndEachOnce) {
  Hub hub;
  for (int i = 0; i < 30; ++i)
    hub.requests.add({.id = "req_" + std::to_string(i), .owner = "person:local"});
  const auto exchange = hub.join();
  const auto first = events(exchange->take().bytes);
  ASSERT_EQ(first.back().first, "requests");
  EXPECT_EQ(schema_problem("RequestList", first.back().second), "");
  EXPECT_EQ(first.back().second["requests"].size(), 20U);
  EXPECT_EQ(first.back().second["requests"][0]["id"], "req_29");
  hub.hub->tick();
  EXPECT_NE(events(exchange->take().bytes).back().first, "requests");
  hub.requests.add({.id = "req_other", .owner = "person:li"});
  hub.hub->tick();
  for (const auto& [name, body] : events(exchange->take().bytes)) EXPECT_NE(name, "requests");
  hub.requests.add({.id = "req_30", .owner = "person:local"});
  hub.hub->tick();
  const auto third = events(exchange->take().bytes);
  ASSERT_EQ(third.back().first, "requests");
  EXPECT_EQ(third.back().second["requests"].size(), 1U);
}

/// People beside the hub, and another process that changes them.
class EventHubOfPeople : public security::PeopleFixture {
 protected:
  EventHubOfPeople() {
    hub_.parts.people = std::move(people_);
    reopen();  // the other process
  }
  std::shared_ptr<Exchange> join(const security::Login& login) {
    return hub_.join(login.who, login.token);
  }
  /// What a stream gets of a new value that comes right after `change`.
  std::string after(const std::shared_ptr<Exchange>& exchange, const Result<void>& change) {
    EXPECT_TRUE(change) << change.error().message.en;
    exchange->take();
    hub_.plant->set_temperature(temperature_ += 1);
    hub_.plant->tell();
    hub_.hub->tell_new_values();
    return exchange->take().bytes;
  }

  Hub hub_;
  double temperature_ = 73;
};

TEST_F(EventHubOfPeople, EndsAStreamBeforeTheNextEventOnceItsGroupGivesLess) {
  using security::kAdmin;
  add("li", {Role::kViewer, {}, {}});
  add("wang", {Role::kViewer, {"line-1"}, {}});
  ASSERT_TRUE(people_->add_group(kAdmin, "west", {Role::kOperator, {"line-1"}, {}}));
  ASSERT_TRUE(people_->set_member(kAdmin, "west", "li", true));
  const auto li = login("li");
  const auto wang = login("wang");
  const auto other = join(*wang);
  const auto of = [&] { return join(*login("li")); };
  auto stream = of();
  EXPECT_NE(after(stream, {}).find("\"value\":74"), std::string::npos);
  const std::vector<std::function<Result<void>()>> changes = {
      [&] {
        return people_->set_group_grant(kAdmin, "west", {Role::kOperator, {"line-2"}, {}});
      },
      [&] {
        return people_->set_group_grant(kAdmin, "west", {Role::kViewer, {"line-1"}, {}});
      },
      [&] { return people_->set_member(kAdmin, "west", "li", false); },
      [&] { return people_->set_member(kAdmin, "west", "li", true); },
      [&] { return people_->remove_group(kAdmin, "west"); },
      [&] { return people_->set_disabled(kAdmin, "li", true); }};
  for (const auto& change : changes) {
    stream = of();
    EXPECT_EQ(after(stream, change()), "");
    EXPECT_FALSE(stream->open()) << "whoever opens it again gets what they may see now";
    EXPECT_TRUE(other->open());
  }
  EXPECT_NE(after(other, {}).find("\"value\":"), std::string::npos) << "others go on";
}

TEST_F(EventHubOfPeople, LetsNobodyInWithRightsOfBefore) {
  add("li", {Role::kViewer, {"line-1"}, {}});
  const auto li = login("li");
  ASSERT_TRUE(people_->set_grant(security::kAdmin, "li", {Role::kViewer, {}, {}}));
  HttpRequest request;
  request.who = li->who;
  request.headers.push_back({"Cookie", "mw_session=" + li->token});
  const auto exchange = std::make_shared<Exchange>(std::move(request), 1'000'000);
  EXPECT_EQ(hub_.hub->add(exchange).error().code, Code::kUnauthenticated);
}

TEST(EventHub, SkipsAReaderThatLagsAndThenSendsEverythingAgain) {
  Hub hub;
  const auto exchange = hub.join();
  const std::size_t queued = hub.fall_behind(exchange);
  hub.hub->tick();
  EXPECT_EQ(exchange->queued_bytes(), queued);
  exchange->take();
  hub.hub->tick();
  EXPECT_EQ(events(exchange->take().bytes).at(0).second["values"].size(), 2U);
}

TEST(EventHub, ShowsNobodyALineTheyMayNotSee) {
  Hub hub;
  const auto all = hub.join();
  const auto exchange = hub.join(Identity{});
  all->take();
  hub.plant->set_temperature(75);
  hub.plant->tell();
  hub.hub->tell_new_values();
  EXPECT_FALSE(all->take().bytes.empty());
  const auto first = events(exchange->take().bytes);
  EXPECT_EQ(first.at(0).second["values"].size(), 0U);
  EXPECT_EQ(first.at(0).second["states"].size(), 0U);
  for (const auto& [name, data] : first) {
    EXPECT_EQ(to_text(data).find("\"value\":75"), std::string::npos) << name;
  }
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
