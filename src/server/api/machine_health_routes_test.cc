// The health of machines over a real socket: shapes, refusals, and that a line which somebody may
// not see does not exist for them.
#include <gtest/gtest.h>

#include "core/file.h"
#include "maintenance/health_monitor.h"
#include "plant/csv_export.h"
#include "server/testing/api_server.h"
#include "server/testing/schema_check.h"
#include "tests/support/test_people.h"

namespace mw::server {
namespace {

using maintenance::HealthMonitor;
using security::kAdmin;
using security::kPassword;
using security::Role;
using testing::ApiServer;
using testing::body_of;
using testing::schema_problem;
using testing::SeenResponse;
using testing::TestClient;

maintenance::HealthCase case_of_cnc() {
  maintenance::HealthCase one;
  one.asset = "cnc-2";
  one.line = "line-1";
  one.opened_ns = 1'700'000'000 * kNsPerSecond;
  one.state = "running";
  one.score = 2.5;
  one.threshold = 1.25;
  one.evidence = {{"cnc-2/spindle_temperature", "degC", 81, 55, 65, 1}};
  return one;
}

class MachineHealthApi : public security::PeopleFixture {
 protected:
  MachineHealthApi() {
    shared_ = std::move(people_);
    maintenance::HealthOptions health;
    health.folder = folder_.path() / "maintenance";
    health.plant = std::make_shared<testing::FakePlant>();
    health.clock = clock_.get();
    health.audit = audit_;
    EXPECT_TRUE(make_private_folder(health.folder));
    auto store = maintenance::CaseStore::open((health.folder / "maintenance.db").string());
    const auto number = store->add(case_of_cnc());
    EXPECT_TRUE(number);
    EXPECT_TRUE(
        store->add_to(*number, {{"cnc-2/spindle_load", "%", 97, 20, 80, 0.3}, 5 * kNsPerSecond}));
    auto versions = maintenance::VersionStore::open((health.folder / "maintenance.db").string());
    for (const int64_t version : {1, 2}) {  // their files are gone
      EXPECT_TRUE(
          versions->add({"cnc-2", version, maintenance::VersionStep::kLearned, "wang", version}));
    }
    monitor_ = HealthMonitor::open(std::move(health)).value();
    ServerOptions options;
    options.people = shared_;
    ApiParts parts;
    parts.people = shared_;
    parts.plant = std::make_shared<testing::FakePlant>();
    parts.health = monitor_;
    api_ = std::make_unique<Api>(std::move(parts));
    options.port = 0;
    server_ = HttpServer::start(std::move(options), api_->router(), no_log()).value();
    for (const char* line : {"line-1", "line-2"}) {
      for (const Role role : {Role::kViewer, Role::kEngineer}) {
        const std::string name = std::string(security::role_name(role)) + "-of-" + line;
        EXPECT_TRUE(shared_->add_person(kAdmin, {name, kPassword, {role, {line}, {}}}));
        cookies_[name] =
            "Cookie: mw_session=" + shared_->login({name, kPassword, "", "10.0.0.7"})->token +
            "\r\n";
      }
    }
  }
  std::optional<SeenResponse> get(const std::string& path, const std::string& who) {
    return TestClient(server_->port()).get(path, cookies_.at(who));
  }
  std::optional<SeenResponse> post(const std::string& path, const Json& body,
                                   const std::string& who) {
    return TestClient(server_->port()).post(path, to_text(body), cookies_.at(who));
  }

  std::string case_path() const {
    return "/api/maintenance/cases/" +
           std::to_string(monitor_->cases(Identity::local_viewer()).front().number);
  }

  std::shared_ptr<security::People> shared_;
  std::shared_ptr<HealthMonitor> monitor_;
  std::unique_ptr<Api> api_;
  std::unique_ptr<HttpServer> server_;
  std::map<std::string, std::string> cookies_;
};

TEST_F(MachineHealthApi, ShowsMachinesAndCasesInTheirShapes) {
  const Json health = body_of(get("/api/maintenance/health", "viewer-of-line-1"));
  EXPECT_EQ(schema_problem("MachineHealthList", health), "");
  EXPECT_EQ(health["machines"][0]["verdict"], "not_trained");
  EXPECT_EQ(health["machines"][0]["may_train"], false);
  const Json cases = body_of(get("/api/maintenance/cases", "viewer-of-line-1"));
  EXPECT_EQ(schema_problem("MaintenanceCaseList", cases), "");
  EXPECT_EQ(cases["cases"][0]["kind"], "temperature");
  const Json one = body_of(get(case_path(), "viewer-of-line-1"));
  EXPECT_EQ(schema_problem("MaintenanceCase", one), "");
  EXPECT_EQ(one["may_decide"], false);
  EXPECT_EQ(one["nearest"], nullptr);
  EXPECT_EQ(one["state_name"]["zh"], "运行");
}

TEST_F(MachineHealthApi, TellsWhatElseDeviatesSinceACaseWasOpened) {
  const Json one = body_of(get(case_path(), "viewer-of-line-1"));
  EXPECT_EQ(schema_problem("MaintenanceCase", one), "");
  ASSERT_EQ(one["also"].size(), 1u);
  EXPECT_EQ(one["also"][0]["tag"], "cnc-2/spindle_load");
  EXPECT_EQ(one["also"][0]["since_ms"], 5000);
}

TEST_F(MachineHealthApi, HidesALineThatMayNotBeSeenAsIfItWereNotThere) {
  EXPECT_EQ(body_of(get("/api/maintenance/health", "engineer-of-line-2"))["machines"],
            Json::array());
  EXPECT_EQ(body_of(get("/api/maintenance/cases", "engineer-of-line-2"))["cases"], Json::array());
  const auto hidden = get(case_path(), "engineer-of-line-2");
  for (const char* number : {"2", "0", "x", "99999999999999999999"}) {
    const auto absent = get(std::string("/api/maintenance/cases/") + number, "engineer-of-line-2");
    EXPECT_EQ(hidden->status, absent->status);
    EXPECT_EQ(hidden->body, absent->body) << number;
  }
  const Json found{{"outcome", "confirmed"}, {"note", ""}};
  EXPECT_EQ(post(case_path() + "/outcome", found, "engineer-of-line-2")->body,
            post("/api/maintenance/cases/2/outcome", found, "engineer-of-line-2")->body);
  const auto training = [](const char* asset) {
    return Json{{"asset", asset}, {"from_ms", 0}, {"to_ms", 9}};
  };
  std::string answer =
      post("/api/maintenance/models", training("cnc-2"), "engineer-of-line-2")->body;
  for (std::size_t at = 0; (at = answer.find("cnc-2")) != std::string::npos;) {
    answer.replace(at, 5, "cnc-9");
  }
  EXPECT_EQ(answer, post("/api/maintenance/models", training("cnc-9"), "engineer-of-line-2")->body);
}

TEST_F(MachineHealthApi, TakesAnOutcomeOnceAndSaysWhatIsWrongWithOthers) {
  const std::string path = case_path() + "/outcome";
  EXPECT_EQ(post(path, {{"outcome", "confirmed"}}, "viewer-of-line-1")->status, 403);
  EXPECT_EQ(post(path, {{"outcome", "open"}}, "engineer-of-line-1")->status, 400);
  EXPECT_EQ(post(path, {{"outcome", 3}}, "engineer-of-line-1")->status, 400);
  EXPECT_EQ(post(path, Json::array(), "engineer-of-line-1")->status, 400);
  EXPECT_EQ(
      post(path, {{"outcome", "other"}, {"note", std::string(1001, 'x')}}, "engineer-of-line-1")
          ->status,
      400);
  const Json decided =
      body_of(post(path, {{"outcome", "confirmed"}, {"note", "fan"}}, "engineer-of-line-1"));
  EXPECT_EQ(schema_problem("MaintenanceCase", decided), "");
  EXPECT_EQ(decided["decided_by"], "engineer-of-line-1");
  EXPECT_EQ(audit_->last().action, "maintenance.outcome");
  EXPECT_EQ(audit_->last().who, "person:engineer-of-line-1");
  EXPECT_EQ(post(path, {{"outcome", "other"}}, "engineer-of-line-1")->status, 409);
}

TEST_F(MachineHealthApi, RefusesTrainingInWordsAndAuditsIt) {
  const auto ask = [&](const Json& body, const char* who = "engineer-of-line-1") {
    return post("/api/maintenance/models", body, who)->status;
  };
  EXPECT_EQ(ask({{"asset", "cnc-2"}, {"from_ms", 0}, {"to_ms", 9}}, "viewer-of-line-1"), 403);
  EXPECT_EQ(ask({{"asset", "cnc-2"}}), 400);
  EXPECT_EQ(ask({{"asset", "cnc-2"}, {"from_ms", -5}, {"to_ms", 9}}), 400);
  EXPECT_EQ(ask({{"asset", "cnc-2"}, {"from_ms", 9}, {"to_ms", 9}}), 400);
  EXPECT_EQ(ask({{"asset", "cnc-2"}, {"from_ms", 0}, {"to_ms", INT64_MAX}}), 400);
  const auto short_one =
      post("/api/maintenance/models", {{"asset", "cnc-2"}, {"from_ms", 0}, {"to_ms", 60'000}},
           "engineer-of-line-1");
  EXPECT_EQ(short_one->status, 400);
  EXPECT_NE(short_one->body.find("not enough evidence"), std::string::npos) << short_one->body;
  EXPECT_EQ(audit_->last().action, "maintenance.train");
  EXPECT_EQ(audit_->last().outcome, security::AuditOutcome::kRefused);
}

TEST_F(MachineHealthApi, GivesTheSamplesAroundAnAlarmForAChartAndAsAFile) {
  EXPECT_EQ(get(case_path() + "/recording", "viewer-of-line-1")->status, 404);
  const int64_t number = monitor_->cases(Identity::local_viewer()).front().number;
  const TimeNs opened_ns = case_of_cnc().opened_ns;
  const std::string csv = "time,tag,value,quality,unit\n" + plant::csv_time(opened_ns) +
                          ",cnc-2/spindle_temperature,81.5,good,degC\n" +
                          plant::csv_time(opened_ns + kNsPerSecond) +
                          ",cnc-2/spindle_temperature,,bad,degC\n";
  auto store = maintenance::RecordingStore::open(
      (folder_.path() / "maintenance" / "maintenance.db").string());
  ASSERT_TRUE(store->put(number, {maintenance::recorded_window(opened_ns), {}, csv}));
  const Json seen = body_of(get(case_path() + "/recording", "viewer-of-line-1"));
  EXPECT_EQ(schema_problem("CaseRecording", seen), "");
  EXPECT_EQ(seen["to_ms"].get<int64_t>() - seen["from_ms"].get<int64_t>(), 15 * 60'000);
  bool found = false;
  for (const Json& tag : seen["tags"]) {
    if (tag["tag"] != "cnc-2/spindle_temperature") continue;
    found = true;
    EXPECT_EQ(tag["points"], (Json{{opened_ns / kNsPerMs, 81.5, 81.5, 81.5},
                                   {opened_ns / kNsPerMs + 1000, nullptr, nullptr, nullptr}}));
  }
  EXPECT_TRUE(found) << to_text(seen);
  const auto file = get(case_path() + "/recording/csv", "viewer-of-line-1");
  EXPECT_EQ(file->body, csv);
  EXPECT_EQ(get(case_path() + "/recording/csv", "engineer-of-line-2")->body,
            get("/api/maintenance/cases/2/recording/csv", "engineer-of-line-2")->body);
}

TEST_F(MachineHealthApi, GivesAWorkOrderAndTakesItsAcceptanceAsItWasSeen) {
  const std::string path = case_path() + "/work_order";
  const Json order = body_of(get(path, "viewer-of-line-1"));
  EXPECT_EQ(schema_problem("WorkOrder", order), "");
  EXPECT_EQ(order["mode"], "") << "the plant knows no failure mode of it";
  EXPECT_EQ(order["proposed"], nullptr);
  EXPECT_FALSE(order["not_given"].empty());
  EXPECT_EQ(get(path + "?mode=wear", "viewer-of-line-1")->status, 404);
  EXPECT_EQ(get(path + "?before_ms=1", "viewer-of-line-1")->status, 400);
  EXPECT_EQ(get(path + "?start_ms=x", "viewer-of-line-1")->status, 400);
  const int64_t start_ms = clock_->now_ns() / kNsPerMs + 60'000;
  const std::string own = path + "?start_ms=" + std::to_string(start_ms);
  const Json chosen = body_of(get(own, "engineer-of-line-1"))["windows"][0];
  EXPECT_EQ(chosen["to_ms"], nullptr) << "how long the machine stands is not given";
  Json acceptance = {{"start_ms", start_ms}, {"chosen", true}, {"check", "0000"}, {"note", "x"}};
  EXPECT_EQ(post(path, acceptance, "viewer-of-line-1")->status, 403);
  EXPECT_EQ(post(path, acceptance, "engineer-of-line-1")->status, 409);
  EXPECT_EQ(post(path, {{"check", "0000"}}, "engineer-of-line-1")->status, 400);
  EXPECT_EQ(post(path, acceptance, "engineer-of-line-2")->body,
            post("/api/maintenance/cases/2/work_order", acceptance, "engineer-of-line-2")->body);
  acceptance["check"] = chosen["check"];
  const Json accepted = body_of(post(path, acceptance, "engineer-of-line-1"));
  EXPECT_EQ(schema_problem("AcceptedWork", accepted), "");
  EXPECT_EQ(accepted["by"], "engineer-of-line-1");
  EXPECT_EQ(audit_->last().action, "maintenance.work_order");
  const Json one = body_of(get(case_path(), "viewer-of-line-1"));
  EXPECT_EQ(schema_problem("MaintenanceCase", one), "");
  EXPECT_EQ(one["accepted_work"], accepted);
  EXPECT_EQ(one["may_accept"], false);
}

TEST_F(MachineHealthApi, ShowsVersionsAndTakesADecisionOnWhatWasSeen) {
  const std::string path = "/api/maintenance/models/cnc-2";
  const Json seen = body_of(get(path, "viewer-of-line-1"));
  EXPECT_EQ(schema_problem("HealthVersions", seen), "");
  EXPECT_EQ(seen["may_decide"], false);
  EXPECT_EQ(seen["versions"][0]["stage"], "shadow");
  EXPECT_EQ(seen["versions"][0]["shut"].size(), 1u);
  EXPECT_EQ(seen["versions"][1]["stage"], "live");
  const auto decide = [&](int64_t version, const char* decision, const char* who) {
    return post(path + "/decisions", {{"version", version}, {"decision", decision}}, who);
  };
  EXPECT_EQ(decide(2, "reject", "viewer-of-line-1")->status, 403);
  EXPECT_EQ(decide(2, "drop", "engineer-of-line-1")->status, 400);
  EXPECT_EQ(decide(1, "reject", "engineer-of-line-1")->status, 409);
  const auto shut = decide(2, "promote", "engineer-of-line-1");
  EXPECT_EQ(shut->status, 409);
  EXPECT_NE(shut->body.find("replay it first"), std::string::npos) << shut->body;
  EXPECT_EQ(audit_->last().outcome, security::AuditOutcome::kRefused);
  const Json rejected = body_of(decide(2, "reject", "engineer-of-line-1"));
  EXPECT_EQ(schema_problem("HealthVersions", rejected), "");
  EXPECT_EQ(rejected["versions"][0]["stage"], "rejected");
  EXPECT_EQ(rejected["versions"][0]["who"], "engineer-of-line-1");
  EXPECT_EQ(audit_->last().action, "maintenance.reject");
  EXPECT_EQ(decide(1, "rollback", "engineer-of-line-1")->status, 409);
}

TEST_F(MachineHealthApi, HidesVersionsOfALineThatMayNotBeSeen) {
  const auto answers = [&](const std::string& asset) {
    const std::string path = "/api/maintenance/models/" + asset;
    std::string out = get(path, "engineer-of-line-2")->body;
    out += post(path + "/replay", {{"version", 2}}, "engineer-of-line-2")->body;
    out += get(path + "/replay", "engineer-of-line-2")->body;
    out += get(path + "/schedule", "engineer-of-line-2")->body;
    out += post(path + "/decisions", {{"version", 2}, {"decision", "reject"}}, "engineer-of-line-2")
               ->body;
    for (std::size_t at = 0; (at = out.find(asset)) != std::string::npos;) {
      out.replace(at, asset.size(), "X");
    }
    return out;
  };
  EXPECT_EQ(answers("cnc-2"), answers("cnc-9"));
}

TEST_F(MachineHealthApi, TellsOfAReplayInItsShapeAndCancelsNone) {
  const std::string path = "/api/maintenance/models/cnc-2/replay";
  const Json none = body_of(get(path, "viewer-of-line-1"));
  EXPECT_EQ(schema_problem("HealthReplayJob", none), "");
  EXPECT_EQ(none["state"], "none");
  EXPECT_EQ(post(path, {{"version", 2}}, "viewer-of-line-1")->status, 403);
  EXPECT_EQ(post(path, {{"version", 9}}, "engineer-of-line-1")->status, 404);
  EXPECT_EQ(post(path, {{"version", 2}}, "engineer-of-line-1")->status, 409) << "its file is gone";
  const auto cancel = [&](const char* who) {
    return TestClient(server_->port()).request("DELETE", path, "", cookies_.at(who))->status;
  };
  EXPECT_EQ(cancel("viewer-of-line-1"), 403);
  EXPECT_EQ(cancel("engineer-of-line-1"), 409);
  EXPECT_EQ(cancel("engineer-of-line-2"), 404);
}

TEST_F(MachineHealthApi, SetsAScheduleTellsItAndRemovesIt) {
  const std::string path = "/api/maintenance/models/cnc-2/schedule";
  const Json none = body_of(get(path, "viewer-of-line-1"));
  EXPECT_EQ(schema_problem("HealthSchedule", none), "");
  EXPECT_EQ(none["schedule"], nullptr);
  EXPECT_EQ(none["may_set"], false);
  const auto ask = [&](const char* method, const Json& body, const char* who) {
    const std::string text = body.empty() ? "" : to_text(body);
    return TestClient(server_->port()).request(method, path, text, cookies_.at(who));
  };
  const Json order = {{"every_days", 7}, {"at", "02:30"}, {"history_days", 60}, {"promote", true}};
  EXPECT_EQ(ask("PUT", order, "viewer-of-line-1")->status, 403);
  EXPECT_EQ(ask("PUT", order, "engineer-of-line-2")->status, 404);
  for (const Json& bad : {Json{{"every_days", 0}}, Json{{"at", "25:00"}}, Json{{"days", -1}}}) {
    EXPECT_EQ(ask("PUT", bad, "engineer-of-line-1")->status, 400) << to_text(bad);
  }
  const Json set = body_of(ask("PUT", order, "engineer-of-line-1"));
  EXPECT_EQ(schema_problem("HealthSchedule", set), "");
  EXPECT_EQ(set["schedule"]["at"], "02:30");
  EXPECT_EQ(set["schedule"]["by"], "engineer-of-line-1");
  EXPECT_EQ(set["schedule"]["last"]["result"], "never");
  EXPECT_EQ(audit_->last().action, "maintenance.schedule");
  EXPECT_EQ(body_of(get(path, "viewer-of-line-1"))["schedule"], set["schedule"]);
  EXPECT_EQ(ask("DELETE", Json::object(), "viewer-of-line-1")->status, 403);
  EXPECT_EQ(body_of(ask("DELETE", Json::object(), "engineer-of-line-1"))["schedule"], nullptr);
  EXPECT_EQ(ask("DELETE", Json::object(), "engineer-of-line-1")->status, 404);
}

TEST(MachineHealthRoutes, SayThatNothingIsWatchedWithoutAMonitor) {
  ApiServer server;
  const auto answer = TestClient(server.port()).get("/api/maintenance/health");
  EXPECT_EQ(answer->status, 503);
  EXPECT_NE(answer->body.find("no machine is watched"), std::string::npos);
}

}  // namespace
}  // namespace mw::server
