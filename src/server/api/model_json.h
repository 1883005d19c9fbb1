#pragma once

#include "core/json.h"
#include "runtime/model_host.h"
#include "server/api.h"

namespace mw::server {

std::string_view state_name(runtime::ModelState state);
Json adapter_json(const runtime::ModelStatus& adapter);
/// GET /api/models: those of this machine, then those of upstreams.
Json models_json(const ApiParts& parts);

}  // namespace mw::server
