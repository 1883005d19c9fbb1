// /api/session: who am I, logging in, logging out (ADR 0083).
#include "server/api/api_state.h"
#include "server/api/people_json.h"
#include "server/http/api_error.h"
#include "server/http/session_cookie.h"

namespace mw::server {
namespace {

constexpr uint64_t kLoginBodyBytes = 8 * 1024;

std::string_view kind_name(Identity::Kind kind) {
  switch (kind) {
    case Identity::Kind::kPerson:
      return "person";
    case Identity::Kind::kApiKey:
      return "key";
    case Identity::Kind::kService:
      break;
  }
  return "service";
}

Json session_json(const ApiParts& parts, std::string_view state, bool can_log_in,
                  const Identity* who) {
  Json out{
      {"state", state}, {"can_log_in", can_log_in}, {"sign_in_with", nullptr}, {"who", nullptr}};
  if (parts.sign_on != nullptr && parts.people != nullptr)
    out["sign_in_with"] = parts.sign_on->name;
  if (who != nullptr) {
    Json grants = Json::array();
    for (const Grant& each : who->grants) grants.push_back(grant_json(each));
    out["who"] = {{"kind", kind_name(who->kind)},
                  {"name", who->name},
                  {"grants", std::move(grants)},
                  {"must_change", security::is_newcomer(*who)}};
  }
  return out;
}

/// How somebody who came by the identity provider shows that it is still them, and until when they
/// did.
void add_confirmation(const ApiState& state, const HttpRequest& request, Json& out) {
  const std::string token = session_token(request);
  if (state.parts.sign_on == nullptr || state.parts.people == nullptr || token.empty()) return;
  const auto people = state.parts.people->people();
  if (!people) return;
  for (const security::PersonInfo& each : *people) {
    if (each.name != request.who.name || each.issuer != state.parts.sign_on->provider->issuer()) {
      continue;
    }
    const TimeNs until_ns = state.confirmations.until_ns(token, state.parts.clock->now_ns());
    out["confirm"] = {{"password", each.has_password},
                      {"until_ms", until_ns == 0 ? Json() : Json(until_ns / kNsPerMs)}};
  }
}

/// "open": nobody needs to log in; "in"; "login": a person has to; "key": only keys are known here.
Json session_now(const ApiState& state, const HttpRequest& request) {
  const bool people = state.parts.people != nullptr && state.parts.people->anyone();
  const bool known = !request.who.name.empty();
  if (known && !people && request.who.name == security::kLocalName) {
    return session_json(state.parts, "open", false, &request.who);
  }
  if (known) {
    Json out = session_json(state.parts, "in", people, &request.who);
    add_confirmation(state, request, out);
    return out;
  }
  return session_json(state.parts, people ? "login" : "key", people, nullptr);
}

Result<security::LoginRequest> parse_login(const HttpRequest& request) {
  MW_ASSIGN(const Json body, parse_json(request.body, 4));
  if (!body.is_object()) {
    return Error::make(Code::kInvalidArgument, "expected a JSON object", "应为 JSON 对象", "body");
  }
  security::LoginRequest login;
  MW_ASSIGN(login.name, json_string(body, "name"));
  MW_ASSIGN(login.password, json_string(body, "password"));
  MW_ASSIGN(login.code, json_string(body, "code"));
  login.address = request.remote_address;
  return login;
}

HttpResponse log_in(const ApiState& state, const HttpRequest& request) {
  if (state.parts.people == nullptr) {
    return error_response(absent("this server knows no people", "本服务器没有用户"));
  }
  const auto wanted = parse_login(request);
  if (!wanted) return error_response(wanted.error());
  const auto login = state.parts.people->login(*wanted);
  if (!login) return error_response(login.error());
  HttpResponse response = json_response(session_json(state.parts, "in", true, &login->who));
  response.headers.push_back({"Set-Cookie", session_cookie(login->token, request.secure)});
  response.headers.push_back({"Cache-Control", "no-store"});
  return response;
}

HttpResponse log_out(const ApiState& state, const HttpRequest& request) {
  const std::string token = session_token(request);
  if (state.parts.people != nullptr && !token.empty() &&
      request.who.kind == Identity::Kind::kPerson) {
    const auto done = state.parts.people->logout(
        {security::audit_name(request.who), request.remote_address}, token);
    if (!done) return error_response(done.error());
  }
  const bool people = state.parts.people != nullptr && state.parts.people->anyone();
  HttpResponse response =
      json_response(session_json(state.parts, people ? "login" : "open", people, nullptr));
  response.headers.push_back({"Set-Cookie", session_cookie("", request.secure)});
  response.headers.push_back({"Cache-Control", "no-store"});
  return response;
}

Route session_route(Method method, const char* operation, const char* summary) {
  Route route;
  route.method = method;
  route.pattern = "/api/session";
  route.doc.operation = operation;
  route.doc.summary = summary;
  route.doc.response_schema = "Session";
  route.needs_key = false;
  route.takes_key = true;
  route.runs_on = RunsOn::kWorker;
  return route;
}

}  // namespace

void add_session_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  Route now = session_route(Method::kGet, "getSession", "Who am I, and has one to log in here?");
  now.handler = [state](const std::shared_ptr<Exchange>& exchange) {
    HttpResponse response = json_response(session_now(*state, exchange->request()));
    response.headers.push_back({"Cache-Control", "no-store"});
    exchange->respond(std::move(response));
  };
  router.add(std::move(now));

  Route in = session_route(Method::kPost, "logIn",
                           "Logs a person in: the answer sets a cookie. 401 with param \"code\" "
                           "when a second factor is needed");
  in.doc.request_schema = "Login";
  in.body_limit_bytes = kLoginBodyBytes;
  in.runs_on = RunsOn::kBlocking;  // hashes for 0.1 s
  in.takes_key = false;
  in.handler = [state](const std::shared_ptr<Exchange>& exchange) {
    exchange->respond(log_in(*state, exchange->request()));
  };
  router.add(std::move(in));

  Route out = session_route(Method::kDelete, "logOut", "Ends the session and erases its cookie");
  out.handler = [state](const std::shared_ptr<Exchange>& exchange) {
    exchange->respond(log_out(*state, exchange->request()));
  };
  router.add(std::move(out));
}

}  // namespace mw::server
