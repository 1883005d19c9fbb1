// /api/groups: what everybody in a group may do beside what they may by themselves (ADR 0097).
#include <algorithm>

#include "server/api/admin_route.h"
#include "server/api/people_json.h"

namespace mw::server {
namespace {

Result<Json> list(const ApiState& state, const HttpRequest&) {
  MW_ASSIGN(const auto all, state.parts.people->groups());
  Json out = Json::array();
  for (const security::GroupInfo& group : all) out.push_back(to_json(group));
  return Json{{"groups", std::move(out)}};
}

Result<Json> group_json(const ApiState& state, const std::string& name) {
  MW_ASSIGN(const auto all, state.parts.people->groups());
  const auto found = std::find_if(all.begin(), all.end(), [&](const security::GroupInfo& each) {
    return equals_ignoring_case(each.name, name);  // as stored
  });
  if (found != all.end()) return to_json(*found);
  return Error::make(Code::kNotFound, "there is no group '" + name + "'", "没有组“" + name + "”",
                     "group");
}

Result<Json> create(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const Json body, object_body(request));
  MW_ASSIGN(const std::string name, json_string(body, "name"));
  MW_ASSIGN(const Grant grant, grant_in(body));
  MW_TRY(confirm_asker(state, request, body));
  MW_TRY(state.parts.people->add_group(actor_of(request), name, grant));
  return group_json(state, name);
}

Result<Json> put_grant(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const Json body, object_body(request));
  const std::string name(request.path_value("group"));
  MW_ASSIGN(const Grant grant, grant_in(body));
  MW_TRY(confirm_asker(state, request, body));
  MW_TRY(state.parts.people->set_group_grant(actor_of(request), name, grant));
  return group_json(state, name);
}

Result<Json> join(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const Json body, object_body(request));
  const std::string name(request.path_value("group"));
  MW_TRY(confirm_asker(state, request, body));
  MW_TRY(state.parts.people->set_member(actor_of(request), name, request.path_value("name"), true));
  return group_json(state, name);
}

Result<Json> leave(const ApiState& state, const HttpRequest& request) {
  const std::string name(request.path_value("group"));
  MW_TRY(
      state.parts.people->set_member(actor_of(request), name, request.path_value("name"), false));
  return group_json(state, name);
}

Result<Json> remove(const ApiState& state, const HttpRequest& request) {
  MW_TRY(state.parts.people->remove_group(actor_of(request), request.path_value("group")));
  return Json::object();
}

}  // namespace

void add_group_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  add_admin_route(router, state, Method::kGet, "/api/groups",
                  {.operation = "listGroups",
                   .summary = "Groups of people, with their rights and who is in them",
                   .request_schema = {},
                   .response_schema = "GroupList"},
                  list);
  RouteDoc doc{.operation = "addGroup",
               .summary = "Makes a group that nobody is in",
               .request_schema = "NewGroup",
               .response_schema = "Group"};
  doc.success_status = 201;
  add_admin_route(router, state, Method::kPost, "/api/groups", doc, create);
  add_admin_route(router, state, Method::kPut, "/api/groups/{group}/grant",
                  {.operation = "setGroupGrant",
                   .summary = "Replaces role, lines and labels; counts for the next request of all "
                              "who are in it",
                   .request_schema = "GrantChange",
                   .response_schema = "Group"},
                  put_grant);
  add_admin_route(router, state, Method::kPut, "/api/groups/{group}/members/{name}",
                  {.operation = "joinGroup",
                   .summary = "Puts a person into the group",
                   .request_schema = "AskerConfirmed",
                   .response_schema = "Group"},
                  join);
  add_admin_route(router, state, Method::kDelete, "/api/groups/{group}/members/{name}",
                  {.operation = "leaveGroup",
                   .summary = "Takes a person out of the group",
                   .request_schema = {},
                   .response_schema = "Group"},
                  leave);
  add_admin_route(router, state, Method::kDelete, "/api/groups/{group}",
                  {.operation = "removeGroup",
                   .summary = "Removes the group; who was in it keeps their own rights",
                   .request_schema = {},
                   .response_schema = "Accepted"},
                  remove);
}

}  // namespace mw::server
