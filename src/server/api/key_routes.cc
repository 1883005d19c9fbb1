// /api/keys: keys of programs (ADR 0082), made and revoked by administrators.
#include "server/api/admin_route.h"
#include "server/api/people_json.h"

namespace mw::server {
namespace {

constexpr int64_t kDefaultDays = 365;
constexpr int64_t kMostDays = 36'500;

Result<Json> list(const ApiState& state, const HttpRequest&) {
  MW_ASSIGN(const auto all, state.parts.people->keys());
  Json out = Json::array();
  for (const auto& key : all) out.push_back(to_json(key, state.parts.clock->now_ns()));
  return Json{{"keys", std::move(out)}};
}

Result<Json> create(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const Json body, object_body(request));
  security::NewKey key;
  MW_ASSIGN(key.name, json_string(body, "name"));
  MW_ASSIGN(key.grant, grant_in(body));
  MW_ASSIGN(key.scopes, names_in(body, "scopes"));
  MW_ASSIGN(const int64_t days, json_integer(body, "days", kDefaultDays));
  if (days < 0 || days > kMostDays) {
    return Error::make(Code::kInvalidArgument, "days: expected 1 to 36500, or 0 for ever",
                       "days 应为 1 至 36500，0 表示不过期", "days");
  }
  if (days > 0) key.expires_ns = state.parts.clock->now_ns() + days * kNsPerDay;
  MW_TRY(confirm_asker(state, request, body));
  MW_ASSIGN(const std::string made, state.parts.people->add_key(actor_of(request), key));
  return Json{{"id", made.substr(0, made.find('.'))}, {"key", made}};
}

Result<Json> revoke(const ApiState& state, const HttpRequest& request) {
  MW_TRY(state.parts.people->revoke_key(actor_of(request), std::string(request.path_value("id"))));
  return Json::object();
}

}  // namespace

void add_key_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  add_admin_route(router, state, Method::kGet, "/api/keys",
                  {.operation = "listKeys",
                   .summary = "Keys of programs, with rights, expiry and last use",
                   .request_schema = {},
                   .response_schema = "ServiceKeyList"},
                  list);
  RouteDoc doc{.operation = "createKey",
               .summary = "Makes a key, which is told this once",
               .request_schema = "NewServiceKey",
               .response_schema = "MadeServiceKey"};
  doc.success_status = 201;
  add_admin_route(router, state, Method::kPost, "/api/keys", doc, create);
  add_admin_route(router, state, Method::kDelete, "/api/keys/{id}",
                  {.operation = "revokeKey",
                   .summary = "Revokes a key; counts for the next request",
                   .request_schema = {},
                   .response_schema = "Accepted"},
                  revoke);
}

}  // namespace mw::server
