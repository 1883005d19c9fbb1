#pragma once

#include <memory>

#include "server/api/api_state.h"

namespace mw::server {

using AdminAnswer = Result<Json> (*)(const ApiState& state, const HttpRequest& request);

/// A route for administrators who logged in; its answers are kept by nobody on the way.
void add_admin_route(Router& router, const std::shared_ptr<ApiState>& state, Method method,
                     const char* pattern, RouteDoc doc, AdminAnswer answer,
                     uint64_t body_bytes = 64 << 10);

/// Whether whoever asks shows that it is still them, by the password that the body repeats, or else
/// by having shown it to the identity provider just now: what gives somebody access needs it.
/// Errors: kInvalidArgument, kPermissionDenied (param "own_password").
Result<void> confirm_asker(const ApiState& state, const HttpRequest& request, const Json& body);

}  // namespace mw::server
