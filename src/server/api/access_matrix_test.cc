// Who may use which route: every route of the router, for every kind of caller, against a table
// that is written here by hand. A route that is missing here fails the test: whoever adds one has
// to decide.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "server/testing/api_server.h"
#include "tests/support/test_people.h"

namespace mw::server {
namespace {

using security::kPassword;
using security::Role;
using testing::ApiServer;
using testing::TestClient;

struct Needs {
  bool anybody = false;  // no key, no login
  Role role = Role::kViewer;
  std::string scope;
  bool person = false;  // no key
};

constexpr const char* kModels = "models";
constexpr const char* kPlant = "plant";

const std::map<std::string, Needs>& table() {
  static const std::map<std::string, Needs> kTable = {
      {"GET /healthz", {true}},
      {"GET /health", {true}},
      {"GET /readyz", {true}},
      {"GET /", {true}},
      {"GET /{path...}", {true}},
      {"GET /api/session", {true}},
      {"POST /api/session", {true}},
      {"DELETE /api/session", {true}},
      // Who is not known yet walks through these; without a provider they are 404s.
      {"GET /api/oidc/login", {true}},
      {"GET /api/oidc/callback", {true}},
      {"GET /api/oidc/confirm", {true}},
      // Without a session that may choose a password it answers 401 by itself.
      {"PUT /api/session/password", {true}},
      {"POST /api/session/totp", {false, Role::kViewer, kPlant, true}},
      {"PUT /api/session/totp", {false, Role::kViewer, kPlant, true}},
      {"GET /api/people", {false, Role::kAdmin, kPlant, true}},
      {"POST /api/people", {false, Role::kAdmin, kPlant, true}},
      {"PUT /api/people/{name}/grant", {false, Role::kAdmin, kPlant, true}},
      {"PUT /api/people/{name}/password", {false, Role::kAdmin, kPlant, true}},
      {"POST /api/people/{name}/actions", {false, Role::kAdmin, kPlant, true}},
      {"POST /api/people/{name}/erase", {false, Role::kAdmin, kPlant, true}},
      {"DELETE /api/people/{name}", {false, Role::kAdmin, kPlant, true}},
      {"GET /api/groups", {false, Role::kAdmin, kPlant, true}},
      {"POST /api/groups", {false, Role::kAdmin, kPlant, true}},
      {"PUT /api/groups/{group}/grant", {false, Role::kAdmin, kPlant, true}},
      {"PUT /api/groups/{group}/members/{name}", {false, Role::kAdmin, kPlant, true}},
      {"DELETE /api/groups/{group}/members/{name}", {false, Role::kAdmin, kPlant, true}},
      {"DELETE /api/groups/{group}", {false, Role::kAdmin, kPlant, true}},
      {"GET /api/keys", {false, Role::kAdmin, kPlant, true}},
      {"POST /api/keys", {false, Role::kAdmin, kPlant, true}},
      {"DELETE /api/keys/{id}", {false, Role::kAdmin, kPlant, true}},
      {"GET /api/audit/records", {false, Role::kAdmin, kPlant, true}},
      {"GET /api/audit/check", {false, Role::kAdmin, kPlant, true}},
      {"POST /api/audit/check", {false, Role::kAdmin, kPlant, true}},
      {"GET /api/plant/setup", {false, Role::kAdmin, kPlant, true}},
      {"PUT /api/plant/setup", {false, Role::kAdmin, kPlant, true}},
      {"POST /api/plant/setup/look", {false, Role::kAdmin, kPlant, true}},
      {"GET /metrics", {false, Role::kViewer, "metrics"}},
      {"GET /v1/models", {false, Role::kViewer, kModels}},
      {"GET /v1/models/{id...}", {false, Role::kViewer, kModels}},
      {"POST /v1/chat/completions", {false, Role::kViewer, kModels}},
      {"POST /v1/completions", {false, Role::kViewer, kModels}},
      {"POST /v1/embeddings", {false, Role::kViewer, kModels}},
      {"POST /v1/rerank", {false, Role::kViewer, kModels}},
      {"POST /v1/responses", {false, Role::kViewer, kModels}},
      {"POST /v1/responses/input_tokens", {false, Role::kViewer, kModels}},
      {"GET /v1/responses/{id}", {false, Role::kViewer, kModels}},
      {"DELETE /v1/responses/{id}", {false, Role::kViewer, kModels}},
      {"POST /v1/responses/{id}/cancel", {false, Role::kViewer, kModels}},
      {"GET /v1/responses/{id}/input_items", {false, Role::kViewer, kModels}},
      {"GET /api/openapi.json", {false, Role::kViewer, kPlant}},
      {"POST /api/ask", {false, Role::kViewer, kPlant}},
      {"GET /api/plant", {false, Role::kViewer, kPlant}},
      {"GET /api/plant/series", {false, Role::kViewer, kPlant}},
      {"GET /api/plant/value", {false, Role::kViewer, kPlant}},
      {"GET /api/plant/statistics", {false, Role::kViewer, kPlant}},
      {"GET /api/plant/earlier", {false, Role::kViewer, kPlant}},
      {"GET /api/oee", {false, Role::kViewer, kPlant}},
      // The plant decides: operators and above, and the keys that config.toml lists as push_keys.
      {"POST /api/plant/samples", {false, Role::kViewer, kPlant}},
      {"POST /api/plant/batches", {false, Role::kViewer, kPlant}},
      {"GET /api/plant/batches", {false, Role::kViewer, kPlant}},
      {"POST /api/plant/events", {false, Role::kViewer, kPlant}},
      {"GET /api/plant/events", {false, Role::kViewer, kPlant}},
      {"GET /api/connectors/{name}/history", {false, Role::kViewer, kPlant}},
      {"POST /api/plant/csv", {false, Role::kOperator, kPlant}},
      {"GET /api/plant/csv", {false, Role::kViewer, kPlant}},
      {"GET /api/events", {false, Role::kViewer, kPlant}},
      {"GET /api/system", {false, Role::kViewer, kPlant}},
      {"GET /api/requests", {false, Role::kViewer, kPlant}},
      {"GET /api/requests/{id}", {false, Role::kViewer, kPlant}},
      {"GET /api/alarms", {false, Role::kViewer, kPlant}},
      {"POST /api/alarms/actions", {false, Role::kOperator, kPlant}},
      {"GET /api/alarms/journal", {false, Role::kViewer, kPlant}},
      {"GET /api/alarms/rules", {false, Role::kViewer, kPlant}},
      {"PUT /api/alarms/rules", {false, Role::kEngineer, kPlant}},
      {"POST /api/alarms/rules/preview", {false, Role::kEngineer, kPlant}},
      {"GET /api/alarms/messages", {false, Role::kOperator, kPlant}},
      {"DELETE /api/alarms/rules/{alarm}", {false, Role::kEngineer, kPlant}},
      {"GET /api/maintenance/health", {false, Role::kViewer, kPlant}},
      {"GET /api/maintenance/cards", {false, Role::kViewer, kPlant}},
      {"GET /api/maintenance/cases", {false, Role::kViewer, kPlant}},
      {"GET /api/maintenance/cases/{case}", {false, Role::kViewer, kPlant}},
      {"GET /api/maintenance/cases/{case}/recording", {false, Role::kViewer, kPlant}},
      {"GET /api/maintenance/cases/{case}/recording/csv", {false, Role::kViewer, kPlant}},
      {"POST /api/maintenance/cases/{case}/outcome", {false, Role::kOperator, kPlant}},
      {"GET /api/maintenance/cases/{case}/work_order", {false, Role::kViewer, kPlant}},
      {"POST /api/maintenance/cases/{case}/work_order", {false, Role::kEngineer, kPlant}},
      {"GET /api/maintenance/life", {false, Role::kViewer, kPlant}},
      {"GET /api/maintenance/life_models", {false, Role::kEngineer, kPlant}},
      {"GET /api/maintenance/life/{asset}", {false, Role::kViewer, kPlant}},
      {"PUT /api/maintenance/life/{asset}", {false, Role::kEngineer, kPlant}},
      {"DELETE /api/maintenance/life/{asset}", {false, Role::kEngineer, kPlant}},
      {"POST /api/maintenance/reports/read", {false, Role::kViewer, kPlant}},
      {"POST /api/maintenance/tables", {false, Role::kEngineer, kPlant}},
      {"POST /api/maintenance/lives", {false, Role::kEngineer, kPlant}},
      {"GET /api/maintenance/tables", {false, Role::kEngineer, kPlant}},
      {"GET /api/maintenance/tables/{table}", {false, Role::kEngineer, kPlant}},
      {"POST /api/maintenance/tables/{table}/report", {false, Role::kEngineer, kPlant}},
      {"DELETE /api/maintenance/tables/{table}", {false, Role::kEngineer, kPlant}},
      {"POST /api/maintenance/trainings", {false, Role::kEngineer, kPlant}},
      {"GET /api/maintenance/trainings", {false, Role::kEngineer, kPlant}},
      {"GET /api/maintenance/trainings/{training}", {false, Role::kEngineer, kPlant}},
      {"DELETE /api/maintenance/trainings/{training}", {false, Role::kEngineer, kPlant}},
      {"POST /api/maintenance/vibration", {false, Role::kOperator, kPlant}},
      {"GET /api/maintenance/vibration/{asset}", {false, Role::kViewer, kPlant}},
      {"GET /api/maintenance/vibration/{asset}/recordings/{recording}",
       {false, Role::kViewer, kPlant}},
      {"GET /api/maintenance/vibration/{asset}/waterfall", {false, Role::kViewer, kPlant}},
      {"DELETE /api/maintenance/vibration/{asset}/recordings/{recording}",
       {false, Role::kEngineer, kPlant}},
      {"POST /api/maintenance/models", {false, Role::kEngineer, kPlant}},
      {"GET /api/maintenance/models/{asset}", {false, Role::kViewer, kPlant}},
      {"POST /api/maintenance/models/{asset}/replay", {false, Role::kEngineer, kPlant}},
      {"GET /api/maintenance/models/{asset}/replay", {false, Role::kViewer, kPlant}},
      {"DELETE /api/maintenance/models/{asset}/replay", {false, Role::kEngineer, kPlant}},
      {"GET /api/maintenance/models/{asset}/schedule", {false, Role::kViewer, kPlant}},
      {"PUT /api/maintenance/models/{asset}/schedule", {false, Role::kEngineer, kPlant}},
      {"DELETE /api/maintenance/models/{asset}/schedule", {false, Role::kEngineer, kPlant}},
      {"POST /api/maintenance/models/{asset}/decisions", {false, Role::kEngineer, kPlant}},
      {"GET /api/models", {false, Role::kViewer, kPlant}},
      {"POST /api/models", {false, Role::kEngineer, kPlant}},
      {"POST /api/models/{model}/adapters", {false, Role::kEngineer, kPlant}},
      {"DELETE /api/models/{model}/adapters/{adapter}", {false, Role::kEngineer, kPlant}},
  };
  return kTable;
}

struct Caller {
  std::string name;
  std::string header;  // as sent
  bool known = true;
  Role role = Role::kViewer;
  std::string scope = "*";
  bool key = false;
};

/// "/v1/models/{id...}" with something in place of each name.
std::string filled(std::string pattern) {
  for (std::size_t open = pattern.find('{'); open != std::string::npos; open = pattern.find('{')) {
    pattern.replace(open, pattern.find('}', open) - open + 1, "x");
  }
  return pattern;
}

class AccessMatrix : public security::PeopleFixture {
 protected:
  AccessMatrix() {
    shared_ = std::move(people_);
    ServerOptions options;
    options.people = shared_;
    options.api_keys = {{"panel", "0123456789abcdef"}};
    // 1,800 connections from one address, faster than closed ones are noticed.
    options.limits.connections = options.limits.connections_per_client = 8192;
    server_ = std::make_unique<ApiServer>(std::move(options));
    callers_.push_back({"nobody", "", false});
    callers_.push_back({"a wrong cookie", "Cookie: mw_session=0000\r\n", false});
    callers_.push_back({"a wrong key", "Authorization: Bearer mw_x.y\r\n", false});
    callers_.push_back(
        {"a configured key", "x-api-key: 0123456789abcdef\r\n", true, Role::kEngineer, "*", true});
    for (const Role role : {Role::kViewer, Role::kOperator, Role::kEngineer, Role::kAdmin}) {
      const std::string name(security::role_name(role));
      EXPECT_TRUE(shared_->add_person(security::kAdmin, {name, kPassword, {role, {"line-1"}, {}}}));
      const auto login = shared_->login({name, kPassword, "", "10.0.0.7"});
      callers_.push_back({name, "Cookie: mw_session=" + login->token + "\r\n", true, role});
      callers_.push_back(of_group(name, role));
      for (const char* scope : {"models", "plant", "metrics", "*"}) {
        const auto key =
            shared_->add_key(security::kAdmin, {"k", {role, {"line-1"}, {}}, {scope}, 0});
        callers_.push_back({name + " key for " + scope, "Authorization: Bearer " + *key + "\r\n",
                            true, role, scope, true});
      }
    }
  }
  /// Somebody who only looks at another line, with this role by a group alone.
  Caller of_group(const std::string& role_name, Role role) const {
    const std::string name = role_name + "-by-group";
    EXPECT_TRUE(
        shared_->add_person(security::kAdmin, {name, kPassword, {Role::kViewer, {"line-2"}, {}}}));
    EXPECT_TRUE(shared_->add_group(security::kAdmin, role_name + "s", {role, {"line-1"}, {}}));
    EXPECT_TRUE(shared_->set_member(security::kAdmin, role_name + "s", name, true));
    const auto login = shared_->login({name, kPassword, "", "10.0.0.7"});
    return {name, "Cookie: mw_session=" + login->token + "\r\n", true, role};
  }
  /// The status of a request whose body is empty: what passes the guard may still be a 400 or 404.
  int status_of(const std::string& method, const std::string& path, const Caller& caller) const {
    TestClient client(server_->port());
    const bool body = method == "POST" || method == "PUT";
    const std::string length = body ? "Content-Length: 2\r\n" : "";
    client.send(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + length + caller.header +
                "\r\n" + (body ? "{}" : ""));
    if (path == "/api/events") {
      const std::string head = client.read_until("\r\n");
      return head.size() > 12 ? std::stoi(head.substr(9, 3)) : 0;
    }
    const auto answer = client.read_response();
    return answer ? answer->status : 0;
  }

  std::shared_ptr<security::People> shared_;
  std::unique_ptr<ApiServer> server_;
  std::vector<Caller> callers_;
};

TEST_F(AccessMatrix, EveryRouteForEveryCaller) {
  int checked = 0;
  const Router router = server_->api->router();
  std::vector<const Route*> routes;
  for (const auto& route : router.routes()) routes.push_back(route.get());
  // Logging out comes last: it ends the sessions of the callers.
  std::stable_partition(routes.begin(), routes.end(), [](const Route* route) {
    return route->pattern != "/api/session" || route->method != Method::kDelete;
  });
  for (const Route* route : routes) {
    const std::string method(method_name(route->method));
    const std::string name = method + " " + route->pattern;
    const auto needs = table().find(name);
    ASSERT_NE(needs, table().end()) << "who may use " << name << "? Say so in the table";
    for (const Caller& caller : callers_) {
      const int status = status_of(method, filled(route->pattern), caller);
      const std::string what = name + " by " + caller.name;
      ++checked;
      ASSERT_NE(status, 0) << what;
      if (needs->second.anybody) {
        // A login without a name is a 401 of its own.
        const bool own = name == "POST /api/session" || name == "PUT /api/session/password";
        EXPECT_TRUE(status != 403 && (status != 401 || own)) << what;
      } else if (!caller.known) {
        EXPECT_EQ(status, 401) << what;
      } else if (caller.role < needs->second.role || (needs->second.person && caller.key) ||
                 (caller.scope != "*" && caller.scope != needs->second.scope)) {
        EXPECT_EQ(status, 403) << what;
      } else {
        EXPECT_TRUE(status != 401 && status != 403) << what << ": " << status;
      }
    }
  }
  EXPECT_GT(checked, 1'700);
}

TEST_F(AccessMatrix, EveryEntryOfTheTableIsARoute) {
  std::map<std::string, int> known;
  const Router router = server_->api->router();
  for (const auto& route : router.routes()) {
    ++known[std::string(method_name(route->method)) + " " + route->pattern];
  }
  for (const auto& [name, needs] : table()) EXPECT_EQ(known[name], 1) << name;
}

}  // namespace
}  // namespace mw::server
