// Administration over a real socket: people, keys, and what people change of themselves.
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

class PeopleApi : public security::PeopleFixture {
 protected:
  PeopleApi() {
    shared_ = std::move(people_);
    ServerOptions options;
    options.people = shared_;
    server_ = std::make_unique<ApiServer>(std::move(options));
    EXPECT_TRUE(shared_->add_person(kAdmin, {"root", kPassword, {Role::kAdmin, {}, {}}}));
    cookie_ = cookie("root", kPassword);
  }
  std::string cookie(const std::string& name, const std::string& password) {
    TestClient client(server_->port());
    const auto answer =
        client.post("/api/session", to_text({{"name", name}, {"password", password}}));
    EXPECT_EQ(answer->status, 200) << answer->body;
    const std::string set = answer->header("Set-Cookie");
    return "Cookie: " + set.substr(0, set.find(';')) + "\r\n";
  }
  std::optional<SeenResponse> ask(const std::string& method, const std::string& path,
                                  const Json& body, const std::string& cookie) {
    TestClient client(server_->port());
    const std::string text = body.is_null() ? std::string() : to_text(body);
    client.send(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + cookie +
                (body.is_null() ? "" : "Content-Length: " + std::to_string(text.size()) + "\r\n") +
                "\r\n" + text);
    return client.read_response();
  }
  std::optional<SeenResponse> ask(const std::string& method, const std::string& path,
                                  const Json& body = nullptr) {
    return ask(method, path, body, cookie_);
  }
  Json person(const std::string& name) {
    const Json list = body_of(ask("GET", "/api/people"));
    for (const Json& each : list["people"]) {
      if (each["name"] == name) return each;
    }
    return {};
  }
  Json li() const {
    return {
        {"name", "li"}, {"role", "operator"}, {"lines", {"line-1"}}, {"own_password", kPassword}};
  }

  std::shared_ptr<security::People> shared_;
  std::unique_ptr<ApiServer> server_;
  std::string cookie_;
};

TEST_F(PeopleApi, AddsAPersonWithAPasswordThatIsToldOnceAndServesOnce) {
  const auto added = ask("POST", "/api/people", li());
  ASSERT_EQ(added->status, 201) << added->body;
  EXPECT_EQ(added->header("Cache-Control"), "no-store");
  const Json body = body_of(added);
  EXPECT_EQ(schema_problem("PersonWithPassword", body), "");
  const std::string password = body["password"];
  EXPECT_EQ(audit_->last().who, "person:root");
  EXPECT_EQ(audit_->last().action, "user.add");
  const Json list = body_of(ask("GET", "/api/people"));
  EXPECT_EQ(schema_problem("PersonList", list), "");
  EXPECT_EQ(to_text(list).find(password), std::string::npos);
  EXPECT_EQ(person("li")["must_change"], true);

  const std::string mine = cookie("li", password);
  EXPECT_EQ(body_of(ask("GET", "/api/session", nullptr, mine))["who"]["must_change"], true);
  EXPECT_EQ(ask("GET", "/api/plant", nullptr, mine)->status, 403);
  const Json change{{"own_password", password}, {"password", "my very own words"}};
  EXPECT_EQ(ask("PUT", "/api/session/password", change, mine)->status, 200);
  EXPECT_EQ(ask("GET", "/api/plant", nullptr, mine)->status, 200);
  EXPECT_EQ(person("li")["sessions"], 1);
  EXPECT_NE(person("li")["last_login_ms"], nullptr);
}

TEST_F(PeopleApi, GivesAccessOnlyAgainstTheAdministratorsOwnPassword) {
  Json without = li();
  without["own_password"] = "not mine at all";
  const auto refused = ask("POST", "/api/people", without);
  EXPECT_EQ(refused->status, 403);
  EXPECT_EQ(body_of(refused)["error"]["param"], "own_password");
  EXPECT_EQ(person("li"), Json());
  ASSERT_EQ(ask("POST", "/api/people", li())->status, 201);
  const Json grant{{"role", "admin"}, {"lines", {"*"}}};
  EXPECT_EQ(ask("PUT", "/api/people/li/grant", grant)->status, 400);
  EXPECT_EQ(ask("PUT", "/api/people/li/password", Json::object())->status, 400);
  EXPECT_EQ(person("li")["role"], "operator");
  // What takes access away does not ask.
  EXPECT_EQ(ask("POST", "/api/people/li/actions", {{"action", "disable"}})->status, 200);
  EXPECT_EQ(person("li")["disabled"], true);
  EXPECT_EQ(ask("POST", "/api/people/li/actions", {{"action", "enable"}})->status, 400);
  // Nor is a lock lifted without: somebody could guess on.
  EXPECT_EQ(ask("POST", "/api/people/li/actions", {{"action", "unlock"}})->status, 400);
  EXPECT_EQ(
      ask("POST", "/api/people/li/actions", {{"action", "unlock"}, {"own_password", kPassword}})
          ->status,
      200);
}

TEST_F(PeopleApi, ErasesAPersonWithWhatTheyWroteAgainstTheAskersPassword) {
  ASSERT_EQ(ask("POST", "/api/people", li())->status, 201);
  ASSERT_TRUE(shared_->set_password(kAdmin, "li", kPassword));
  const std::string mine = cookie("li", kPassword);
  const auto made = ask("POST", "/v1/responses", {{"model", "tiny"}, {"input", "secret"}}, mine);
  ASSERT_EQ(made->status, 200) << made->body;
  const std::string kept = "/v1/responses/" + body_of(made)["id"].get<std::string>();
  EXPECT_EQ(ask("GET", kept, nullptr, mine)->status, 200);
  EXPECT_EQ(ask("POST", "/api/people/li/erase", Json::object())->status, 400);
  const auto erased = ask("POST", "/api/people/LI/erase", {{"own_password", kPassword}});
  ASSERT_EQ(erased->status, 200) << erased->body;
  EXPECT_EQ(schema_problem("Erased", body_of(erased)), "");
  EXPECT_EQ(body_of(erased)["responses"], 1);
  EXPECT_EQ(person("li"), Json());
  EXPECT_EQ(audit_->last().action, "user.erase");
  EXPECT_EQ(ask("GET", "/api/plant", nullptr, mine)->status, 401);
  const Json requests = body_of(ask("GET", "/api/requests"))["requests"];
  ASSERT_EQ(requests.size(), 1U) << "how long it took stays";
  EXPECT_EQ(requests[0]["client"], "?");
  // Whoever has the name later finds nothing of it.
  ASSERT_EQ(ask("POST", "/api/people", li())->status, 201);
  ASSERT_TRUE(shared_->set_password(kAdmin, "li", kPassword));
  EXPECT_EQ(ask("GET", kept, nullptr, cookie("li", kPassword))->status, 404);
  EXPECT_EQ(ask("POST", "/api/people/wang/erase", {{"own_password", kPassword}})->status, 404);
  EXPECT_EQ(ask("POST", "/api/people/root/erase", {{"own_password", kPassword}})->status, 409);
}

TEST_F(PeopleApi, ShowsOthersRequestsToAdministratorsOnly) {
  ASSERT_EQ(ask("POST", "/api/people", li())->status, 201);
  ASSERT_TRUE(shared_->set_password(kAdmin, "li", kPassword));
  const std::string mine = cookie("li", kPassword);
  const Json question{{"model", "tiny"},
                      {"messages", Json::array({{{"role", "user"}, {"content", "secret"}}})}};
  const auto of_root = ask("POST", "/v1/chat/completions", question);
  const auto of_li = ask("POST", "/v1/chat/completions", question, mine);
  ASSERT_EQ(of_li->status, 200) << of_li->body;
  const std::string root_id = of_root->header("x-request-id");
  EXPECT_EQ(body_of(ask("GET", "/api/requests"))["requests"].size(), 2U);
  const Json seen = body_of(ask("GET", "/api/requests", nullptr, mine))["requests"];
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0]["id"], of_li->header("x-request-id"));
  EXPECT_EQ(ask("GET", "/api/requests/" + root_id)->status, 200);
  EXPECT_EQ(ask("GET", "/api/requests/" + root_id, nullptr, mine)->status, 404);
}

TEST_F(PeopleApi, FindsAPersonWhoseNameIsTypedInAnotherCase) {
  ASSERT_EQ(ask("POST", "/api/people", li())->status, 201);
  const auto granted = ask("PUT", "/api/people/LI/grant",
                           {{"role", "viewer"}, {"lines", {"*"}}, {"own_password", kPassword}});
  ASSERT_EQ(granted->status, 200) << granted->body;
  EXPECT_EQ(body_of(granted)["name"], "li");
  EXPECT_EQ(body_of(granted)["lines"], Json::array({"*"}));
  const auto answer = ask("PUT", "/api/people/LI/password", {{"own_password", kPassword}});
  ASSERT_EQ(answer->status, 200) << answer->body;
  EXPECT_EQ(body_of(answer)["person"]["name"], "li");
  EXPECT_FALSE(body_of(answer)["password"].get<std::string>().empty()) << "told this once";
}

TEST_F(PeopleApi, OnesOwnPasswordIsNotResetHere) {
  const auto answer = ask("PUT", "/api/people/ROOT/password", {{"own_password", kPassword}});
  EXPECT_EQ(answer->status, 409);
  EXPECT_EQ(ask("GET", "/api/people")->status, 200) << "still logged in";
}

TEST_F(PeopleApi, ChangesRightsForTheNextRequestOfTheSameSession) {
  ASSERT_TRUE(shared_->add_person(kAdmin, {"li", kPassword, {Role::kViewer, {"line-1"}, {}}}));
  const std::string mine = cookie("li", kPassword);
  const auto answer = ask("PUT", "/api/people/li/grant",
                          {{"role", "engineer"}, {"lines", {"*"}}, {"own_password", kPassword}});
  EXPECT_EQ(schema_problem("Person", body_of(answer)), "");
  EXPECT_EQ(body_of(ask("GET", "/api/session", nullptr, mine))["who"]["grants"][0]["lines"],
            Json({"*"}));
  EXPECT_EQ(ask("POST", "/api/people/li/actions", {{"action", "end_sessions"}})->status, 200);
  EXPECT_EQ(ask("GET", "/api/plant", nullptr, mine)->status, 401);
}

TEST_F(PeopleApi, TellsMistakesAtTheirField) {
  const auto param = [&](const Json& changes) {
    Json body = li();
    body.update(changes);
    const auto answer = ask("POST", "/api/people", body);
    EXPECT_EQ(answer->status, 400) << answer->body;
    return body_of(answer)["error"]["param"].get<std::string>();
  };
  EXPECT_EQ(param({{"name", "two words"}}), "name");
  EXPECT_EQ(param({{"role", "boss"}}), "role");
  EXPECT_EQ(param({{"lines", "line-1"}}), "lines");
  EXPECT_EQ(param({{"lines", {""}}}), "line");
  EXPECT_EQ(param({{"password", "short"}}), "password");
  EXPECT_EQ(ask("POST", "/api/people", li())->status, 201);
  EXPECT_EQ(ask("POST", "/api/people", li())->status, 409);
  EXPECT_EQ(ask("POST", "/api/people/li/actions", {{"action", "promote"}})->status, 400);
  EXPECT_EQ(ask("POST", "/api/people/nobody/actions", {{"action", "disable"}})->status, 404);
}

TEST_F(PeopleApi, TheLastAdministratorCannotLockEverybodyOut) {
  EXPECT_EQ(ask("DELETE", "/api/people/root")->status, 409);
  EXPECT_EQ(ask("POST", "/api/people/root/actions", {{"action", "disable"}})->status, 409);
  EXPECT_EQ(ask("PUT", "/api/people/root/grant", {{"role", "viewer"}, {"own_password", kPassword}})
                ->status,
            409);
  EXPECT_EQ(person("root")["role"], "admin");
}

TEST_F(PeopleApi, MakesAndRevokesKeys) {
  const auto made = ask("POST", "/api/keys",
                        {{"name", "mes"},
                         {"role", "viewer"},
                         {"lines", {"line-1"}},
                         {"scopes", {"plant"}},
                         {"days", 1000},
                         {"own_password", kPassword}});
  ASSERT_EQ(made->status, 201) << made->body;
  EXPECT_EQ(schema_problem("MadeServiceKey", body_of(made)), "");
  const std::string key = body_of(made)["key"];
  const std::string id = body_of(made)["id"];
  const std::string header = "Authorization: Bearer " + key + "\r\n";
  EXPECT_EQ(ask("GET", "/api/plant", nullptr, header)->status, 200);
  const Json list = body_of(ask("GET", "/api/keys"));
  EXPECT_EQ(schema_problem("ServiceKeyList", list), "");
  EXPECT_EQ(list["keys"][0]["state"], "valid");
  EXPECT_EQ(to_text(list).find(key), std::string::npos);
  EXPECT_EQ(ask("DELETE", "/api/keys/" + id)->status, 200);
  EXPECT_EQ(ask("GET", "/api/plant", nullptr, header)->status, 401);
  EXPECT_EQ(ask("DELETE", "/api/keys/mw_nothing")->status, 404);
}

TEST_F(PeopleApi, ASecondFactorIsOfferedAgainstOnesPasswordAndConfirmed) {
  const auto refused = ask("POST", "/api/session/totp", {{"own_password", "no"}});
  EXPECT_EQ(body_of(refused)["error"]["param"], "own_password");
  const auto offer = ask("POST", "/api/session/totp", {{"own_password", kPassword}});
  EXPECT_EQ(schema_problem("TotpOffer", body_of(offer)), "");
  const auto wrong = ask("PUT", "/api/session/totp", {{"code", "000000"}});
  EXPECT_EQ(body_of(wrong)["error"]["param"], "code");
  EXPECT_EQ(person("root")["totp"], false);
}

TEST_F(PeopleApi, AnAdministratorSaysWhoSomebodyIsToTheIdentityProvider) {
  ASSERT_TRUE(shared_->add_person(kAdmin, {"wang", kPassword, {Role::kViewer, {"line-1"}, {}}}));
  Json link{{"action", "link"}, {"issuer", "https://id.example"}, {"subject", "s-1"}};
  EXPECT_EQ(ask("POST", "/api/people/wang/actions", link)->status, 400) << "own_password";
  link["own_password"] = "wrong horse battery";
  EXPECT_EQ(ask("POST", "/api/people/wang/actions", link)->status, 403);
  link["own_password"] = kPassword;
  const Json linked = body_of(ask("POST", "/api/people/wang/actions", link));
  EXPECT_EQ(schema_problem("Person", linked), "");
  EXPECT_EQ(linked["provider"]["subject"], "s-1");
  EXPECT_EQ(linked["provider"]["managed"], false);
  EXPECT_EQ(audit_->last().action, "user.link");
  const auto session = shared_->login_external({"https://id.example", "s-1", "x", {}, "10.0.0.7"});
  ASSERT_TRUE(session);
  EXPECT_EQ(session->who.name, "wang");
  link.erase("issuer");  // without a configured provider there is none to mean
  EXPECT_EQ(ask("POST", "/api/people/wang/actions", link)->status, 400);
  EXPECT_EQ(ask("POST", "/api/people/wang/actions", {{"action", "unlink"}})->status, 200);
  EXPECT_TRUE(person("wang")["provider"].is_null());
  EXPECT_FALSE(shared_->session(session->token));
}

}  // namespace
}  // namespace mw::server
