#pragma once

#include <filesystem>
#include <memory>

#include "apps/millwright/server_config.h"
#include "core/log.h"
#include "plant/plant.h"

namespace mw::app {

/// The plant that `serve` shows: the demo plant, the one of the configuration, or none (null).
/// The pointer keeps whatever stands behind it (the demo's broker and simulator) alive.
Result<std::shared_ptr<plant::Plant>> start_plant(const ServerConfig& config, bool demo,
                                                  const std::filesystem::path& data, LogSink log);

}  // namespace mw::app
