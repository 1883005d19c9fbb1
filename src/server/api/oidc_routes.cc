// /api/oidc: signing in with an identity provider (ADR 0092). Browsers walk through these, so what
// goes wrong is a page, not JSON.
#include <algorithm>

#include "server/api/api_state.h"
#include "server/http/api_error.h"
#include "server/http/session_cookie.h"

namespace mw::server {
namespace {

constexpr int kTimeLimitMs = 60'000;  // the provider is asked up to four times
constexpr const char* kLoginPath = "/api/oidc/login";
constexpr const char* kConfirmPath = "/api/oidc/confirm";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else {
      out += c;
    }
  }
  return out;
}

/// Both languages: nothing is known yet of who reads it.
HttpResponse problem_page(const Error& error, bool secure) {
  HttpResponse response;
  response.status = info(error.code).http_status;
  response.content_type = "text/html; charset=utf-8";
  const std::string zh = error.message.zh.empty() ? error.message.en : error.message.zh;
  response.body =
      "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\"><title>Millwright</title><main>"
      "<h1>登录未成功</h1><p>" +
      escaped(zh) +
      "</p><p><a href=\"/\">返回登录页</a></p></main><main lang=\"en\"><h1>You are not signed "
      "in</h1><p>" +
      escaped(error.message.en) +
      "</p><p><a href=\"/\">Back to the login page</a></p></main></html>";
  response.headers.push_back({"Set-Cookie", PendingLogins::no_cookie(secure)});
  return response;
}

HttpResponse gone_to(const std::string& url) {
  HttpResponse response;
  response.status = 303;
  response.content_type = "";
  response.headers.push_back({"Location", url});
  return response;
}

Result<const SingleSignOn*> sign_on_of(const ApiState& state) {
  if (state.parts.sign_on == nullptr || state.parts.people == nullptr) {
    return Error::make(Code::kNotFound,
                       "this server has no identity provider: log in with a password",
                       "本服务器没有配置身份提供方，请使用密码登录");
  }
  return state.parts.sign_on.get();
}

/// Of that name, if a provider may log them in.
Result<std::optional<security::PersonInfo>> linked_person(const ApiState& state,
                                                          const std::string& name) {
  MW_ASSIGN(const std::vector<security::PersonInfo> people, state.parts.people->people());
  for (const security::PersonInfo& each : people) {
    if (each.name == name && !each.issuer.empty()) return std::optional(each);
  }
  return std::optional<security::PersonInfo>();
}

/// "https://host:8443/x" -> "host:8443".
std::string_view authority_of(std::string_view url) {
  url.remove_prefix(std::min(url.find("://") + 3, url.size()));
  return url.substr(0, url.find('/'));
}

Result<HttpResponse> sent_to(ApiState& state, const HttpRequest& request,
                             const oidc::Departure& departure, const std::string& session) {
  MW_ASSIGN(std::string cookie,
            state.pending_logins.cookie({departure.pending, session}, state.parts.clock->now_ns(),
                                        request.secure));
  HttpResponse response = gone_to(departure.url);
  response.headers.push_back({"Set-Cookie", std::move(cookie)});
  return response;
}

Result<HttpResponse> depart(ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const SingleSignOn* const sign_on, sign_on_of(state));
  // The provider sends the browser to `url`: its cookie has to be of there. Once: behind a proxy
  // the names may never be the same.
  const std::string* host = request.header("Host");
  if (host != nullptr && request.query_value("here").empty() &&
      !equals_ignoring_case(*host, authority_of(sign_on->url))) {
    return gone_to(sign_on->url + kLoginPath + "?here=1");
  }
  MW_ASSIGN(const oidc::Departure departure, sign_on->provider->depart());
  return sent_to(state, request, departure, "");
}

/// Somebody who is logged in and came by the provider shows there again that it is still them. The
/// session's cookie does not come back with the browser (SameSite=Strict), so it goes along,
/// sealed.
Result<HttpResponse> depart_again(ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const SingleSignOn* const sign_on, sign_on_of(state));
  const std::string token = session_token(request);
  if (request.who.kind != Identity::Kind::kPerson || token.empty()) {
    return Error::make(Code::kUnauthenticated, "log in first", "请先登录");
  }
  MW_ASSIGN(const auto linked, linked_person(state, request.who.name));
  if (!linked || linked->issuer != sign_on->provider->issuer()) {
    return Error::make(Code::kPermissionDenied,
                       "you do not sign in with " + sign_on->name + ": confirm with your password",
                       "您不是通过 " + sign_on->name + " 登录的：请用密码确认");
  }
  MW_ASSIGN(const oidc::Departure departure, sign_on->provider->depart(oidc::Purpose::kShowAgain));
  return sent_to(state, request, departure, token);
}

std::optional<security::Grant> grant_of(const SingleSignOn& sign_on, const oidc::Person& person) {
  for (const GroupGrant& each : sign_on.grants) {
    const bool has = each.group == "*" || std::find(person.groups.begin(), person.groups.end(),
                                                    each.group) != person.groups.end();
    if (has) return each.grant;
  }
  return std::nullopt;
}

/// What the provider says instead of a code: a name of RFC 6749, shown only where it is one.
Error provider_refused(std::string_view name) {
  const bool plain = name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
                       return (c >= 'a' && c <= 'z') || c == '_';
                     });
  const std::string shown = plain ? std::string(name) : "?";
  return Error::make(Code::kPermissionDenied,
                     "the identity provider did not let you in (" + shown +
                         "): begin again, or ask its administrator",
                     "身份提供方未允许登录（" + shown + "）：请重试，或联系其管理员");
}

HttpResponse confirmed_page(bool secure) {
  HttpResponse response;
  response.content_type = "text/html; charset=utf-8";
  response.body =
      "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\"><title>Millwright</title><main>"
      "<h1>已确认</h1><p>请关闭此窗口并返回控制台，在五分钟内完成操作。</p></main>"
      "<main lang=\"en\"><h1>Confirmed</h1><p>Close this window and finish in the console, within "
      "five minutes.</p></main></html>";
  response.headers.push_back({"Set-Cookie", PendingLogins::no_cookie(secure)});
  response.headers.push_back({"Cache-Control", "no-store"});
  return response;
}

/// The person of the session and nobody else came back.
Result<HttpResponse> arrive_again(ApiState& state, const HttpRequest& request,
                                  const std::string& session, const oidc::Person& person) {
  MW_ASSIGN(const Identity who, state.parts.people->session(session));
  MW_ASSIGN(const auto linked, linked_person(state, who.name));
  const bool same = linked && linked->issuer == person.issuer && linked->subject == person.subject;
  const std::string name = security::audit_name(who);
  if (state.parts.audit != nullptr) {
    MW_TRY(state.parts.audit->record(
        {name, request.remote_address, "session.confirm", name,
         same ? security::AuditOutcome::kDone : security::AuditOutcome::kRefused,
         "method=oidc issuer=" + person.issuer + (same ? "" : " another person signed in")}));
  }
  if (!same) {
    return Error::make(Code::kPermissionDenied,
                       "another person signed in at the identity provider: it has to be you",
                       "在身份提供方登录的是另一个人：必须由您本人登录");
  }
  state.confirmations.note(session, state.parts.clock->now_ns());
  return confirmed_page(request.secure);
}

Result<HttpResponse> arrive(ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(const SingleSignOn* const sign_on, sign_on_of(state));
  MW_ASSIGN(const PendingLogin pending,
            state.pending_logins.take(request, request.query_value("state"),
                                      state.parts.clock->now_ns()));
  if (const std::string_view refused = request.query_value("error"); !refused.empty()) {
    return provider_refused(refused);
  }
  const oidc::Arrival arrival{std::string(request.query_value("code")),
                              std::string(request.query_value("iss"))};
  const auto person = sign_on->provider->arrive(pending.asked, arrival);
  if (!person) {
    const bool doubted = person.error().code == Code::kUnauthenticated;
    // Not what any stranger may bring: the log is not theirs to fill.
    if (!doubted || person.error().param == "code" || state.parts.audit == nullptr) {
      return person.error();
    }
    // A provider whose word is not believed is worth a record.
    MW_TRY(state.parts.audit->record(
        {"person:?", request.remote_address,
         pending.session.empty() ? "session.login" : "session.confirm", "person:?",
         security::AuditOutcome::kRefused,
         "method=oidc issuer=" + sign_on->provider->issuer() + " " + person.error().message.en}));
    return person.error();
  }
  if (!pending.session.empty()) return arrive_again(state, request, pending.session, *person);
  MW_ASSIGN(
      const security::Login login,
      state.parts.people->login_external({person->issuer, person->subject, person->name,
                                          grant_of(*sign_on, *person), request.remote_address}));
  HttpResponse response = gone_to("/");
  response.headers.push_back({"Set-Cookie", session_cookie(login.token, request.secure)});
  response.headers.push_back({"Set-Cookie", PendingLogins::no_cookie(request.secure)});
  return response;
}

Route oidc_route(const char* pattern, const char* operation, const char* summary) {
  Route route;
  route.method = Method::kGet;
  route.pattern = pattern;
  route.doc.operation = operation;
  route.doc.summary = summary;
  route.doc.response_type = "text/html";
  route.doc.success_status = 303;
  route.needs_key = false;
  route.runs_on = RunsOn::kBlocking;  // the provider is asked
  route.time_limit_ms = kTimeLimitMs;
  return route;
}

}  // namespace

void add_oidc_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  Route login = oidc_route(kLoginPath, "signIn", "Sends the browser to the identity provider");
  login.handler = [state](const std::shared_ptr<Exchange>& exchange) {
    auto done = depart(*state, exchange->request());
    exchange->respond(done ? std::move(*done)
                           : problem_page(done.error(), exchange->request().secure));
  };
  router.add(std::move(login));

  Route confirm = oidc_route(kConfirmPath, "confirmAgain",
                             "Sends the browser of somebody who is logged in to the provider, to "
                             "show there that it is still them");
  confirm.takes_key = true;
  confirm.handler = [state](const std::shared_ptr<Exchange>& exchange) {
    auto done = depart_again(*state, exchange->request());
    exchange->respond(done ? std::move(*done)
                           : problem_page(done.error(), exchange->request().secure));
  };
  router.add(std::move(confirm));

  Route callback =
      oidc_route(kOidcCallback, "signInCallback",
                 "Where the provider sends the browser back: begins a session, or confirms "
                 "its person");
  callback.handler = [state](const std::shared_ptr<Exchange>& exchange) {
    auto done = arrive(*state, exchange->request());
    exchange->respond(done ? std::move(*done)
                           : problem_page(done.error(), exchange->request().secure));
  };
  router.add(std::move(callback));
}

}  // namespace mw::server
