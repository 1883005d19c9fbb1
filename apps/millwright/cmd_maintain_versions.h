#pragma once

#include <string>

#include "apps/millwright/command_line.h"
#include "apps/millwright/stored_plant.h"

namespace mw::app {

/// What `millwright maintain versions|replay|promote|reject|rollback ASSET` was asked.
struct VersionRequest {
  std::string action;
  std::string asset;
  int64_t version = 0;  // 0: the one in shadow, for a rollback the live one
  StoredPlant stored;
};
bool is_version_action(const std::string& action);

/// Over a data folder that no server has open; in the audit log under the account that runs it.
Result<int> maintain_versions(const CommandLine& line, const VersionRequest& request);

}  // namespace mw::app
