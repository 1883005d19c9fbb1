#include "server/api/people_json.h"

#include "server/api/plant_json.h"

namespace mw::server {
namespace {

void put_grant(Json& out, const security::Grant& grant) {
  out["role"] = security::role_name(grant.role);
  out["lines"] = grant.lines;
  out["labels"] = grant.labels;
}

}  // namespace

Json grant_json(const Grant& grant) {
  Json out = Json::object();
  put_grant(out, grant);
  return out;
}

Json to_json(const security::GroupInfo& group) {
  Json out{{"name", group.name}};
  put_grant(out, group.grant);
  out["members"] = group.members;
  out["created_ms"] = to_ms(group.created_ns);
  return out;
}

Result<std::vector<std::string>> names_in(const Json& body, const char* key) {
  std::vector<std::string> names;
  const auto found = body.find(key);
  if (found == body.end() || found->is_null()) return names;
  const auto wrong = [&] {
    return Error::make(Code::kInvalidArgument, std::string(key) + ": expected a list of texts",
                       std::string(key) + "：应为文本列表", key);
  };
  if (!found->is_array()) return wrong();
  for (const Json& each : *found) {
    if (!each.is_string()) return wrong();
    names.push_back(each.get<std::string>());
  }
  return names;
}

Json to_json(const security::PersonInfo& person, TimeNs now_ns) {
  Json out{{"name", person.name}};
  put_grant(out, person.grant);
  out["groups"] = person.groups;
  out["disabled"] = person.disabled;
  out["totp"] = person.totp;
  out["must_change"] = person.must_change;
  out["created_ms"] = to_ms(person.created_ns);
  out["last_login_ms"] = time_or_null(person.login_ns);
  out["locked_until_ms"] =
      person.locked_until_ns > now_ns ? Json(to_ms(person.locked_until_ns)) : Json();
  out["sessions"] = person.sessions;
  out["has_password"] = person.has_password;
  out["provider"] = nullptr;
  if (!person.issuer.empty()) {
    out["provider"] = {
        {"issuer", person.issuer}, {"subject", person.subject}, {"managed", person.managed}};
  }
  return out;
}

Json to_json(const security::KeyInfo& key, TimeNs now_ns) {
  const bool expired = key.key.expires_ns != 0 && key.key.expires_ns <= now_ns;
  Json out{{"id", key.id}, {"name", key.key.name}};
  put_grant(out, key.key.grant);
  out["scopes"] = key.key.scopes;
  out["created_ms"] = to_ms(key.created_ns);
  out["expires_ms"] = time_or_null(key.key.expires_ns);
  out["used_ms"] = time_or_null(key.used_ns);
  out["state"] = key.revoked ? "revoked" : expired ? "expired" : "valid";
  return out;
}

Result<Json> object_body(const HttpRequest& request) {
  MW_ASSIGN(Json body, parse_json(request.body, 8));
  if (body.is_object()) return body;
  return Error::make(Code::kInvalidArgument, "expected a JSON object", "应为 JSON 对象", "body");
}

Result<security::Grant> grant_in(const Json& body) {
  MW_ASSIGN(const std::string name, json_string(body, "role"));
  const auto role = security::role_of(name);
  if (!role) {
    return Error::make(Code::kInvalidArgument,
                       "role: expected viewer, operator, engineer or admin, got '" + name + "'",
                       "role 应为 viewer、operator、engineer 或 admin，实际为“" + name + "”",
                       "role");
  }
  security::Grant grant{*role, {}, {}};
  MW_ASSIGN(grant.lines, names_in(body, "lines"));
  MW_ASSIGN(grant.labels, names_in(body, "labels"));
  return grant;
}

security::Actor actor_of(const HttpRequest& request) {
  return {security::audit_name(request.who), request.remote_address};
}

Result<security::Confirmation> confirmation_of(const HttpRequest& request, const Json& body) {
  MW_ASSIGN(const std::string password, json_string(body, "own_password"));
  if (password.empty()) {
    return Error::make(
        Code::kInvalidArgument,
        "own_password: expected your own password, again, or that you signed in again with "
        "the identity provider within the last five minutes",
        "own_password：请再次输入您本人的密码，或在五分钟内通过身份提供方重新登录", "own_password");
  }
  return security::Confirmation{request.who.name, password, request.remote_address};
}

Result<GivenPassword> password_in(const Json& body) {
  GivenPassword given;
  MW_ASSIGN(given.text, json_string(body, "password"));
  MW_ASSIGN(given.must_change, json_bool(body, "must_change", true));
  if (!given.text.empty()) return given;
  MW_ASSIGN(given.text, security::make_password());
  given.made = true;
  given.must_change = true;  // somebody read it out, or wrote it down
  return given;
}

}  // namespace mw::server
