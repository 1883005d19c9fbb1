// The audit log over a real socket: pages, filters, and a check that finds a changed record.
#include <gtest/gtest.h>

#include "core/file.h"
#include "server/testing/api_server.h"
#include "server/testing/schema_check.h"
#include "tests/support/test_people.h"

namespace mw::server {
namespace {

using security::kAdmin;
using security::kPassword;
using security::Role;
using testing::ApiServer;
using testing::body_of;
using testing::schema_problem;
using testing::TestClient;

class AuditApi : public security::PeopleFixture {
 protected:
  AuditApi() {
    security::AuditLogOptions log;
    log.folder = folder_.path() / "audit";
    log.names = security::AuditNames::open(folder_.path() / "audit_names.db").value();
    log_ = security::AuditLog::open(std::move(log)).value();
    shared_ = std::move(people_);
    EXPECT_TRUE(shared_->add_person(kAdmin, {"root", kPassword, {Role::kAdmin, {}, {}}}));
    cookie_ = "Cookie: mw_session=" + login_token() + "\r\n";
    ServerOptions options;
    options.people = shared_;
    server_ = std::make_unique<ApiServer>(std::move(options), true, 320,
                                          std::vector<upstream::UpstreamOptions>(), log_);
  }
  std::string login_token() { return shared_->login({"root", kPassword, "", "10.0.0.7"})->token; }
  void note(int count) {
    for (int i = 0; i < count; ++i) {
      ASSERT_TRUE(
          log_->record({"person:li", "10.0.0.7", "user.add", "person:x" + std::to_string(i)}));
    }
  }
  Json get(const std::string& path) {
    TestClient client(server_->port());
    return body_of(client.get(path, cookie_));
  }
  std::string who_did(const std::string& query) {
    const Json page = get("/api/audit/records?action=user.add&" + query);
    return page["records"].empty() ? "" : page["records"][0]["who"].get<std::string>();
  }
  Json checked(const Json& order = Json::object()) {
    TestClient client(server_->port());
    const auto begun = client.post("/api/audit/check", to_text(order), cookie_);
    EXPECT_EQ(begun->status, 202) << begun->body;
    Json check;
    for (int i = 0; i < 500; ++i) {
      check = get("/api/audit/check");
      if (check["state"] != "running") break;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_EQ(schema_problem("AuditCheck", check), "");
    return check;
  }

  std::shared_ptr<security::AuditLog> log_;
  std::shared_ptr<security::People> shared_;
  std::unique_ptr<ApiServer> server_;
  std::string cookie_;
};

TEST_F(AuditApi, ShowsAndFindsPeopleByNameUntilTheyAreErased) {
  note(1);
  EXPECT_EQ(who_did("who=LI"), "person:li");
  ASSERT_TRUE(log_->forget_person("li"));
  EXPECT_EQ(who_did("who=LI"), "");
  EXPECT_TRUE(who_did("object=x0").starts_with("person/"));
  EXPECT_EQ(checked()["report"]["intact"], true);
}

TEST_F(AuditApi, PagesNewestFirstAndFilters) {
  note(25);
  const Json first = get("/api/audit/records?limit=10");
  EXPECT_EQ(schema_problem("AuditRecords", first), "");
  ASSERT_EQ(first["records"].size(), 10u);
  EXPECT_EQ(first["records"][0]["object"], "person:x24");
  const Json second =
      get("/api/audit/records?limit=10&before=" + std::to_string(first["before"].get<int64_t>()));
  EXPECT_EQ(second["records"][0]["object"], "person:x14");
  const Json one = get("/api/audit/records?object=x7&who=LI&action=user.&outcome=done");
  EXPECT_EQ(one["records"].size(), 1u);
  EXPECT_EQ(one["before"], nullptr);
  TestClient client(server_->port());
  const auto wrong = client.get("/api/audit/records?outcome=maybe", cookie_);
  EXPECT_EQ(wrong->status, 400);
  EXPECT_EQ(body_of(wrong)["error"]["param"], "outcome");
}

TEST_F(AuditApi, ChecksTheChainAndFindsTheRecordThatWasChanged) {
  note(25);
  EXPECT_EQ(get("/api/audit/check")["state"], "idle");
  const Json good = checked();
  EXPECT_EQ(good["state"], "done");
  EXPECT_EQ(good["report"]["intact"], true);
  EXPECT_EQ(good["report"]["records"], log_->root().seq);
  const std::string root = good["report"]["root"];

  std::filesystem::path segment;
  for (const auto& each : std::filesystem::directory_iterator(log_->folder())) {
    if (each.path().extension() == ".mwaudit") segment = each.path();
  }
  const std::string before = read_file(segment, 1 << 20).value();
  std::string bytes = before;
  bytes[bytes.find("person/") + 7] = '9';  // no reference has one
  ASSERT_TRUE(write_file_atomically(segment, bytes));
  const Json bad = checked();
  EXPECT_EQ(bad["report"]["intact"], false);
  EXPECT_EQ(bad["report"]["broken"]["fault"], "hash");
  const uint64_t seq = bad["report"]["broken"]["seq"];
  EXPECT_EQ(bad["report"]["records"], seq - 1);

  ASSERT_TRUE(write_file_atomically(segment, before));
  EXPECT_EQ(checked({{"root", root}})["report"]["intact"], true);
  TestClient client(server_->port());
  const auto no_root = client.post("/api/audit/check", R"({"root": "nonsense"})", cookie_);
  EXPECT_EQ(no_root->status, 400);
  EXPECT_EQ(body_of(no_root)["error"]["param"], "root");
}

}  // namespace
}  // namespace mw::server
