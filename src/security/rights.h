#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/identity.h"
#include "core/result.h"

namespace mw::security {

/// Each may do what those before it may.
enum class Role {
  kViewer,    // reads
  kOperator,  // acknowledges, comments, corrects
  kEngineer,  // changes what is measured, trained and served
  kAdmin,     // people, keys, audit
};

std::string_view role_name(Role role);
std::optional<Role> role_of(std::string_view name);

/// The name of whoever sits at the server's own machine, where nobody logs in. No person has it.
inline constexpr std::string_view kLocalName = "local";

/// What a person or key may do, and with what. Empty lists see nothing; "*" is all.
struct Grant {
  Role role = Role::kViewer;
  std::vector<std::string> lines;
  std::vector<std::string> labels;  // of documents
};

/// Errors: kInvalidArgument for names that are empty, too long or hold control characters.
Result<void> check_grant(const Grant& grant);

/// The identity that carries the grant: roles up to its own, lines and labels.
Identity identity_of(Identity::Kind kind, std::string name, const Grant& grant);

/// A person who has to choose a password first: known, without any right.
Identity newcomer(std::string name);
inline bool is_newcomer(const Identity& who) {
  return who.kind == Identity::Kind::kPerson && !who.name.empty() && who.roles.empty();
}

bool has_role(const Identity& who, Role least);

/// "person:li", "key:mw_7kq2": who an identity is, in audit records.
std::string audit_name(const Identity& who);

}  // namespace mw::security
