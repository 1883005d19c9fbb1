#include "server/api/admin_route.h"

#include "server/api/people_json.h"
#include "server/http/api_error.h"
#include "server/http/session_cookie.h"

namespace mw::server {
void add_admin_route(Router& router, const std::shared_ptr<ApiState>& state, Method method,
                     const char* pattern, RouteDoc doc, AdminAnswer answer, uint64_t body_bytes) {
  Route route;
  route.least_role = security::Role::kAdmin;
  route.needs_person = true;
  route.method = method;
  route.pattern = pattern;
  route.doc = std::move(doc);
  if (!route.doc.request_schema.empty()) route.body_limit_bytes = body_bytes;
  route.runs_on = RunsOn::kBlocking;  // the disk, and hashes of 0.1 s
  const int status = route.doc.success_status;
  route.handler = [state, answer, status](const std::shared_ptr<Exchange>& exchange) {
    if (!state->parts.people) {
      exchange->respond(error_response(absent("this server knows no people", "本服务器没有用户")));
      return;
    }
    const Result<Json> done = answer(*state, exchange->request());
    HttpResponse response = done ? json_response(*done, status) : error_response(done.error());
    response.headers.push_back({"Cache-Control", "no-store"});
    exchange->respond(std::move(response));
  };
  router.add(std::move(route));
}

Result<void> confirm_asker(const ApiState& state, const HttpRequest& request, const Json& body) {
  MW_ASSIGN(const std::string password, json_string(body, "own_password"));
  const std::string token = session_token(request);
  if (password.empty() && !token.empty() &&
      state.confirmations.spend(token, state.parts.clock->now_ns())) {
    return {};
  }
  MW_ASSIGN(const security::Confirmation own, confirmation_of(request, body));
  return state.parts.people->confirm(own);
}

}  // namespace mw::server
