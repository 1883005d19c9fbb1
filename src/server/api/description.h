#pragma once

#include <string>

#include "core/json.h"
#include "server/router.h"

namespace mw::server {

/// The OpenAPI 3.1 description of all routes, with the schemas embedded from api/schemas.
/// Console pages are left out.
Json describe_api(const Router& router, const std::string& version);

/// All schemas by name.
Json api_schemas();

}  // namespace mw::server
