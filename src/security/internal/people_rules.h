#pragma once

#include <string>
#include <string_view>

#include "security/internal/people_database.h"
#include "security/people.h"

namespace mw::security {

/// Errors: kInvalidArgument with param "name".
Result<void> check_name(std::string_view name);

/// A grant in audit records.
std::string described(const Grant& grant);

/// What a person has: their own grant first, then those of their groups.
Result<std::vector<Grant>> grants_of(PeopleDatabase& database, int64_t person);

/// Administrators who can log in by themselves: with a password, whatever a provider does.
Result<int64_t> count_admins(PeopleDatabase& database);
/// Last in a change: whoever takes the rights of the last one who manages people locks all out.
Result<void> keep_an_admin(PeopleDatabase& database, int64_t admins_before);

}  // namespace mw::security
