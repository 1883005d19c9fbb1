#pragma once

#include <filesystem>

#include "apps/millwright/command_line.h"

namespace mw::app {

/// $XDG_DATA_HOME/millwright, else ~/.local/share/millwright, else ./millwright-data for an
/// environment with neither.
std::filesystem::path default_data_folder();

/// Asks `line` for --data: the folder of all state on disk (models/, plant.db, config.toml).
std::filesystem::path data_folder(CommandLine& line);

}  // namespace mw::app
