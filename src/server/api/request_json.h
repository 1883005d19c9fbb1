#pragma once

#include <vector>

#include "core/json.h"
#include "server/request_history.h"

namespace mw::server {

/// FinishedRequest and RequestList of the schemas.
Json to_json(const FinishedRequest& request);
Json requests_json(const std::vector<FinishedRequest>& requests);

}  // namespace mw::server
