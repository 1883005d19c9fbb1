#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "apps/millwright/server_config.h"
#include "plant/plant.h"

namespace mw::app {

/// A plant in its data folder, for one command while no server runs over it.
struct StoredPlant {
  std::filesystem::path data;
  std::optional<std::string> catalogue_file;  // absent: that of config.toml or of the console
  bool demo = false;
};

/// What the configuration says, or the defaults where there is none.
Result<ServerConfig> stored_config(const StoredPlant& stored);
Result<std::shared_ptr<const plant::Catalogue>> stored_catalogue(const StoredPlant& stored,
                                                                 const ServerConfig& config);
/// Opens its store; nothing of it is read from devices.
/// Errors   kConflict where a server has it, with what to do.
Result<std::shared_ptr<plant::Plant>> open_stored_plant(const StoredPlant& stored, LogSink log);
/// A server that runs has the store; its own ways in stand open.
Error told_to_use_the_server(const Error& error, const Text& instead);

}  // namespace mw::app
