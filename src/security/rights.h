#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/identity.h"
#include "core/result.h"

namespace mw::security {

using mw::Grant;
using mw::Role;

std::string_view role_name(Role role);
std::optional<Role> role_of(std::string_view name);

/// The name of whoever sits at the server's own machine, where nobody logs in. No person has it.
inline constexpr std::string_view kLocalName = "local";

/// Errors: kInvalidArgument for names that are empty, too long or hold control characters.
Result<void> check_grant(const Grant& grant);

Identity identity_of(Identity::Kind kind, std::string name, Grant grant);

/// A person who has to choose a password first: known, without any right.
Identity newcomer(std::string name);
inline bool is_newcomer(const Identity& who) {
  return who.kind == Identity::Kind::kPerson && !who.name.empty() && who.grants.empty();
}

/// "person:li", "key:mw_7kq2": who an identity is, in audit records.
std::string audit_name(const Identity& who);

}  // namespace mw::security
