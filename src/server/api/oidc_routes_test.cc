// A browser's way through /api/oidc, against a provider of the test's own making.
#include <gtest/gtest.h>

#include "server/http/url.h"
#include "server/testing/api_server.h"
#include "server/testing/schema_check.h"
#include "tests/support/fake_provider.h"
#include "tests/support/test_people.h"

namespace mw::server {
namespace {

using security::Role;
using testing::ApiServer;
using testing::body_of;
using testing::schema_problem;
using testing::SeenResponse;
using testing::TestClient;
using testing_support::FakeProvider;
using testing_support::signed_token;

std::string part_of(const std::string& url, const std::string& name) {
  const std::size_t at = url.find(name + "=");
  return at == url.npos
             ? ""
             : url.substr(at + name.size() + 1, url.find('&', at) - at - name.size() - 1);
}

class OidcRoutes : public security::PeopleFixture {
 protected:
  OidcRoutes() {
    shared_ = std::move(people_);
    start("http://localhost");
  }
  void start(const std::string& url) {
    auto sign_on = std::make_shared<SingleSignOn>();
    sign_on->name = "Plant account";
    sign_on->url = url;
    sign_on->grants = {{"line-1", {Role::kOperator, {"line-1"}, {}}},
                       {"everything", {Role::kEngineer, {"*"}, {"*"}}}};
    oidc::ProviderOptions options;
    options.issuer = fake_.issuer();
    options.client_id = "mw";
    options.redirect_uri = url + kOidcCallback;
    options.clock = clock_;
    sign_on->provider = std::move(*oidc::Provider::create(std::move(options)));
    ServerOptions server;
    server.people = shared_;
    server_.reset();
    server_ = std::make_unique<ApiServer>(
        std::move(server), true, 320, std::vector<upstream::UpstreamOptions>{}, nullptr, sign_on);
    server_->clock->set(clock_->now_ns());
  }
  std::optional<SeenResponse> get(const std::string& target, const std::string& cookie = "") {
    TestClient client(server_->port());
    return client.get(target, cookie.empty() ? "" : "Cookie: " + cookie + "\r\n");
  }
  struct Way {
    std::string url;     // at the provider
    std::string cookie;  // that the browser keeps meanwhile
  };
  /// Root signs in with the provider: the session's cookie.
  std::string root_session() {
    EXPECT_TRUE(shared_->add_person(security::kAdmin,
                                    {"root", security::kPassword, {Role::kAdmin, {"*"}, {}}}));
    EXPECT_TRUE(shared_->link(security::kAdmin, "root", fake_.issuer(),
                              fake_.claims("n", 0)["sub"].get<std::string>()));
    const Way way = depart();
    const std::string set = get(callback(way), way.cookie)->header("Set-Cookie");
    return set.substr(0, set.find(';'));
  }
  /// Makes a group, which gives somebody access: its status.
  int make_group(const std::string& session, const std::string& name,
                 const std::string& password = "") {
    const Json body{
        {"name", name}, {"role", "viewer"}, {"lines", {"line-1"}}, {"own_password", password}};
    TestClient client(server_->port());
    return client.post("/api/groups", to_text(body), "Cookie: " + session + "\r\n")->status;
  }
  Way depart(const std::string& from = "/api/oidc/login", const std::string& session = "") {
    const auto gone = get(from, session);
    EXPECT_EQ(gone->status, 303) << gone->body;
    const std::string set = gone->header("Set-Cookie");
    for (const char* part : {"mw_oidc=", "; HttpOnly", "; SameSite=Lax", "; Path=/"}) {
      EXPECT_NE(set.find(part), std::string::npos) << part;
    }
    Way way{gone->header("Location"), set.substr(0, set.find(';'))};
    Json claims = fake_.claims(part_of(way.url, "nonce"), clock_->now_ns() / kNsPerSecond);
    claims.update(claims_);
    fake_.id_token = [this, claims] {
      return signed_token(fake_.key, {{"alg", "ES256"}, {"kid", "k1"}}, claims);
    };
    return way;
  }
  std::string callback(const Way& way) {
    return "/api/oidc/callback?code=c&state=" + part_of(way.url, "state");
  }
  void pass(int64_t ns) {
    clock_->set(clock_->now_ns() + ns);
    server_->clock->set(clock_->now_ns());
  }

  FakeProvider fake_;
  Json claims_ = Json::object();
  std::shared_ptr<security::People> shared_;
  std::unique_ptr<ApiServer> server_;
};

TEST_F(OidcRoutes, LeadThroughTheProviderToASession) {
  const Json session = body_of(get("/api/session"));
  EXPECT_EQ(session["sign_in_with"], "Plant account");
  EXPECT_EQ(schema_problem("Session", session), "");
  const Way way = depart();
  const auto back = get(callback(way), way.cookie);
  ASSERT_EQ(back->status, 303) << back->body;
  EXPECT_EQ(back->header("Location"), "/");
  const std::string set = back->header("Set-Cookie");
  EXPECT_TRUE(set.starts_with("mw_session=")) << set;
  EXPECT_NE(set.find("SameSite=Strict"), std::string::npos);
  const Json now = body_of(get("/api/session", set.substr(0, set.find(';'))));
  EXPECT_EQ(now["who"]["name"], "li");
  EXPECT_EQ(now["who"]["grants"][0]["lines"], Json::array({"line-1"}));
}

TEST_F(OidcRoutes, TheFirstGroupThatFitsCountsAndNoneIsNothing) {
  claims_["groups"] = {"everything", "line-1"};
  Way way = depart();
  ASSERT_EQ(get(callback(way), way.cookie)->status, 303);
  EXPECT_EQ((*shared_->people())[0].grant.role, Role::kOperator)
      << "never one's role on the other's lines";
  for (const Json& groups : {Json::array(), Json("Line-1"), Json(1), Json()}) {
    claims_["groups"] = groups;
    way = depart();
    const auto refused = get(callback(way), way.cookie);
    EXPECT_EQ(refused->status, 403) << to_text(groups);
    EXPECT_NE(refused->body.find("none of your groups"), std::string::npos);
    EXPECT_NE(refused->body.find("没有任何权限"), std::string::npos);
    EXPECT_TRUE(refused->header("Content-Type").starts_with("text/html"));
  }
}

TEST_F(OidcRoutes, OnlyTheBrowserThatWentComesBackAndOnce) {
  Way way = depart();
  const Way other = depart();
  const std::string target = callback(way);
  EXPECT_EQ(get(target)->status, 401) << "no cookie: a link that somebody sent";
  EXPECT_EQ(get(target, other.cookie)->status, 401) << "another login's";
  EXPECT_EQ(get(target, "mw_oidc=00")->status, 401);
  EXPECT_EQ(get(target, "mw_oidc=" + std::string(5000, 'a'))->status, 401);
  std::string changed = way.cookie;
  changed.back() = changed.back() == '0' ? '1' : '0';
  EXPECT_EQ(get(target, changed)->status, 401);
  EXPECT_EQ(get("/api/oidc/callback?code=c", way.cookie)->status, 401) << "no state";
  EXPECT_EQ(get("/api/oidc/callback?code=c&state=x", way.cookie)->status, 401);
  EXPECT_EQ(fake_.asked("/op/token"), 0) << "the provider is not asked for strangers";
  way = depart();
  EXPECT_EQ(get(callback(way), way.cookie)->status, 303);
  EXPECT_EQ(get(callback(way), way.cookie)->status, 401) << "played again";
  way = depart();
  pass(11 * kNsPerMinute);
  EXPECT_EQ(get(callback(way), way.cookie)->status, 401) << "too late";
}

TEST_F(OidcRoutes, AnErrorOfTheProviderIsShownAsANameOnly) {
  Way way = depart();
  const std::string state = "&state=" + part_of(way.url, "state");
  const auto refused = get("/api/oidc/callback?error=access_denied" + state, way.cookie);
  EXPECT_EQ(refused->status, 403);
  EXPECT_NE(refused->body.find("access_denied"), std::string::npos);
  way = depart();
  const auto evil =
      get("/api/oidc/callback?error=%3Cscript%3E&state=" + part_of(way.url, "state"), way.cookie);
  EXPECT_EQ(evil->body.find("script"), std::string::npos);
}

TEST_F(OidcRoutes, AProviderThatIsDownOrLiesIsAPageAndPasswordsStillWork) {
  ASSERT_TRUE(shared_->add_person(security::kAdmin, {"root", security::kPassword, {}}));
  fake_.id_token = [] { return std::string("x.y.z"); };
  const Way way = depart();
  claims_["nonce"] = "another";
  const Way wrong = depart();
  EXPECT_EQ(get(callback(wrong), wrong.cookie)->status, 401);
  fake_.metadata = "down";
  start("http://localhost");
  const auto down = get("/api/oidc/login");
  EXPECT_EQ(down->status, 503);
  EXPECT_NE(down->body.find("Log in with a password"), std::string::npos);
  TestClient client(server_->port());
  EXPECT_EQ(
      client.post("/api/session", to_text({{"name", "root"}, {"password", security::kPassword}}))
          ->status,
      200);
  EXPECT_EQ(get(callback(way), way.cookie)->status, 401) << "of before the restart";
}

TEST_F(OidcRoutes, ABrowserUnderAnotherNameIsSentToTheRightOneOnce) {
  start("https://mw.example:8443");
  EXPECT_EQ(get("/api/oidc/login")->header("Location"),
            "https://mw.example:8443/api/oidc/login?here=1");
  EXPECT_TRUE(get("/api/oidc/login?here=1")->header("Location").starts_with(fake_.issuer()));
}

TEST_F(OidcRoutes, WhoeverCameByTheProviderShowsThereThatItIsStillThem) {
  const std::string session = root_session();
  EXPECT_EQ(make_group(session, "before"), 400) << "neither a password nor shown";
  const Json before = body_of(get("/api/session", session));
  EXPECT_EQ(schema_problem("Session", before), "");
  EXPECT_EQ(before["confirm"], Json::parse(R"({"password": true, "until_ms": null})"));
  claims_["auth_time"] = clock_->now_ns() / kNsPerSecond;
  const Way way = depart("/api/oidc/confirm", session);
  EXPECT_EQ(part_of(way.url, "prompt"), "login");
  EXPECT_EQ(part_of(way.url, "max_age"), "0");
  const auto back = get(callback(way), way.cookie);  // without the session: SameSite=Strict
  ASSERT_EQ(back->status, 200) << back->body;
  EXPECT_NE(back->body.find("Confirmed"), std::string::npos);
  EXPECT_NE(back->body.find("已确认"), std::string::npos);
  EXPECT_EQ(back->header("Set-Cookie").find("mw_session"), std::string::npos) << "no new session";
  EXPECT_TRUE(body_of(get("/api/session", session))["confirm"]["until_ms"].is_number());
  EXPECT_EQ(make_group(session, "one"), 201);
  EXPECT_EQ(make_group(session, "two"), 400) << "good for one action";
  EXPECT_EQ(make_group(session, "two", security::kPassword), 201) << "the password still does";
}

TEST_F(OidcRoutes, WhatWasShownHoldsForFiveMinutesOfThatSession) {
  const std::string session = root_session();
  claims_["auth_time"] = clock_->now_ns() / kNsPerSecond;
  const Way way = depart("/api/oidc/confirm", session);
  ASSERT_EQ(get(callback(way), way.cookie)->status, 200);
  const Way login = depart();
  const std::string set = get(callback(login), login.cookie)->header("Set-Cookie");
  EXPECT_EQ(make_group(set.substr(0, set.find(';')), "other"), 400) << "another session of root's";
  pass(6 * kNsPerMinute);
  EXPECT_EQ(make_group(session, "late"), 400);
}

TEST_F(OidcRoutes, ItIsNotShownByAnOldLoginOrByAnotherPersonOrWithoutASession) {
  const std::string session = root_session();
  claims_["auth_time"] = clock_->now_ns() / kNsPerSecond - 3600;
  Way way = depart("/api/oidc/confirm", session);
  EXPECT_EQ(get(callback(way), way.cookie)->status, 401) << "the provider did not ask again";
  claims_.erase("auth_time");
  way = depart("/api/oidc/confirm", session);
  EXPECT_EQ(get(callback(way), way.cookie)->status, 401) << "it does not say when";
  claims_["auth_time"] = clock_->now_ns() / kNsPerSecond;
  claims_["sub"] = "somebody else";
  way = depart("/api/oidc/confirm", session);
  const auto other = get(callback(way), way.cookie);
  EXPECT_EQ(other->status, 403);
  EXPECT_NE(other->body.find("another person signed in"), std::string::npos) << other->body;
  EXPECT_EQ(make_group(session, "x"), 400);
  EXPECT_EQ(get("/api/oidc/confirm")->status, 401) << "nobody is logged in";
  EXPECT_EQ(shared_->people()->size(), 1u) << "and nobody was made";
}

TEST_F(OidcRoutes, WhoeverLogsInWithAPasswordAloneConfirmsWithIt) {
  ASSERT_TRUE(shared_->add_person(security::kAdmin,
                                  {"root", security::kPassword, {Role::kAdmin, {"*"}, {}}}));
  const auto login = shared_->login({"root", security::kPassword, "", "127.0.0.1"});
  ASSERT_TRUE(login);
  const std::string session = "mw_session=" + login->token;
  EXPECT_EQ(get("/api/oidc/confirm", session)->status, 403);
  EXPECT_FALSE(body_of(get("/api/session", session)).contains("confirm"));
}

TEST_F(OidcRoutes, WithoutAProviderTheyAreNotThere) {
  ServerOptions options;
  options.people = shared_;
  const ApiServer bare(std::move(options));
  TestClient client(bare.port());
  EXPECT_EQ(client.get("/api/oidc/login")->status, 404);
  EXPECT_EQ(client.get("/api/oidc/callback?code=c&state=s")->status, 404);
  EXPECT_TRUE(body_of(client.get("/api/session"))["sign_in_with"].is_null());
}

}  // namespace
}  // namespace mw::server
