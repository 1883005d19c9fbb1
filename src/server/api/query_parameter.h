#pragma once

#include "core/json.h"

namespace mw::server {

/// One of a route's parameters in its OpenAPI description, taken from the query. `type`: as JSON
/// Schema calls it.
Json query_parameter(const char* name, const char* type, const char* description,
                     bool required = false);

}  // namespace mw::server
