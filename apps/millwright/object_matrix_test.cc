// Every route x who asks x object: what a route answers about an object that somebody may not see
// is, byte for byte, what it answers about one that does not exist; and the object stays as it is.
// Over real sockets, with the guard. Which objects a route names stands in object_probes.cc: a
// route that is missing there fails the test.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "server/http_server.h"
#include "tests/support/object_probes.h"
#include "tests/support/plant_site.h"

namespace mw::app {
namespace {

using security::kPassword;
using security::Role;
using testing_support::object_probes;
using testing_support::ObjectProbe;
using testing_support::PlantDescription;
using testing_support::PlantSite;

struct Caller {
  std::string name;
  std::string header;
  bool admin = false;      // logged in
  bool sees_both = false;  // line-b as well, as a viewer
};

/// The ids of one kind: mine, somebody else's, nobody's; of one length.
struct Ids {
  std::string own, foreign, missing;
};

PlantDescription two_lines() {
  std::mt19937 random(7);
  PlantDescription out;
  for (const char* line : {"line-a", "line-b"}) {
    out.add_line(line, random);
    out.heat(std::string(line) + "-0");
    out.connect(std::string(line) + "-0");
  }
  return out;
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

class ObjectMatrix : public ::testing::Test {
 protected:
  ObjectMatrix() {
    server::ServerOptions options;
    options.people = site_.people();
    options.port = 0;
    options.limits.connections = 100'000;  // refused ones linger
    options.limits.connections_per_client = 100'000;
    server_ =
        server::HttpServer::start(std::move(options), site_.router_to_serve(), no_log()).value();
    callers_.push_back({"nobody", ""});
    callers_.push_back({"a wrong key", "Authorization: Bearer mw_x.y\r\n"});
    for (const Role role : {Role::kViewer, Role::kOperator, Role::kEngineer, Role::kAdmin}) {
      const std::string name(security::role_name(role));
      site_.add_person(name, {role, {"line-a"}, {}});
      callers_.push_back({name, cookie(name), role == Role::kAdmin});
      site_.add_person(name + "-of-both", {Role::kViewer, {"line-b"}, {}});
      site_.add_group(name + "s", {role, {"line-a"}, {}}, name + "-of-both");
      callers_.push_back(
          {name + "-of-both", cookie(name + "-of-both"), role == Role::kAdmin, true});
      for (const char* scope : {"models", "plant", "metrics", "*"}) {
        const auto key =
            site_.people()->add_key(security::kAdmin, {"k", {role, {"line-a"}, {}}, {scope}, 0});
        callers_.push_back({name + " key for " + scope, "Authorization: Bearer " + *key + "\r\n"});
      }
    }
    site_.add_person("stranger", {Role::kAdmin, {"line-b"}, {}});
    site_.add_group("members-of-all", {Role::kViewer, {}, {}}, "stranger");
    make_objects();
  }

  std::string cookie(const std::string& name) const {
    const auto login = site_.people()->login({name, kPassword, "", "10.0.0.7"});
    return "Cookie: mw_session=" + login->token + "\r\n";
  }

  /// Where somebody's answer has them.
  std::string made(const std::string& who, const std::string& path, const std::string& body,
                   bool request) const {
    const auto answer = server::testing::TestClient(server_->port()).post(path, body, cookie(who));
    EXPECT_EQ(answer->status, 200) << answer->body;
    if (request) return answer->header("x-request-id");
    return parse_json(answer->body)->at("id").get<std::string>();
  }

  void make_objects() {
    for (const auto& [kind, suffix] :
         std::map<std::string, std::string>{{"tag", "-0/temperature"},
                                            {"asset", "-0"},
                                            {"line", ""},
                                            {"alarm", "-0.temperature.high"},
                                            {"rule", "-0.spare"},
                                            {"connector", "-0-plc"}}) {
      ids_[kind] = {"line-a" + suffix, "line-b" + suffix, "line-z" + suffix};
    }
    const std::string ask = R"({"model":"tiny","input":"hello"})";
    for (const char* kind : {"response", "kept response"}) {
      ids_[kind] = {made("viewer", "/v1/responses", ask, false),
                    made("stranger", "/v1/responses", ask, false), "resp_0123456789abcdef"};
    }
    ids_["request"] = {made("viewer", "/v1/responses", ask, true),
                       made("stranger", "/v1/responses", ask, true), "req_0123456789abcdef"};
    for (const auto& one : site_.health().cases(PlantSite::anything())) {
      (one.line == "line-a" ? ids_["case"].own : ids_["case"].foreign) = std::to_string(one.number);
    }
    for (const auto& one : site_.tables().list(PlantSite::anything())) {
      Ids& ids = ids_["table"];
      (one.lines.front() == "line-a" ? ids.own : ids.foreign) = std::to_string(one.number);
    }
    ids_["table"].missing = std::string(ids_["table"].own.size(), '7');
    ids_["training"] = ids_["table"];  // as PlantSite numbers them
    ids_["case"].missing = std::string(ids_["case"].own.size(), '7');
    ids_["person"] = {"person-a", "person-b", "person-z"};
    ids_["group"] = {"group-a", "group-b", "group-z"};
    for (std::string* id : {&ids_["key"].own, &ids_["key"].foreign}) {
      const auto key = site_.people()->add_key(security::kAdmin,
                                               {"k", {Role::kViewer, {"line-b"}, {}}, {"*"}, 0});
      *id = key->substr(0, key->find('.'));
    }
    ids_["key"].missing = std::string(ids_["key"].own.size(), 'z');
    for (const char* which : {"a", "b"}) {
      const std::string name = which;
      site_.add_person("person-" + name, {Role::kViewer, {"line-" + name}, {}});
      site_.add_group("group-" + name, {Role::kViewer, {"line-" + name}, {}}, "person-" + name);
      restore_rule("line-" + name);
    }
  }

  void restore_rule(const std::string& line) const {
    const Json rule = {{"id", line + "-0.spare"},
                       {"name", {{"en", "Spare"}}},
                       {"asset", line + "-0"},
                       {"priority", "low"},
                       {"when", {{"tag", line + "-0/temperature"}, {"above", 150}}}};
    ASSERT_TRUE(site_.alarms().put_rule(PlantSite::anything(), rule));
  }

  /// What an earlier request took away is there again.
  void restore_own(const std::string& kind) const {
    const security::Grant grant{Role::kViewer, {"line-a"}, {}};
    if (kind == "rule") restore_rule("line-a");
    if (kind == "person")
      (void)site_.people()->add_person(security::kAdmin, {"person-a", kPassword, grant});
    if (kind == "group") (void)site_.people()->add_group(security::kAdmin, "group-a", grant);
  }

  /// The answer with the id taken out: status, headers but those that never repeat, body.
  std::string answer(const std::string& method, const ObjectProbe& probe, const std::string& id,
                     const Caller& caller) const {
    const std::string body = replaced(probe.body, "{ID}", id);
    const auto seen = server::testing::TestClient(server_->port())
                          .request(method, replaced(probe.target, "{ID}", id), body,
                                   "Content-Type: application/json\r\n" + caller.header);
    if (!seen) return "none";
    std::string text = std::to_string(seen->status);
    for (const auto& header : seen->headers) {
      if (server::equals_ignoring_case(header.name, "date") ||
          server::equals_ignoring_case(header.name, "openai-processing-ms") ||
          server::equals_ignoring_case(header.name, "x-request-id")) {
        continue;
      }
      text += "\n" + header.name + ": " + header.value;
    }
    return replaced(text + "\n\n" + seen->body, id, "{ID}");
  }

  /// All that is of line-b, of the stranger, and whom administrators alone may change.
  std::string foreign_things() const {
    const Identity all = PlantSite::anything();
    std::string out;
    const auto take = [&](const char* path, const char* list, PlantSite::Query query = {}) {
      const Json answer = site_.get(path, all, std::move(query));  // lives as long as the loop
      for (const Json& each : answer[list]) {
        const std::string text = to_text(each);
        if (text.find("line-b") != std::string::npos) out += text + "\n";
      }
    };
    take("/api/plant", "assets");
    take("/api/alarms", "alarms", {{"all", "1"}});
    take("/api/alarms/rules", "rules");
    take("/api/maintenance/cases", "cases");
    take("/api/maintenance/vibration/line-b-0", "recordings");
    take("/api/maintenance/tables", "tables");
    take("/api/maintenance/trainings", "trainings");
    take("/api/plant/batches", "batches", {{"line", "line-b"}});
    out += to_text(site_.get("/api/plant/series", all, {{"tag", "line-b-0/temperature"}}));
    const Identity stranger{Identity::Kind::kPerson, "stranger", {{Role::kViewer, {}, {}}}};
    for (const char* kind : {"response", "kept response"}) {
      out += to_text(site_.get("/v1/responses/" + ids_.at(kind).foreign, stranger));
    }
    const auto people = *site_.people()->people();
    for (const auto& each : people) {
      if (each.name == "person-b") out += each.name + to_text(each.grant.lines);
    }
    const auto keys = *site_.people()->keys();
    for (const auto& each : keys) out += each.id == ids_.at("key").foreign ? each.id : "";
    return out;
  }

  PlantSite site_{two_lines()};
  std::unique_ptr<server::HttpServer> server_;
  std::vector<Caller> callers_;
  std::map<std::string, Ids> ids_;
};

bool of_administrators(const std::string& kind) {
  return kind == "person" || kind == "group" || kind == "key";
}

/// Whether somebody has the right to an object that is not theirs.
bool may_see(const Caller& caller, const std::string& kind) {
  if (kind == "request" || of_administrators(kind)) return caller.admin;
  return caller.sees_both && kind.find("response") == std::string::npos;
}

TEST_F(ObjectMatrix, WhatOneMayNotSeeIsAnsweredAsIfItWereNotThere) {
  std::string before = foreign_things();
  int asked = 0;
  for (const auto& route : site_.router().routes()) {
    const std::string method(server::method_name(route->method));
    const std::string name = method + " " + route->pattern;
    const auto entry = object_probes().find(name);
    ASSERT_NE(entry, object_probes().end())
        << name << ": which objects does it name? Say so in tests/support/object_probes.cc";
    ASSERT_NE(entry->second.probes.empty(), entry->second.none.empty()) << name;
    for (const ObjectProbe& probe : entry->second.probes) {
      const Ids& ids = ids_.at(probe.kind);
      bool reached = false;
      for (const Caller& caller : callers_) {
        const std::string what = name + " of a " + probe.kind + " by " + caller.name;
        ++asked;
        if (!(may_see(caller, probe.kind) && of_administrators(probe.kind))) {
          const std::string foreign = answer(method, probe, ids.foreign, caller);
          if (!may_see(caller, probe.kind) && probe.why_told.empty()) {
            EXPECT_EQ(foreign, answer(method, probe, ids.missing, caller)) << what;
          }
        }
        restore_own(probe.kind);
        const std::string own = answer(method, probe, ids.own, caller);
        const bool refused =
            own.starts_with("401") || own.starts_with("403") || own.starts_with("404");
        reached = reached || (!refused && own != answer(method, probe, ids.missing, caller));
      }
      EXPECT_NE(reached, probe.own_is_as_missing)
          << name << " of a " << probe.kind << " tells its own object from none for nobody";
      const std::string after = foreign_things();
      EXPECT_EQ(before, after) << name << " of a " << probe.kind << " changed it for a stranger";
      before = after;
    }
  }
  EXPECT_GT(asked, 900);
}

TEST_F(ObjectMatrix, EveryEntryOfTheTableIsARoute) {
  std::set<std::string> known;
  for (const auto& route : site_.router().routes()) {
    known.insert(std::string(server::method_name(route->method)) + " " + route->pattern);
  }
  for (const auto& [name, objects] : object_probes()) EXPECT_TRUE(known.contains(name)) << name;
}

}  // namespace
}  // namespace mw::app
