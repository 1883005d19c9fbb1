#pragma once

#include <string>

#include "core/json.h"
#include "core/result.h"
#include "security/people.h"

namespace mw::server {

/// Where the plant's description and connections come from, and how an administrator looks at
/// devices and changes them. Given by apps/millwright. Safe from any thread; every call may block.
class PlantSetup {
 public:
  virtual ~PlantSetup() = default;
  /// PlantSetupView of the schemas: without a password.
  virtual Result<Json> read() const = 0;
  /// Replaces all of it where `version` is that of what there is; the plant then starts anew.
  /// Errors  kInvalidArgument with the JSON pointer of what is wrong, and nothing is changed;
  ///         kConflict: somebody else changed it, or config.toml says what the plant is.
  virtual Result<Json> replace(const security::Actor& who, const std::string& version,
                               const Json& setup) = 0;
  /// What a device, server or broker has (SetupLook of the schemas). One at a time.
  virtual Result<Json> look(const security::Actor& who, const Json& what) = 0;
};

}  // namespace mw::server
