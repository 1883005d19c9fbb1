#pragma once

#include "core/json.h"
#include "runtime/model_host.h"

namespace mw::server {

std::string_view state_name(runtime::ModelState state);
/// GET /api/models.
Json adapter_json(const runtime::ModelStatus& adapter);
Json models_json(const runtime::ModelHost* models);

}  // namespace mw::server
