#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/result.h"

namespace mw::app {

/// A setup whose typed passwords ("password") lie in files of their own ("password_file").
struct KeptSetup {
  Json json;
  std::vector<std::filesystem::path> added;  // to be removed when the setup is not taken
};

/// Puts the passwords of `setup` into the folder, where each is readable by its owner only. One
/// that is kept already (its name in "password_file") goes on only with the address and user that
/// it was typed for in `before`: else a change of the address would hand it to somebody else.
/// Errors  kInvalidArgument with a JSON pointer; then no file is left.
Result<KeptSetup> keep_passwords(const Json& setup, const Json& before,
                                 const std::filesystem::path& folder);

/// Removes the kept passwords that the setup does not name.
void sweep_passwords(const Json& setup, const std::filesystem::path& folder);

/// A connection for looking, whose password is typed or was kept for the same address and user.
Result<std::string> password_for_look(const Json& what, const Json& setup,
                                      const std::filesystem::path& folder);

}  // namespace mw::app
