#include "apps/millwright/data_folder.h"

#include <cstdlib>

namespace mw::app {

std::filesystem::path default_data_folder() {
  // The XDG base directory specification: a relative XDG_DATA_HOME is to be ignored.
  const char* data_home = std::getenv("XDG_DATA_HOME");
  if (data_home != nullptr && *data_home == '/') {
    return std::filesystem::path(data_home) / "millwright";
  }
  const char* home = std::getenv("HOME");
  if (home != nullptr && *home == '/') {
    return std::filesystem::path(home) / ".local/share/millwright";
  }
  return "millwright-data";
}

std::filesystem::path data_folder(CommandLine& line) {
  return line.option("data", "DIR", default_data_folder().string(), "folder of all state on disk");
}

}  // namespace mw::app
