#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "core/result.h"
#include "models/adapter.h"
#include "models/internal/adapter_source.h"

namespace mw::models {

/// The adapter that a source describes, for models of configuration `base`.
///
/// Errors   those of load_adapter that are about the base.
Result<std::shared_ptr<const Adapter>> build_adapter(const AdapterSource& source,
                                                     const ModelConfig& base);

/// kResourceExhausted where the numbers of a source, as f32, are more than what is free. An unknown
/// amount of free memory refuses nothing.
Result<void> check_adapter_memory(const AdapterSource& source, std::optional<uint64_t> free_bytes);

}  // namespace mw::models
