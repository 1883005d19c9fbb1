// Tables and trainings from them over a real socket: shapes, rights, refusals, the model at the
// end.
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <thread>

#include "maintenance/model_card.h"
#include "maintenance/trainings.h"
#include "server/testing/api_server.h"
#include "server/testing/schema_check.h"
#include "tests/support/test_people.h"

namespace mw::server {
namespace {

using security::kAdmin;
using security::kPassword;
using security::Role;
using testing::body_of;
using testing::schema_problem;
using testing::SeenResponse;
using testing::TestClient;

constexpr const char* kTables = "/api/maintenance/tables";
constexpr const char* kTrainings = "/api/maintenance/trainings";

/// Machines that wear until they fail, under two loads; machine i lives 60 + 7 i cycles.
std::string runs(int machines) {
  std::mt19937 random(1);
  const auto noise = [&] { return static_cast<double>(random() >> 8) / (1 << 23) - 1; };
  std::string text = "machine,cycle,load [kW],wear [mm],heat [K],still [V]\n";
  for (int machine = 0; machine < machines; ++machine) {
    const int life = 60 + 7 * machine;
    for (int cycle = 1; cycle <= life; ++cycle) {
      const double used = static_cast<double>(cycle) / life;
      const double load = noise() > 0 ? 100 : 20;
      text += "m" + std::to_string(machine) + "," + std::to_string(cycle) + "," +
              std::to_string(load) + "," + std::to_string(4 * used * used + 0.15 * noise()) + "," +
              std::to_string(3 * load + 8 * used + 0.4 * noise()) + ",5\n";
    }
  }
  return text;
}

/// A mill that fails where its torque is large, with a column that is only set then.
std::string mill() {
  std::mt19937 random(2);
  std::string text = "torque [Nm],speed [rpm],failed,power\n";
  for (int row = 0; row < 1000; ++row) {
    const int torque = static_cast<int>(random() % 700);
    const bool power = torque > 660;
    const bool failed = power || row % 97 == 5;
    text += std::to_string(torque / 10.0) + "," + std::to_string(1200 + random() % 600) + "," +
            (failed ? "1," : "0,") + (power ? "1" : "0") + "\n";
  }
  return text;
}

class TableApi : public security::PeopleFixture {
 protected:
  TableApi() {
    shared_ = std::move(people_);
    ApiParts parts;
    parts.people = shared_;
    parts.plant = std::make_shared<testing::FakePlant>();
    maintenance::TableArchiveOptions archive;
    archive.folder = folder_.path() / "maintenance" / "tables";
    archive.plant = parts.plant;
    archive.clock = clock_.get();
    archive.audit = audit_;
    parts.tables = maintenance::TableArchive::open(std::move(archive)).value();
    maintenance::TrainingsOptions trainings;
    trainings.folder = folder_.path() / "maintenance";
    trainings.tables = parts.tables;
    trainings.clock = clock_.get();
    trainings.audit = audit_;
    trainings.threads = 2;
    parts.trainings = maintenance::Trainings::open(std::move(trainings)).value();
    api_ = std::make_unique<Api>(std::move(parts));
    ServerOptions options;
    options.people = shared_;
    options.port = 0;
    server_ = HttpServer::start(std::move(options), api_->router(), no_log()).value();
    for (const Role role : {Role::kOperator, Role::kEngineer}) {
      const std::string name(security::role_name(role));
      EXPECT_TRUE(shared_->add_person(kAdmin, {name, kPassword, {role, {"line-1"}, {}}}));
      cookies_[name] =
          "Cookie: mw_session=" + shared_->login({name, kPassword, "", "10.0.0.7"})->token + "\r\n";
    }
  }
  std::optional<SeenResponse> ask(const char* method, const std::string& path,
                                  const std::string& body = "",
                                  const std::string& who = "engineer") {
    return TestClient(server_->port()).request(method, path, body, cookies_.at(who));
  }
  Json upload(const std::string& file, const std::string& text) {
    const Json table =
        body_of(ask("POST", std::string(kTables) + "?lines=line-1&file=" + file, text));
    EXPECT_EQ(schema_problem("MaintenanceTable", table), "") << to_text(table);
    return table;
  }
  static std::string of(const Json& table) {
    return std::string(kTables) + "/" + to_text(table["table"]);
  }
  Json ended(const Json& started) {
    const std::string path = std::string(kTrainings) + "/" + to_text(started["training"]);
    Json now = started;
    while (now["state"] == "running") {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      now = body_of(ask("GET", path));
      EXPECT_EQ(schema_problem("TableTraining", now), "") << to_text(now);
    }
    return now;
  }

  std::shared_ptr<security::People> shared_;
  std::unique_ptr<Api> api_;
  std::unique_ptr<HttpServer> server_;
  std::map<std::string, std::string> cookies_;
};

TEST_F(TableApi, LeadsFromAFileToTheCardOfItsModel) {
  const Json table = upload("runs.csv", runs(8));
  const Json list = body_of(ask("GET", kTables));
  EXPECT_EQ(schema_problem("MaintenanceTableList", list), "");
  EXPECT_EQ(list["lines"], Json::array({"line-1"}));
  EXPECT_EQ(list["may_leave_open"], false);
  const Json columns = body_of(ask("GET", of(table)));
  EXPECT_EQ(schema_problem("MaintenanceTableColumns", columns), "");
  EXPECT_EQ(columns["mapping"]["asset"], "machine");
  const Json reading = {{"mapping", columns["mapping"]}};
  const Json report = body_of(ask("POST", of(table) + "/report", to_text(reading)));
  EXPECT_EQ(schema_problem("MaintenanceTableReport", report), "") << to_text(report);
  EXPECT_EQ(report["trainable"], true);
  EXPECT_EQ(report["life"]["least"], 60);
  EXPECT_EQ(report["findings"][0]["column"], "still");
  Json order = reading;
  order["table"] = table["table"];
  order["name"] = "pumps";
  order["settings"] = columns["settings"];
  const auto started = ask("POST", kTrainings, to_text(order));
  EXPECT_EQ(started->status, 202) << started->body;
  const Json done = ended(body_of(started));
  EXPECT_EQ(done["state"], "done") << to_text(done);
  const Json trainings = body_of(ask("GET", kTrainings));
  EXPECT_EQ(schema_problem("TableTrainingList", trainings), "");
  EXPECT_EQ(trainings["trainings"].size(), 1u);
  const auto stored = maintenance::open_model(folder_.path() / "maintenance" / "models" / "pumps");
  ASSERT_TRUE(stored) << stored.error().message.en;
  EXPECT_EQ(stored->card_json["lines"], Json::array({"line-1"}));
  const auto again = ask("POST", kTrainings, to_text(order));
  EXPECT_EQ(again->status, 409);
  EXPECT_EQ(body_of(again)["error"]["param"], "name");
  EXPECT_EQ(ask("DELETE", of(table))->status, 200);
  EXPECT_EQ(ask("GET", of(table))->status, 404);
}

TEST_F(TableApi, NamesWhatForbidsTrainingAndTheColumn) {
  const Json table = upload("mill.csv", mill());
  const Json reading = {{"mapping", {{"label", "failed"}}}};
  const Json report = body_of(ask("POST", of(table) + "/report", to_text(reading)));
  EXPECT_EQ(report["trainable"], false);
  std::set<std::string> refused;
  for (const Json& each : report["findings"]) {
    if (each["handling"] == "refused") refused.insert(each["column"].get<std::string>());
  }
  EXPECT_TRUE(refused.contains("power"));
  Json order = reading;
  order["table"] = table["table"];
  order["name"] = "mill";
  const auto started = ask("POST", kTrainings, to_text(order));
  EXPECT_EQ(started->status, 400);
  EXPECT_TRUE(refused.contains(body_of(started)["error"]["param"].get<std::string>()));
  order["mapping"] = {{"label", "torque"}};
  const Json wrong = body_of(ask("POST", of(table) + "/report", to_text(order)));
  EXPECT_EQ(wrong["error"]["param"], "label");
  for (const char* body : {"[]", "{}", R"({"mapping":[]})", R"({"mapping":{"modes":"x"}})",
                           R"({"mapping":{"form":"pdf"}})"}) {
    EXPECT_EQ(ask("POST", of(table) + "/report", body)->status, 400) << body;
  }
  EXPECT_EQ(ask("GET", of(table) + "?form=pdf")->status, 400);
}

TEST_F(TableApi, CancelsATrainingAndKeepsNothing) {
  const Json table = upload("runs.csv", runs(30));
  const Json order = {{"table", table["table"]},
                      {"name", "pumps"},
                      {"splits", true},
                      {"settings", {"load"}},
                      {"mapping", {{"asset", "machine"}, {"time", "cycle"}}}};
  const Json started = body_of(ask("POST", kTrainings, to_text(order)));
  const std::string path = std::string(kTrainings) + "/" + to_text(started["training"]);
  const Json cancelled = body_of(ask("DELETE", path));
  EXPECT_EQ(schema_problem("TableTraining", cancelled), "") << to_text(cancelled);
  EXPECT_EQ(cancelled["state"], "cancelled");
  EXPECT_EQ(ask("DELETE", path)->status, 409);
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "maintenance" / "models" / "pumps"));
}

TEST_F(TableApi, IsForEngineersAndRefusesWhatIsNoTable) {
  EXPECT_EQ(ask("GET", kTables, "", "operator")->status, 403);
  EXPECT_EQ(ask("POST", std::string(kTables) + "?lines=line-1&file=a.csv", "a,b\n1,2\n", "operator")
                ->status,
            403);
  const auto nothing = ask("POST", std::string(kTables) + "?lines=line-1&file=a.csv", "a,b\n");
  EXPECT_EQ(nothing->status, 400);
  const auto open = ask("POST", std::string(kTables) + "?file=a.csv", "a,b\n1,2\n");
  EXPECT_EQ(body_of(open)["error"]["param"], "lines");
  EXPECT_EQ(ask("GET", std::string(kTables) + "/x")->status, 404);
  EXPECT_EQ(ask("GET", std::string(kTrainings) + "/7")->status, 404);
  EXPECT_EQ(ask("POST", "/api/maintenance/lives", R"({"machines":["cnc-9"],"ends":"x"})")->status,
            404);
  EXPECT_EQ(ask("POST", "/api/maintenance/lives",
                R"({"machines":["cnc-2"],"ends":"x","since_ms":99999999999999})")
                ->status,
            400);
}

}  // namespace
}  // namespace mw::server
