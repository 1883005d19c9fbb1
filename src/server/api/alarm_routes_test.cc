// Alarms over a real socket, answers checked against the published schemas.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/testing/api_server.h"
#include "server/testing/schema_check.h"
#include "tests/support/temporary_folder.h"

namespace mw::server {
namespace {

using testing::ApiServer;
using testing::body_of;
using ::testing::HasSubstr;
using testing::schema_problem;
using testing::TestClient;

constexpr const char* kHot = "cnc-2.spindle_temperature.high";

class AlarmApi : public ::testing::Test {
 protected:
  AlarmApi() {
    auto opened = alarms::Alarms::open(
        {(folder_.path() / "alarms.db").string(),
         plant_->catalogue({Identity::Kind::kService, "test", {{Role::kViewer, {"*"}, {}}}}),
         clock_.get(), no_log(), nullptr});
    MW_CHECK(opened.has_value());
    alarms_ = std::move(*opened);
    ApiParts parts;
    parts.clock = clock_;
    parts.plant = plant_;
    parts.alarms = alarms_;
    api_ = std::make_unique<Api>(std::move(parts));
    ServerOptions options;
    options.port = 0;
    server_ = std::move(*HttpServer::start(std::move(options), api_->router(), no_log()));
  }
  void raise() {
    plant_->set_temperature(90);
    alarms_->take(
        plant_->snapshot({Identity::Kind::kService, "test", {{Role::kViewer, {"*"}, {}}}}).values);
    alarms_->tick();
    clock_->set(clock_->now_ns() + 10 * kNsPerSecond);
    alarms_->tick();
  }
  TestClient client() const { return TestClient(server_->port()); }
  static std::string order(const std::string& action, const std::string& more = {}) {
    return R"({"alarm":")" + std::string(kHot) + R"(","action":")" + action + "\"" + more + "}";
  }

  testing_support::TemporaryFolder folder_;
  std::shared_ptr<FixedClock> clock_ = std::make_shared<FixedClock>(1'700'000'000 * kNsPerSecond);
  std::shared_ptr<testing::FakePlant> plant_ = std::make_shared<testing::FakePlant>();
  std::shared_ptr<alarms::Alarms> alarms_;
  std::unique_ptr<Api> api_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(AlarmApi, ListsWhatSomebodyHasToSeeTo) {
  Json body = body_of(client().get("/api/alarms"));
  EXPECT_EQ(schema_problem("AlarmList", body), "");
  EXPECT_EQ(body["alarms"].size(), 0U);
  raise();
  body = body_of(client().get("/api/alarms"));
  EXPECT_EQ(schema_problem("AlarmList", body), "");
  ASSERT_EQ(body["alarms"].size(), 1U);
  const Json& alarm = body["alarms"][0];
  EXPECT_EQ(alarm["id"], kHot);
  EXPECT_EQ(alarm["state"], "unacknowledged");
  EXPECT_EQ(alarm["value"], 90);
  EXPECT_EQ(alarm["asset_name"]["zh"], "2号数控机床");
  EXPECT_EQ(body["load"]["unacknowledged"], 1);
  EXPECT_GT(body_of(client().get("/api/alarms?all=1"))["alarms"].size(), 0U);
}

TEST_F(AlarmApi, TakesWhatPeopleDoAndKeepsItInTheJournal) {
  raise();
  const auto done =
      client().post("/api/alarms/actions", order("acknowledge", R"(,"note":"on my way")"));
  EXPECT_EQ(done->status, 200) << done->body;
  EXPECT_EQ(schema_problem("Alarm", body_of(done)), "");
  EXPECT_EQ(body_of(done)["state"], "acknowledged");
  EXPECT_EQ(client().post("/api/alarms/actions", order("acknowledge"))->status, 409);
  EXPECT_EQ(client().post("/api/alarms/actions", order("shelve", R"(,"minutes":30)"))->status, 400);
  EXPECT_EQ(client()
                .post("/api/alarms/actions",
                      order("shelve", R"(,"minutes":30,"note":"sensor is changed")"))
                ->status,
            200);
  const Json journal = body_of(client().get("/api/alarms/journal"));
  EXPECT_EQ(schema_problem("AlarmJournal", journal), "");
  ASSERT_EQ(journal["entries"].size(), 3U);
  EXPECT_EQ(journal["entries"][0]["event"], "shelved");
  EXPECT_EQ(journal["entries"][1]["note"], "on my way");
  EXPECT_EQ(journal["entries"][1]["who"], "local");
  const std::string second = to_text(journal["entries"][1]["number"]);
  EXPECT_EQ(
      body_of(client().get("/api/alarms/journal?limit=1&before=" + second))["entries"][0]["event"],
      "raised");
}

TEST_F(AlarmApi, GivesTheJournalOfOneMachineInWords) {
  raise();
  const Json journal = body_of(client().get("/api/alarms/journal?asset=cnc-2"));
  EXPECT_EQ(schema_problem("AlarmJournal", journal), "");
  ASSERT_EQ(journal["entries"].size(), 1U);
  const Json& entry = journal["entries"][0];
  EXPECT_EQ(entry["asset"], "cnc-2");
  EXPECT_NE(entry["name"]["en"], "");
  EXPECT_NE(entry["name"]["zh"], "");
  EXPECT_EQ(entry["tag"], "cnc-2/spindle_temperature");
  EXPECT_EQ(entry["unit"], "degC");
  const Json none = body_of(client().get("/api/alarms/journal?asset=no-1"));
  EXPECT_EQ(none["entries"].size(), 0U);
  EXPECT_EQ(client().request("DELETE", std::string("/api/alarms/rules/") + kHot, "")->status, 200);
  const Json later = body_of(client().get("/api/alarms/journal?asset=cnc-2"));
  EXPECT_EQ(schema_problem("AlarmJournal", later), "");
  ASSERT_EQ(later["entries"].size(), 1U) << "what happened stays, its rule being no more";
  EXPECT_EQ(later["entries"][0]["name"]["en"], "");
}

TEST_F(AlarmApi, RefusesByNameWhatItCannotDo) {
  const std::pair<std::string, const char*> rows[] = {
      {"[]", "body"},
      {R"({"alarm":"none","action":"dance"})", "action"},
      {R"({"alarm":5,"action":"reset"})", "alarm"},
      {order("shelve", R"(,"note":"why","minutes":99999999999)"), "minutes"}};
  for (const auto& [body, param] : rows) {
    const auto response = client().post("/api/alarms/actions", body);
    EXPECT_EQ(response->status, 400) << body;
    EXPECT_EQ(body_of(response)["error"]["param"], param) << body;
  }
  EXPECT_EQ(client().post("/api/alarms/actions", R"({"alarm":"none","action":"reset"})")->status,
            404);
  EXPECT_EQ(client().get("/api/alarms/journal?limit=0")->status, 400);
}

TEST_F(AlarmApi, RulesAreReadChangedAndRemoved) {
  const Json rules = body_of(client().get("/api/alarms/rules"));
  EXPECT_EQ(schema_problem("AlarmRuleList", rules), "");
  Json rule = rules["rules"][0];
  rule["priority"] = "critical";
  const auto put = client().request("PUT", "/api/alarms/rules", to_text(rule));
  EXPECT_EQ(put->status, 200) << put->body;
  EXPECT_EQ(schema_problem("AlarmRule", body_of(put)), "");
  rule["when"] = {{"tag", "cnc-9/x"}, {"above", 1}};
  const auto wrong = client().request("PUT", "/api/alarms/rules", to_text(rule));
  EXPECT_EQ(wrong->status, 400);
  EXPECT_EQ(body_of(wrong)["error"]["param"], "when.tag");
  rule = rules["rules"][0];  // as it was before the change above
  rule["priority"] = "low";
  const auto old = client().request("PUT", "/api/alarms/rules", to_text(rule));
  EXPECT_EQ(old->status, 409) << old->body;
  EXPECT_EQ(body_of(old)["error"]["param"], "revision");
  const std::string path = "/api/alarms/rules/" + rule["id"].get<std::string>();
  EXPECT_EQ(client().request("DELETE", path, "")->status, 200);
  EXPECT_EQ(client().request("DELETE", path, "")->status, 404);
}

TEST_F(AlarmApi, TellsHowOftenARuleWouldHaveComeUpAndStoresNothing) {
  const Json rules = body_of(client().get("/api/alarms/rules"));
  Json rule = rules["rules"][0];
  rule["id"] = "not-stored";
  const auto found = client().post("/api/alarms/rules/preview", to_text(rule));
  EXPECT_EQ(found->status, 200) << found->body;
  EXPECT_EQ(schema_problem("AlarmRulePreview", body_of(found)), "");
  EXPECT_GT(body_of(found)["to_ms"], body_of(found)["from_ms"]);
  EXPECT_EQ(body_of(client().get("/api/alarms/rules")), rules);
  rule["when"] = {{"all", {{{"tag", "cnc-9/x"}, {"above", 1}}}}};
  const auto wrong = client().post("/api/alarms/rules/preview", to_text(rule));
  EXPECT_EQ(wrong->status, 400);
  EXPECT_EQ(body_of(wrong)["error"]["param"], "when.all[0].tag");
}

TEST_F(AlarmApi, WithoutAConfigurationNobodyIsTold) {
  const Json body = body_of(client().get("/api/alarms/messages"));
  EXPECT_EQ(schema_problem("AlarmMessages", body), "");
  EXPECT_EQ(body["steps"].size(), 0U);
}

/// Refuses all.
class DeadChannel final : public notify::Channel {
 public:
  Result<void> send(const std::vector<notify::Message>&, std::stop_token) override {
    return Error::make(Code::kUnavailable, "nobody answers", "无应答");
  }
};

TEST_F(AlarmApi, TellsWhoIsToldAndWhatBecameOfIt) {
  std::shared_ptr<notify::Outbox> outbox =
      notify::Outbox::open((folder_.path() / "notify.db").string()).value();
  notify::SenderOptions options;
  options.outbox = outbox;
  options.channels["shift"] = std::make_unique<DeadChannel>();
  options.clock = clock_.get();
  notify::Sender sender(std::move(options));
  alarms::EscalationOptions steps;
  steps.steps = {{"first", kNsPerMinute, alarms::Priority::kMedium, {"*"}, {"shift"}}};
  steps.clock = clock_.get();
  const auto escalation =
      std::make_shared<alarms::Escalation>(*alarms_, sender, *outbox, std::move(steps));
  ApiParts parts;
  parts.clock = clock_;
  parts.plant = plant_;
  parts.alarms = alarms_;
  parts.escalation = escalation;
  const Api api(std::move(parts));
  ServerOptions server_options;
  server_options.port = 0;
  const auto server =
      std::move(*HttpServer::start(std::move(server_options), api.router(), no_log()));
  raise();
  clock_->set(clock_->now_ns() + 2 * kNsPerMinute);
  escalation->tick();
  Json body;
  for (int i = 0; i < 500 && (body.is_null() || body["channels"][0]["problem"].is_null()); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    body = body_of(TestClient(server->port()).get("/api/alarms/messages"));
  }
  EXPECT_EQ(schema_problem("AlarmMessages", body), "");
  EXPECT_EQ(body["steps"][0]["after_ms"], 60'000);
  EXPECT_EQ(body["channels"][0]["problem"]["zh"], "无应答");
  ASSERT_EQ(body["messages"].size(), 1U);
  EXPECT_EQ(body["messages"][0]["alarm"], kHot);
  EXPECT_EQ(body["messages"][0]["state"], "waiting");
  EXPECT_EQ(body["messages"][0]["problem"]["en"], "nobody answers");
}

TEST(AlarmApiWithoutPlant, SaysWhatIsMissing) {
  ApiServer server({}, false);
  EXPECT_EQ(TestClient(server.port()).get("/api/alarms")->status, 503);
}

}  // namespace
}  // namespace mw::server
