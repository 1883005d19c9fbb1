#pragma once

#include <string>

#include "core/json.h"
#include "security/people.h"
#include "server/http/http_types.h"

namespace mw::server {

/// Grant, Person, Group and ServiceKey of the schemas.
Json grant_json(const Grant& grant);
Json to_json(const security::PersonInfo& person, TimeNs now_ns);
Json to_json(const security::GroupInfo& group);
Json to_json(const security::KeyInfo& key, TimeNs now_ns);

/// The request's body, which has to be an object.
Result<Json> object_body(const HttpRequest& request);
/// A list of texts; empty where the body has none.
Result<std::vector<std::string>> names_in(const Json& body, const char* key);
/// Role, lines and labels of a body.
Result<security::Grant> grant_in(const Json& body);

/// Who asks, for the audit log.
security::Actor actor_of(const HttpRequest& request);
/// The asker with the password that the body repeats: what gives somebody access needs it, so that
/// a screen that was left alone does not.
Result<security::Confirmation> confirmation_of(const HttpRequest& request, const Json& body);

/// The password that the body has, or one that is made where it has none.
struct GivenPassword {
  std::string text;
  bool made = false;
  bool must_change = true;
};
Result<GivenPassword> password_in(const Json& body);

}  // namespace mw::server
