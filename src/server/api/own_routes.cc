// /api/session/password and /api/session/totp: what people change of themselves.
#include "server/api/admin_route.h"
#include "server/api/api_state.h"
#include "server/api/people_json.h"
#include "server/http/api_error.h"
#include "server/http/session_cookie.h"

namespace mw::server {
namespace {

constexpr uint64_t kBodyBytes = 8 << 10;

using Answer = Result<Json> (*)(const ApiState& state, const HttpRequest& request);

/// Also for whoever has to choose a password first, and has no right but this one.
Result<Json> change_password(const ApiState& state, const HttpRequest& request) {
  const std::string token = session_token(request);
  if (request.who.kind != Identity::Kind::kPerson || request.who.name.empty() || token.empty()) {
    return Error::make(Code::kUnauthenticated, "log in first", "请先登录");
  }
  MW_ASSIGN(const Json body, object_body(request));
  MW_ASSIGN(const security::Confirmation own, confirmation_of(request, body));
  MW_ASSIGN(const std::string password, json_string(body, "password"));
  MW_TRY(state.parts.people->change_password(actor_of(request), own, token, password));
  return Json::object();
}

Result<Json> offer_totp(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const Json body, object_body(request));
  MW_TRY(confirm_asker(state, request, body));
  MW_ASSIGN(const security::TotpSetup setup, state.parts.people->offer_totp(request.who.name));
  return Json{
      {"secret", setup.secret}, {"uri", setup.uri}, {"recovery_codes", setup.recovery_codes}};
}

Result<Json> confirm_totp(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const Json body, object_body(request));
  MW_ASSIGN(const std::string code, json_string(body, "code"));
  MW_TRY(state.parts.people->confirm_totp(actor_of(request), request.who.name, code));
  return Json::object();
}

Route own_route(const std::shared_ptr<ApiState>& state, Method method, const char* pattern,
                RouteDoc doc, Answer answer) {
  Route route;
  route.method = method;
  route.pattern = pattern;
  route.doc = std::move(doc);
  route.body_limit_bytes = kBodyBytes;
  route.needs_person = true;
  route.runs_on = RunsOn::kBlocking;  // hashes for 0.1 s
  route.handler = [state, answer](const std::shared_ptr<Exchange>& exchange) {
    if (!state->parts.people) {
      exchange->respond(error_response(absent("this server knows no people", "本服务器没有用户")));
      return;
    }
    const Result<Json> done = answer(*state, exchange->request());
    HttpResponse response = done ? json_response(*done) : error_response(done.error());
    response.headers.push_back({"Cache-Control", "no-store"});
    exchange->respond(std::move(response));
  };
  return route;
}

}  // namespace

void add_own_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  Route password = own_route(state, Method::kPut, "/api/session/password",
                             {.operation = "changeOwnPassword",
                              .summary = "Changes one's own password; ends one's other sessions",
                              .request_schema = "OwnPasswordChange",
                              .response_schema = "Accepted"},
                             change_password);
  password.needs_key = false;
  password.needs_person = false;
  password.takes_key = true;
  router.add(std::move(password));
  router.add(own_route(state, Method::kPost, "/api/session/totp",
                       {.operation = "offerTotp",
                        .summary = "A second factor for oneself, told this once; it counts once a "
                                   "code of it was shown, within ten minutes",
                        .request_schema = "OwnPassword",
                        .response_schema = "TotpOffer"},
                       offer_totp));
  router.add(own_route(state, Method::kPut, "/api/session/totp",
                       {.operation = "confirmTotp",
                        .summary = "Makes the second factor that was offered count",
                        .request_schema = "TotpCode",
                        .response_schema = "Accepted"},
                       confirm_totp));
}

}  // namespace mw::server
