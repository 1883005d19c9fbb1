#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "apps/millwright/command_line.h"

namespace mw::app {

/// Words of `millwright plant browse ENDPOINT`.
struct BrowseWords {
  std::string security, user, start, asset, name;
  std::optional<std::string> password_file, write;
  int depth = 10;
  int most = 2000;
};

/// Lists the variables of an OPC UA server; with `write`, puts connector.toml and plant.json into
/// that folder, neither of which may be there yet.
Result<int> browse_server(CommandLine& line, const std::filesystem::path& data,
                          const std::string& endpoint, const BrowseWords& words);

}  // namespace mw::app
