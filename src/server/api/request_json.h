#pragma once

#include <vector>

#include "core/identity.h"
#include "core/json.h"
#include "server/request_history.h"

namespace mw::server {

/// FinishedRequest and RequestList of the schemas.
Json to_json(const FinishedRequest& request);
/// Whose requests somebody may see: their own; an administrator who logged in everybody's (empty).
/// When and how long people ask is theirs.
std::string owner_seen_by(const Identity& who);
Json requests_json(const std::vector<FinishedRequest>& requests);

}  // namespace mw::server
