#pragma once

#include <memory>

#include "core/result.h"
#include "models/adapter.h"
#include "models/internal/adapter_source.h"

namespace mw::models {

/// The adapter that a source describes, for models of configuration `base`.
///
/// Errors   those of load_adapter that are about the base.
Result<std::shared_ptr<const Adapter>> build_adapter(const AdapterSource& source,
                                                     const ModelConfig& base);

}  // namespace mw::models
