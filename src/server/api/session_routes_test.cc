// People over a real socket: logging in and out, what a session and a service key reach, and that
// nothing is open any more once somebody exists.
#include <gtest/gtest.h>

#include "server/testing/api_server.h"
#include "server/testing/schema_check.h"
#include "tests/support/test_people.h"

namespace mw::server {
namespace {

using security::Grant;
using security::kAdmin;
using security::kPassword;
using security::Role;
using testing::ApiServer;
using testing::body_of;
using testing::schema_problem;
using testing::SeenResponse;
using testing::TestClient;

class SessionApi : public security::PeopleFixture {
 protected:
  SessionApi() {
    shared_ = std::move(people_);
    ServerOptions options;
    options.people = shared_;
    server_ = std::make_unique<ApiServer>(std::move(options));
  }
  void add(const std::string& name, const Grant& grant) {
    ASSERT_TRUE(shared_->add_person(kAdmin, {name, kPassword, grant}));
  }
  std::optional<SeenResponse> log_in(TestClient& client, const std::string& name,
                                     const std::string& password = kPassword) {
    return client.post("/api/session", to_text({{"name", name}, {"password", password}}));
  }
  /// The Cookie header that a browser would send.
  std::string cookie(TestClient& client, const std::string& name) {
    const auto answer = log_in(client, name);
    EXPECT_EQ(answer->status, 200) << answer->body;
    const std::string set = answer->header("Set-Cookie");
    return "Cookie: other=1; " + set.substr(0, set.find(';')) + "\r\n";
  }
  std::string key(std::vector<std::string> scopes,
                  const Grant& grant = {Role::kViewer, {"*"}, {}}) {
    return *shared_->add_key(kAdmin, {"mes", grant, std::move(scopes), 0});
  }

  std::shared_ptr<security::People> shared_;
  std::unique_ptr<ApiServer> server_;
};

TEST_F(SessionApi, IsOpenUntilSomebodyExistsAndThenToNobodyElse) {
  TestClient client(server_->port());
  const Json open = body_of(client.get("/api/session"));
  EXPECT_EQ(schema_problem("Session", open), "");
  EXPECT_EQ(open["state"], "open");
  EXPECT_EQ(client.get("/api/plant")->status, 200);
  add("li", {Role::kViewer, {"line-1"}, {}});
  const Json closed = body_of(client.get("/api/session"));
  EXPECT_EQ(schema_problem("Session", closed), "");
  EXPECT_EQ(closed["state"], "login");
  EXPECT_TRUE(closed["who"].is_null());
  const auto refused = client.get("/api/plant");
  EXPECT_EQ(refused->status, 401);
  EXPECT_EQ(refused->header("WWW-Authenticate").find("Basic"), std::string::npos)
      << "the console has a login page of its own";
  EXPECT_EQ(client.get("/healthz")->status, 200);
}

TEST_F(SessionApi, ALoginSetsACookieThatNoScriptAndNoOtherSiteHas) {
  add("li", {Role::kOperator, {"line-1"}, {"manuals"}});
  TestClient client(server_->port());
  const auto answer = log_in(client, "li");
  ASSERT_EQ(answer->status, 200) << answer->body;
  EXPECT_EQ(schema_problem("Session", body_of(answer)), "");
  EXPECT_EQ(body_of(answer)["who"]["name"], "li");
  const std::string set = answer->header("Set-Cookie");
  EXPECT_TRUE(set.starts_with("mw_session=")) << set;
  for (const char* part : {"; HttpOnly", "; SameSite=Strict", "; Path=/"}) {
    EXPECT_NE(set.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(set.find("Max-Age"), std::string::npos) << "it ends with the browser";
  EXPECT_EQ(answer->header("Cache-Control"), "no-store");
  EXPECT_EQ(answer->body.find(set.substr(11, 64)), std::string::npos);
}

TEST_F(SessionApi, ASessionReachesItsLinesAndEndsWithLogout) {
  add("li", {Role::kViewer, {"line-1"}, {}});
  add("wang", {Role::kViewer, {"line-2"}, {}});
  TestClient client(server_->port());
  const std::string li = cookie(client, "li");
  const std::string wang = cookie(client, "wang");
  EXPECT_EQ(body_of(client.get("/api/session", li))["who"]["grants"][0]["lines"],
            Json::array({"line-1"}));
  EXPECT_FALSE(body_of(client.get("/api/plant", li))["assets"].empty());
  EXPECT_TRUE(body_of(client.get("/api/plant", wang))["assets"].empty());
  client.send("DELETE /api/session HTTP/1.1\r\nHost: localhost\r\n" + li + "\r\n");
  const auto out = client.read_response();
  EXPECT_EQ(out->status, 200);
  EXPECT_NE(out->header("Set-Cookie").find("Max-Age=0"), std::string::npos);
  EXPECT_EQ(client.get("/api/plant", li)->status, 401);
  EXPECT_EQ(client.get("/api/plant", wang)->status, 200);
  EXPECT_EQ(audit_->last().action, "session.logout");
}

TEST_F(SessionApi, RefusesWrongLoginsInTheSameWords) {
  add("li", {});
  TestClient client(server_->port());
  const auto wrong = log_in(client, "li", "wrong horse battery");
  const auto nobody = log_in(client, "nobody", "wrong horse battery");
  EXPECT_EQ(wrong->status, 401);
  EXPECT_EQ(wrong->body, nobody->body);
  for (const char* body : {"", "[]", "{", "{\"name\":1}", "{\"name\":\"li\",\"password\":[]}"}) {
    const auto answer = client.post("/api/session", body);
    EXPECT_TRUE(answer && answer->status >= 400 && answer->status < 500) << body;
  }
  ASSERT_TRUE(shared_->enable_totp(kAdmin, "li"));
  EXPECT_EQ(body_of(log_in(client, "li"))["error"]["param"], "code");
  for (int i = 0; i < 5; ++i) log_in(client, "li", "wrong horse battery");
  EXPECT_EQ(log_in(client, "li")->status, 429);
}

TEST_F(SessionApi, RefusesALoginFromAnotherSite) {
  add("li", {});
  TestClient client(server_->port());
  const auto answer =
      client.post("/api/session", to_text({{"name", "li"}, {"password", kPassword}}),
                  "Origin: http://evil.example\r\n");
  EXPECT_EQ(answer->status, 403);
}

TEST_F(SessionApi, AKeyReachesWhatItsScopesAndRoleSay) {
  TestClient client(server_->port());
  const auto status = [&](const std::string& with, const char* path) {
    return client.get(path, "Authorization: Bearer " + with + "\r\n")->status;
  };
  const std::string plant = key({"plant"});
  EXPECT_EQ(status(plant, "/api/plant"), 200);
  EXPECT_EQ(status(plant, "/v1/models"), 403);
  EXPECT_EQ(status(plant, "/metrics"), 403);
  const std::string models = key({"models", "metrics"});
  EXPECT_EQ(status(models, "/api/plant"), 403);
  EXPECT_EQ(status(models, "/v1/models"), 200);
  EXPECT_EQ(status(models, "/metrics"), 200);
  const auto metrics = [&](const std::string& with) {
    return client.get("/metrics", "Authorization: Bearer " + with + "\r\n")->body;
  };
  EXPECT_NE(metrics(models).find("millwright_ingest_samples_total"), std::string::npos);
  const std::string of_a_line = metrics(key({"metrics"}, {Role::kViewer, {"line-1"}, {}}));
  EXPECT_NE(of_a_line.find("millwright_uptime_seconds"), std::string::npos);
  EXPECT_EQ(of_a_line.find("millwright_ingest_samples_total"), std::string::npos)
      << "the plant's totals tell of lines that it does not see";
  EXPECT_EQ(status(models + "x", "/v1/models"), 401);
  ASSERT_TRUE(shared_->revoke_key(kAdmin, models.substr(0, models.find('.'))));
  EXPECT_EQ(status(models, "/v1/models"), 401);
}

TEST_F(SessionApi, FetchingAModelNeedsAnEngineer) {
  add("viewer", {Role::kOperator, {"*"}, {}});
  add("engineer", {Role::kEngineer, {"*"}, {}});
  const char* body = "{\"source\":\"hf:org/repo\"}";
  TestClient viewer(server_->port());  // refused before the body is read: the connection ends
  EXPECT_EQ(viewer.post("/api/models", body, cookie(viewer, "viewer"))->status, 403);
  EXPECT_TRUE(server_->models->pulled.empty());
  TestClient engineer(server_->port());
  EXPECT_EQ(engineer.post("/api/models", body, cookie(engineer, "engineer"))->status, 202);
}

TEST_F(SessionApi, AnEventStreamEndsWithItsSession) {
  add("li", {Role::kViewer, {"line-1"}, {}});
  TestClient client(server_->port());
  const std::string li = cookie(client, "li");
  TestClient stream(server_->port());
  ASSERT_TRUE(stream.send("GET /api/events HTTP/1.1\r\nHost: localhost\r\n" + li + "\r\n"));
  EXPECT_NE(stream.read_until("event: plant").find("200 OK"), std::string::npos);
  ASSERT_TRUE(shared_->set_grant(kAdmin, "li", {Role::kViewer, {"line-2"}, {}}));
  EXPECT_NE(stream.read_until("\r\n0\r\n\r\n").find("\r\n0\r\n\r\n"), std::string::npos)
      << "the stream must end within a second or two";
}

TEST_F(SessionApi, LoopbackMayLookOnlyWhereConfigured) {
  add("li", {});
  ServerOptions options;
  options.people = shared_;
  options.loopback_viewer = true;
  ApiServer viewing(std::move(options));
  TestClient client(viewing.port());
  EXPECT_EQ(client.get("/api/plant")->status, 200);
  EXPECT_EQ(client.post("/api/models", "{\"source\":\"hf:org/repo\"}")->status, 403);
  TestClient another(viewing.port());
  EXPECT_EQ(body_of(another.get("/api/session"))["can_log_in"], true);
}

}  // namespace
}  // namespace mw::server
