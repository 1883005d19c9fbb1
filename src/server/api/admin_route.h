#pragma once

#include <memory>

#include "server/api/api_state.h"

namespace mw::server {

using AdminAnswer = Result<Json> (*)(const ApiState& state, const HttpRequest& request);

/// A route for administrators who logged in; its answers are kept by nobody on the way.
void add_admin_route(Router& router, const std::shared_ptr<ApiState>& state, Method method,
                     const char* pattern, RouteDoc doc, AdminAnswer answer,
                     uint64_t body_bytes = 64 << 10);

}  // namespace mw::server
