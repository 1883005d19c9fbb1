// Groups over a real socket, by an administrator's session.
#include <gtest/gtest.h>

#include "server/testing/api_server.h"
#include "server/testing/schema_check.h"
#include "tests/support/test_people.h"

namespace mw::server {
namespace {

using security::kPassword;
using testing::ApiServer;
using testing::body_of;
using testing::schema_problem;
using testing::SeenResponse;
using testing::TestClient;

class GroupApi : public security::PeopleFixture {
 protected:
  GroupApi() {
    shared_ = std::move(people_);
    ServerOptions options;
    options.people = shared_;
    server_ = std::make_unique<ApiServer>(std::move(options));
    EXPECT_TRUE(shared_->add_person(security::kAdmin, {"root", kPassword, {Role::kAdmin, {}, {}}}));
    EXPECT_TRUE(shared_->add_person(security::kAdmin, {"li", kPassword, {Role::kViewer, {}, {}}}));
    root_ = shared_->login({"root", kPassword, "", "10.0.0.7"})->token;
    li_ = shared_->login({"li", kPassword, "", "10.0.0.7"})->token;
  }
  std::optional<SeenResponse> ask_as(const std::string& token, const std::string& method,
                                     const std::string& path, const Json& body = nullptr) const {
    TestClient client(server_->port());
    const std::string text = body.is_null() ? std::string() : to_text(body);
    client.send(method + " " + path +
                " HTTP/1.1\r\nHost: localhost\r\nCookie: mw_session=" + token + "\r\n" +
                (body.is_null() ? "" : "Content-Length: " + std::to_string(text.size()) + "\r\n") +
                "\r\n" + text);
    return client.read_response();
  }
  std::optional<SeenResponse> ask(const std::string& method, const std::string& path,
                                  const Json& body = nullptr) const {
    return ask_as(root_, method, path, body);
  }

  std::shared_ptr<security::People> shared_;
  std::unique_ptr<ApiServer> server_;
  std::string root_, li_;
  const Json own_{{"own_password", kPassword}};
  const Json west_{
      {"name", "West"}, {"role", "operator"}, {"lines", {"line-1"}}, {"own_password", kPassword}};
};

TEST_F(GroupApi, WhoIsPutIntoAGroupHasItsRightsWithTheNextRequest) {
  const auto made = ask("POST", "/api/groups", west_);
  ASSERT_EQ(made->status, 201) << made->body;
  EXPECT_EQ(schema_problem("Group", body_of(made)), "");
  EXPECT_TRUE(body_of(ask_as(li_, "GET", "/api/plant"))["assets"].empty());
  const auto joined = ask("PUT", "/api/groups/west/members/LI", own_);
  ASSERT_EQ(joined->status, 200) << joined->body;
  EXPECT_EQ(body_of(joined)["name"], "West") << "as stored, not as typed";
  EXPECT_EQ(body_of(joined)["members"], Json::array({"li"}));
  EXPECT_FALSE(body_of(ask_as(li_, "GET", "/api/plant"))["assets"].empty());
  const Json session = body_of(ask_as(li_, "GET", "/api/session"));
  EXPECT_EQ(schema_problem("Session", session), "");
  EXPECT_EQ(session["who"]["grants"].size(), 2U);
  const Json list = body_of(ask("GET", "/api/groups"));
  EXPECT_EQ(schema_problem("GroupList", list), "");
  const Json people = body_of(ask("GET", "/api/people"));
  EXPECT_EQ(schema_problem("PersonList", people), "");
  EXPECT_EQ(people["people"][0]["groups"], Json::array({"West"}));
  EXPECT_EQ(ask("DELETE", "/api/groups/west/members/li")->status, 200);
  EXPECT_TRUE(body_of(ask_as(li_, "GET", "/api/plant"))["assets"].empty());
}

TEST_F(GroupApi, WhatGivesAccessNeedsTheAskersPasswordAndWhatTakesItDoesNot) {
  Json without = west_;
  without.erase("own_password");
  EXPECT_EQ(ask("POST", "/api/groups", without)->status, 400);
  ASSERT_EQ(ask("POST", "/api/groups", west_)->status, 201);
  EXPECT_EQ(ask("POST", "/api/groups", west_)->status, 409);
  EXPECT_EQ(ask("PUT", "/api/groups/west/members/li", Json::object())->status, 400);
  EXPECT_EQ(ask("PUT", "/api/groups/west/grant", {{"role", "admin"}})->status, 400);
  const auto changed = ask("PUT", "/api/groups/WEST/grant",
                           {{"role", "viewer"}, {"lines", {"*"}}, {"own_password", kPassword}});
  ASSERT_EQ(changed->status, 200) << changed->body;
  EXPECT_EQ(body_of(changed)["lines"], Json::array({"*"}));
  EXPECT_EQ(audit_->last().action, "group.grant");
  EXPECT_EQ(ask("PUT", "/api/groups/east/members/li", own_)->status, 404);
  EXPECT_EQ(ask("DELETE", "/api/groups/west")->status, 200);
  EXPECT_TRUE(body_of(ask("GET", "/api/groups"))["groups"].empty());
}

}  // namespace
}  // namespace mw::server
