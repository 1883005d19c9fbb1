// Vibration recordings over a real socket: shapes, rights, refusals.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "maintenance/vibration_archive.h"
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

constexpr const char* kOf = "/api/maintenance/vibration/cnc-2";

/// An outer race that is struck 3.585 times a turn, never quite evenly, and rings at 3.4 kHz, over
/// noise.
std::string recorded() {
  std::mt19937 random(1);
  const auto noise = [&] { return static_cast<double>(random() >> 8) / (1 << 23) - 1; };
  std::string out = "time,de\n";
  double since_s = 0;
  double next_s = 0.01;
  for (int i = 0; i < 16'384; ++i) {
    since_s += 1 / 12'000.0;
    if (since_s >= next_s) {
      since_s -= next_s;
      next_s = (1 + 0.008 * noise()) / (3.5848 * 29.95);
    }
    const double ring = 8 * std::exp(-900 * since_s) * std::sin(2 * 3.14159265 * 3400 * since_s);
    out += std::to_string(i) + "," + std::to_string(ring + 1.7 * noise()) + "\n";
  }
  return out;
}

class VibrationApi : public security::PeopleFixture {
 protected:
  VibrationApi() {
    shared_ = std::move(people_);
    maintenance::VibrationOptions vibration;
    vibration.folder = folder_.path() / "vibration";
    vibration.plant = std::make_shared<testing::FakePlant>();
    vibration.clock = clock_.get();
    vibration.audit = audit_;
    ApiParts parts;
    parts.people = shared_;
    parts.plant = vibration.plant;
    parts.vibration = maintenance::VibrationArchive::open(std::move(vibration)).value();
    api_ = std::make_unique<Api>(std::move(parts));
    ServerOptions options;
    options.people = shared_;
    options.port = 0;
    server_ = HttpServer::start(std::move(options), api_->router(), no_log()).value();
    for (const Role role : {Role::kViewer, Role::kOperator, Role::kEngineer}) {
      const std::string name(security::role_name(role));
      EXPECT_TRUE(shared_->add_person(kAdmin, {name, kPassword, {role, {"line-1"}, {}}}));
      cookies_[name] =
          "Cookie: mw_session=" + shared_->login({name, kPassword, "", "10.0.0.7"})->token + "\r\n";
    }
  }
  std::optional<SeenResponse> get(const std::string& path, const std::string& who) {
    return TestClient(server_->port()).get(path, cookies_.at(who));
  }
  std::optional<SeenResponse> add(const std::string& more, const std::string& who) {
    return TestClient(server_->port())
        .post("/api/maintenance/vibration?asset=cnc-2&file=a.csv&" + more, recorded(),
              cookies_.at(who));
  }
  std::optional<SeenResponse> remove(const std::string& path, const std::string& who) {
    return TestClient(server_->port()).request("DELETE", path, "", cookies_.at(who));
  }

  std::shared_ptr<security::People> shared_;
  std::unique_ptr<Api> api_;
  std::unique_ptr<HttpServer> server_;
  std::map<std::string, std::string> cookies_;
};

constexpr const char* kGood =
    "point=drive%20end&rate_hz=12000&rpm=1797&bearing=9,0.3126,1.537&group=medium-rigid";

TEST_F(VibrationApi, KeepsShowsAndRemovesARecording) {
  const Json added = body_of(add(kGood, "operator"));
  EXPECT_EQ(schema_problem("VibrationAdded", added), "");
  EXPECT_EQ(added["recording"]["found"]["named_title"]["zh"], "外圈");
  EXPECT_EQ(added["recording"]["channel"], "de");
  EXPECT_EQ(added["recording"]["bearing_from"], "recording");
  EXPECT_EQ(added["note"], nullptr);
  const Json list = body_of(get(kOf, "viewer"));
  EXPECT_EQ(schema_problem("VibrationList", list), "");
  EXPECT_EQ(list["points"][0]["point"], "drive end");
  EXPECT_EQ(list["may_add"], false);
  EXPECT_EQ(body_of(get(std::string(kOf) + "?point=x", "viewer"))["recordings"].size(), 0u);
  const std::string path =
      std::string(kOf) + "/recordings/" + to_text(added["recording"]["number"]);
  const Json report = body_of(get(path, "viewer"));
  EXPECT_EQ(schema_problem("VibrationReport", report), "");
  EXPECT_EQ(report["envelope"]["whitened"], true);
  EXPECT_EQ(report["figures"]["bearing"]["named"], "outer_race");
  const Json waterfall = body_of(get(std::string(kOf) + "/waterfall?point=drive%20end", "viewer"));
  EXPECT_EQ(schema_problem("VibrationWaterfall", waterfall), "");
  EXPECT_EQ(waterfall["rows"].size(), 1u);
  EXPECT_EQ(remove(path, "operator")->status, 403);
  EXPECT_EQ(remove(path, "engineer")->status, 200);
  EXPECT_EQ(get(path, "viewer")->status, 404);
  EXPECT_EQ(audit_->last().action, "maintenance.vibration_remove");
}

TEST_F(VibrationApi, NamesTheParameterThatIsWrong) {
  EXPECT_EQ(add(kGood, "viewer")->status, 403);
  for (const auto& [more, param] :
       std::map<std::string, std::string>{{"point=a", "rate_hz"},
                                          {"point=a&rate_hz=x", "rate_hz"},
                                          {"rate_hz=12000", "point"},
                                          {"point=a&rate_hz=12000&unit=mm", "unit"},
                                          {"point=a&rate_hz=12000&bearing=9", "bearing"},
                                          {"point=a&rate_hz=12000&orders=1,2", "orders"},
                                          {"point=a&rate_hz=12000&group=big", "group"},
                                          {"point=a&rate_hz=12000&channel=fe", "channel"},
                                          {"point=a&rate_hz=12000&ts_ms=-1", "ts_ms"},
                                          {"point=a&rate_hz=12000&bearing=9,0.3,1.5", "rpm"}}) {
    const auto answer = add(more, "operator");
    EXPECT_EQ(answer->status, 400) << more;
    EXPECT_EQ(body_of(answer)["error"]["param"], param) << more;
  }
  EXPECT_EQ(get(std::string(kOf) + "/waterfall?point=a", "viewer")->status, 404);
  EXPECT_EQ(get(std::string(kOf) + "/waterfall?point=a&last=31", "viewer")->status, 400);
  EXPECT_EQ(get("/api/maintenance/vibration/cnc-9", "viewer")->status, 404);
  EXPECT_EQ(get(std::string(kOf) + "/recordings/x", "viewer")->status, 404);
}

}  // namespace
}  // namespace mw::server
