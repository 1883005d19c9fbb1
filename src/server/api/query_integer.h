#pragma once

#include <optional>
#include <string>

#include "core/result.h"
#include "server/http/http_types.h"

namespace mw::server {

/// The integer that the query has under `name`; nothing when it has none. Errors: kInvalidArgument
/// with `name` as its parameter for what is no integer or not in [low, high].
Result<std::optional<int64_t>> query_integer(const HttpRequest& request, const std::string& name,
                                             int64_t low, int64_t high);

/// The number that the path has under `name`; -1 where it is none, which nothing is called.
int64_t path_number(const HttpRequest& request, const char* name);

}  // namespace mw::server
