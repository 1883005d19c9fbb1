#pragma once

#include <memory>
#include <string>
#include <vector>

#include "oidc/provider.h"
#include "security/rights.h"

namespace mw::server {

/// What people of a group at the identity provider may do here.
struct GroupGrant {
  std::string group;  // "*": everybody whom the provider lets in
  security::Grant grant;
};

/// Signing in with an identity provider (ADR 0092).
struct SingleSignOn {
  std::string name;  // on the button: "Sign in with NAME"
  std::string url;   // where browsers reach this server: "https://millwright.plant.example"
  std::shared_ptr<oidc::Provider> provider;
  /// The first whose group a person has counts: rights of several are not added up, since a role
  /// would then hold on lines that no group gave it.
  std::vector<GroupGrant> grants;
};

inline constexpr const char* kOidcCallback = "/api/oidc/callback";

}  // namespace mw::server
