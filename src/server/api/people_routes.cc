// /api/people: who may log in, and with which rights (ADR 0075). What gives somebody access asks
// for the administrator's own password again; what takes it away does not.
#include <algorithm>

#include "maintenance/health_monitor.h"
#include "maintenance/life_watch.h"
#include "maintenance/trainings.h"
#include "maintenance/vibration_archive.h"
#include "server/api/admin_route.h"
#include "server/api/people_json.h"

namespace mw::server {
namespace {

using security::People;
using security::PersonInfo;

Result<Json> list(const ApiState& state, const HttpRequest&) {
  MW_ASSIGN(const std::vector<PersonInfo> all, state.parts.people->people());
  Json out = Json::array();
  for (const PersonInfo& person : all) out.push_back(to_json(person, state.parts.clock->now_ns()));
  return Json{{"people", std::move(out)}};
}

Result<Json> person_json(const ApiState& state, const std::string& name) {
  MW_ASSIGN(const std::vector<PersonInfo> all, state.parts.people->people());
  const auto found = std::find_if(all.begin(), all.end(), [&](const PersonInfo& each) {
    return equals_ignoring_case(each.name, name);  // as stored
  });
  if (found != all.end()) return to_json(*found, state.parts.clock->now_ns());
  return Error::make(Code::kNotFound, "there is no person '" + name + "'", "没有用户“" + name + "”",
                     "name");
}

/// The person and, once, the password that was made for them.
Result<Json> with_password(const ApiState& state, const std::string& name,
                           const GivenPassword& given) {
  MW_ASSIGN(Json person, person_json(state, name));
  return Json{{"person", std::move(person)}, {"password", given.made ? Json(given.text) : Json()}};
}

Result<Json> create(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const Json body, object_body(request));
  security::NewPerson person;
  MW_ASSIGN(person.name, json_string(body, "name"));
  MW_ASSIGN(person.grant, grant_in(body));
  MW_ASSIGN(const GivenPassword given, password_in(body));
  person.password = given.text;
  person.must_change = given.must_change;
  MW_TRY(confirm_asker(state, request, body));
  MW_TRY(state.parts.people->add_person(actor_of(request), person));
  return with_password(state, person.name, given);
}

Result<Json> put_grant(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const Json body, object_body(request));
  const std::string name(request.path_value("name"));
  MW_ASSIGN(const security::Grant grant, grant_in(body));
  MW_TRY(confirm_asker(state, request, body));
  MW_TRY(state.parts.people->set_grant(actor_of(request), name, grant));
  return person_json(state, name);
}

Result<Json> put_password(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const Json body, object_body(request));
  const std::string name(request.path_value("name"));
  if (equals_ignoring_case(name, request.who.name)) {
    // It would end the asker's own session, and with it the only sight of a password that was made.
    return Error::make(Code::kConflict,
                       "your own password you change in your account: PUT /api/session/password",
                       "您本人的密码请在“我的账户”中修改：PUT /api/session/password", "name");
  }
  MW_ASSIGN(const GivenPassword given, password_in(body));
  MW_TRY(confirm_asker(state, request, body));
  MW_TRY(state.parts.people->set_password(actor_of(request), name, given.text, given.must_change));
  return with_password(state, name, given);
}

/// Who the person is to the identity provider; without an issuer: to the configured one.
Result<void> link(const ApiState& state, const HttpRequest& request, const std::string& name,
                  const Json& body) {
  const auto& sign_on = state.parts.sign_on;
  const std::string configured = sign_on != nullptr ? sign_on->provider->issuer() : std::string();
  MW_ASSIGN(const std::string issuer, json_string(body, "issuer", configured));
  MW_ASSIGN(const std::string subject, json_string(body, "subject"));
  MW_TRY(confirm_asker(state, request, body));
  return state.parts.people->link(actor_of(request), name, issuer, subject);
}

Result<Json> act(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const Json body, object_body(request));
  const std::string name(request.path_value("name"));
  MW_ASSIGN(const std::string action, json_string(body, "action"));
  const security::Actor actor = actor_of(request);
  People& people = *state.parts.people;
  if (action == "disable") {
    MW_TRY(people.set_disabled(actor, name, true));
  } else if (action == "unlock") {
    MW_TRY(confirm_asker(state, request, body));  // lifting a lock lets somebody guess on
    MW_TRY(people.unlock(actor, name));
  } else if (action == "end_sessions") {
    MW_TRY(people.end_sessions(actor, name));
  } else if (action == "enable") {
    MW_TRY(confirm_asker(state, request, body));
    MW_TRY(people.set_disabled(actor, name, false));
  } else if (action == "totp_off") {
    MW_TRY(confirm_asker(state, request, body));
    MW_TRY(people.disable_totp(actor, name));
  } else if (action == "link") {
    MW_TRY(link(state, request, name, body));
  } else if (action == "unlink") {
    MW_TRY(people.unlink(actor, name));
  } else {
    return Error::make(
        Code::kInvalidArgument,
        "'action': expected disable, enable, unlock, end_sessions, totp_off, link or "
        "unlink",
        "“action”应为 disable、enable、unlock、end_sessions、totp_off、link 或 unlink", "action");
  }
  return person_json(state, name);
}

/// What a person is, and what they wrote. Beside the lists that an administrator reads there are
/// the journal of alarms, cases and health models, vibration recordings, tables and trainings, kept
/// responses and what is known of their requests. May be repeated.
Result<Json> erase(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const Json body, object_body(request));
  std::string name(request.path_value("name"));
  MW_TRY(confirm_asker(state, request, body));
  MW_ASSIGN(const std::vector<PersonInfo> all, state.parts.people->people());
  for (const PersonInfo& each : all) {
    if (equals_ignoring_case(each.name, name)) name = each.name;  // as stored
  }
  const auto erased = state.parts.people->erase_person(actor_of(request), name);
  if (!erased && erased.error().code != Code::kNotFound) return erased.error();
  const std::string owner = "person:" + name;
  MW_ASSIGN(const std::size_t responses, state.responses->erase_all(owner));
  state.requests->forget(owner);
  if (state.parts.alarms != nullptr) MW_TRY(state.parts.alarms->forget_person(name));
  if (state.parts.health != nullptr) MW_TRY(state.parts.health->forget_person(name));
  if (state.parts.lives != nullptr) MW_TRY(state.parts.lives->forget_person(name));
  if (state.parts.vibration != nullptr) MW_TRY(state.parts.vibration->forget_person(name));
  if (state.parts.tables != nullptr) MW_TRY(state.parts.tables->forget_person(name));
  if (state.parts.trainings != nullptr) MW_TRY(state.parts.trainings->forget_person(name));
  if (!erased && responses == 0) return erased.error();
  return Json{{"responses", responses}};
}

Result<Json> remove(const ApiState& state, const HttpRequest& request) {
  MW_TRY(state.parts.people->remove_person(actor_of(request),
                                           std::string(request.path_value("name"))));
  return Json::object();
}

}  // namespace

void add_people_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  add_admin_route(router, state, Method::kGet, "/api/people",
                  {.operation = "listPeople",
                   .summary = "Who may log in, with rights, locks and open sessions",
                   .request_schema = {},
                   .response_schema = "PersonList"},
                  list);
  RouteDoc doc{.operation = "addPerson",
               .summary = "Adds a person; without a password one is made, which is told this once",
               .request_schema = "NewPerson",
               .response_schema = "PersonWithPassword"};
  doc.success_status = 201;
  add_admin_route(router, state, Method::kPost, "/api/people", doc, create);
  add_admin_route(router, state, Method::kPut, "/api/people/{name}/grant",
                  {.operation = "setGrant",
                   .summary = "Replaces role, lines and labels; counts for the next request",
                   .request_schema = "GrantChange",
                   .response_schema = "Person"},
                  put_grant);
  add_admin_route(router, state, Method::kPut, "/api/people/{name}/password",
                  {.operation = "resetPassword",
                   .summary = "Sets a password, or makes one that is told this once; ends the "
                              "person's sessions and lock",
                   .request_schema = "PasswordReset",
                   .response_schema = "PersonWithPassword"},
                  put_password);
  add_admin_route(
      router, state, Method::kPost, "/api/people/{name}/actions",
      {.operation = "actOnPerson",
       .summary = "Disables, enables, unlocks, logs out, takes a second factor away, or says "
                  "who somebody is to the identity provider",
       .request_schema = "PersonAction",
       .response_schema = "Person"},
      act);
  add_admin_route(router, state, Method::kPost, "/api/people/{name}/erase",
                  {.operation = "erasePerson",
                   .summary = "Removes a person with what they wrote; the audit log keeps what was "
                              "done without saying who it was",
                   .request_schema = "AskerConfirmed",
                   .response_schema = "Erased"},
                  erase);
  add_admin_route(router, state, Method::kDelete, "/api/people/{name}",
                  {.operation = "removePerson",
                   .summary = "Removes a person; what they did stays in the audit log",
                   .request_schema = {},
                   .response_schema = "Accepted"},
                  remove);
}

}  // namespace mw::server
