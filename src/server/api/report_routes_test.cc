// Reports in free words over a real socket: shapes in both languages, rights, refusals.
#include <gtest/gtest.h>

#include "assistant/report_reader.h"
#include "plant/plant.h"
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

constexpr const char* kReadPath = "/api/maintenance/reports/read";
constexpr const char* kPressPlant = R"json({
  "site": "test", "lines": [{"id": "a"}, {"id": "b"}],
  "kinds": [{"id": "press", "failure_modes": [
      {"id": "bearing", "name": {"en": "bearing wear", "zh": "轴承磨损"}, "signs": ["shake"],
       "parts": [{"number": "6205-2RS", "quantity": 1}]}],
    "tags": [{"id": "shake", "unit": "mm/s", "name": {"en": "vibration", "zh": "振动"}}]}],
  "assets": [{"id": "press-1", "kind": "press", "line": "a", "name": {"en": "Press 1", "zh": "1号压机"}},
             {"id": "press-2", "kind": "press", "line": "b", "name": {"en": "Press 2", "zh": "2号压机"}}]})json";

class ReportApi : public security::PeopleFixture {
 protected:
  ReportApi() {
    shared_ = std::move(people_);
    plant::PlantOptions plant;
    plant.data_folder = folder_.path().string();
    plant.catalogue = plant::Catalogue::parse(kPressPlant).value();
    plant.clock = clock_.get();
    plant.log = no_log();
    plant_ = plant::Plant::open(std::move(plant)).value();
    ApiParts parts;
    parts.people = shared_;
    parts.plant = plant_;
    parts.reports = std::make_shared<assistant::ReportReader>(*plant_, nullptr, *clock_,
                                                              assistant::ReportOptions{});
    serve(std::move(parts));
    for (const char* line : {"a", "b"}) {
      const std::string name = std::string("viewer-of-") + line;
      EXPECT_TRUE(shared_->add_person(kAdmin, {name, kPassword, {Role::kViewer, {line}, {}}}));
      cookies_[name] =
          "Cookie: mw_session=" + shared_->login({name, kPassword, "", "10.0.0.7"})->token + "\r\n";
    }
  }
  void serve(ApiParts parts) {
    server_.reset();
    api_ = std::make_unique<Api>(std::move(parts));
    ServerOptions options;
    options.people = shared_;
    options.port = 0;
    server_ = HttpServer::start(std::move(options), api_->router(), no_log()).value();
  }
  std::optional<SeenResponse> post(const std::string& body, const std::string& who) {
    return TestClient(server_->port()).post(kReadPath, body, cookies_.at(who));
  }
  Json read(const std::string& text, const std::string& who = "viewer-of-a") {
    const Json out = body_of(post(to_text(Json{{"text", text}}), who));
    EXPECT_EQ(schema_problem("MaintenanceReport", out), "");
    return out;
  }
  static std::string quoted(const std::string& text, const Json& found) {
    const auto begin = found["quote"]["begin"].get<std::size_t>();
    return text.substr(begin, found["quote"]["end"].get<std::size_t>() - begin);
  }
  std::string refused_param(const std::string& body) {
    const auto answer = post(body, "viewer-of-a");
    EXPECT_EQ(answer->status, 400) << body;
    const Json error = body_of(answer)["error"];
    EXPECT_FALSE(error["message_zh"].get<std::string>().empty());
    return error["param"].is_null() ? "" : error["param"].get<std::string>();
  }

  std::shared_ptr<security::People> shared_;
  std::shared_ptr<plant::Plant> plant_;
  std::unique_ptr<Api> api_;
  std::unique_ptr<HttpServer> server_;
  std::map<std::string, std::string> cookies_;
};

TEST_F(ReportApi, ReadsAnEnglishReportAsQuotesOfIt) {
  const std::string text =
      "Press 1 was noisy, vibration was up. Replaced the bearing 6205-2RS because of bearing wear. "
      "Downtime 2.5 h.";
  const Json report = read(text);
  EXPECT_EQ(report["language"], "en");
  ASSERT_EQ(report["assets"].size(), 1u) << to_text(report);
  EXPECT_EQ(report["assets"][0]["id"], "press-1");
  EXPECT_EQ(quoted(text, report["assets"][0]), "Press 1");
  ASSERT_FALSE(report["modes"].empty()) << to_text(report);
  EXPECT_EQ(report["modes"][0]["id"], "bearing");
  EXPECT_EQ(report["modes"][0]["name"]["zh"], "轴承磨损");
  ASSERT_EQ(report["parts"].size(), 1u) << to_text(report);
  EXPECT_EQ(report["parts"][0]["number"], "6205-2RS");
  EXPECT_EQ(report["standstill"]["hours"], 2.5);
  EXPECT_FALSE(report["clauses"].empty());
}

TEST_F(ReportApi, ReadsAChineseReportAsQuotesOfIt) {
  const std::string text = "1号压机振动偏大，轴承磨损。更换轴承 6205-2RS，停机 2 小时。";
  const Json report = read(text);
  EXPECT_EQ(report["language"], "zh");
  ASSERT_EQ(report["assets"].size(), 1u) << to_text(report);
  EXPECT_EQ(quoted(text, report["assets"][0]), "1号压机");
  ASSERT_FALSE(report["modes"].empty()) << to_text(report);
  EXPECT_EQ(quoted(text, report["modes"][0]), "轴承磨损");
  ASSERT_EQ(report["parts"].size(), 1u) << to_text(report);
  EXPECT_EQ(report["standstill"]["hours"], 2.0);
}

TEST_F(ReportApi, NamesNoMachineOfALineThatMayNotBeSeen) {
  const std::string text = "Press 2 was noisy because of bearing wear.";
  EXPECT_EQ(read(text, "viewer-of-b")["assets"][0]["id"], "press-2");
  EXPECT_TRUE(read(text, "viewer-of-a")["assets"].empty());
  EXPECT_EQ(TestClient(server_->port()).post(kReadPath, to_text(Json{{"text", text}}))->status,
            401);
}

TEST_F(ReportApi, SaysWhatIsWrongWithARequest) {
  EXPECT_EQ(refused_param("{}"), "text");
  EXPECT_EQ(refused_param(R"({"text": ""})"), "text");
  EXPECT_EQ(refused_param(R"({"text": 7})"), "text");
  refused_param("[]");
  refused_param("{");
  EXPECT_EQ(post(to_text(Json{{"text", std::string(8001, 'x')}}), "viewer-of-a")->status, 413);
}

TEST_F(ReportApi, SaysThatNothingReadsReportsWhereThereIsNoPlant) {
  ApiParts parts;
  parts.people = shared_;
  serve(std::move(parts));
  EXPECT_EQ(post(R"({"text": "noise"})", "viewer-of-a")->status, 503);
}

}  // namespace
}  // namespace mw::server
