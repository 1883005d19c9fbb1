#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/result.h"

namespace mw {

/// A JSON value that keeps the order of its members (ADR 0003: nlohmann/json).
using Json = nlohmann::ordered_json;

/// Parses foreign text. Refuses trailing text, nesting over `max_depth`, objects of more than
/// 2048 members, invalid UTF-8; the error names the byte. Never throws.
Result<Json> parse_json(std::string_view text, int max_depth = 64);

/// One line of JSON; invalid UTF-8 becomes U+FFFD, so it cannot fail.
std::string to_text(const Json& value);

/// Typed look-ups that do not throw. A missing member is `fallback`; one of another type an error
/// that names it.
Result<std::string> json_string(const Json& object, std::string_view key,
                                std::string_view fallback = {});
Result<double> json_number(const Json& object, std::string_view key, double fallback);
Result<int64_t> json_integer(const Json& object, std::string_view key, int64_t fallback);
Result<bool> json_bool(const Json& object, std::string_view key, bool fallback);

}  // namespace mw
