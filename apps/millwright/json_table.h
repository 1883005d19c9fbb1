#pragma once

#include <string>
#include <string_view>

#include "apps/millwright/toml.h"
#include "core/json.h"

namespace mw::app {

/// A JSON object as the table of TOML that says the same, so that both have one reader
/// (TableReader). A null is as if it were not there.
/// Errors  kInvalidArgument naming the JSON pointer below `pointer`: a null in a list, a whole
///         number of more than 64 bits.
Result<toml::table> table_of(const Json& object, const std::string& pointer);

/// A member's name as a part of a JSON pointer (RFC 6901).
std::string pointer_token(std::string_view member);

/// Whether it can be the name of a kept password's file: "secret-" and 16 hexadecimal digits.
bool is_secret_name(std::string_view name);

}  // namespace mw::app
