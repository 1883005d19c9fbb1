#pragma once

#include <functional>
#include <memory>

#include "server/api/api_state.h"

namespace mw::server {

/// What a route of the plant answers; only called where there is one.
using PlantAnswer = std::function<Result<Json>(const ApiState& state, const HttpRequest& request)>;

/// Adds a route that answers with JSON, or says that no plant is connected. `route` has pattern,
/// doc, where it runs and, with a body, its limit.
void add_plant_route(Router& router, const std::shared_ptr<ApiState>& state, Route route,
                     PlantAnswer answer);

/// The asset or the line, one of them, that a request asks about.
struct AskedPlace {
  std::string_view asset, line;
};
Result<AskedPlace> asked_place(const HttpRequest& request);

/// Where a record of the audit log says that something is: "asset:press-1", "line:line-1".
std::string audited_place(const std::string& asset, const std::string& line);

}  // namespace mw::server
