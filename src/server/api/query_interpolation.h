#pragma once

#include <optional>

#include "core/json.h"
#include "core/result.h"
#include "plant/interpolation.h"
#include "server/http/http_types.h"

namespace mw::server {

/// The query's `interpolation`; nothing when it has none.
/// Errors  kInvalidArgument for what is neither stepped nor linear.
Result<std::optional<plant::Interpolation>> query_interpolation(const HttpRequest& request);
/// Its line in a route's description.
Json interpolation_parameter();

}  // namespace mw::server
