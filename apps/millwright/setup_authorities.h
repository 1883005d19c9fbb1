#pragma once

#include <filesystem>
#include <string>

#include "core/clock.h"
#include "core/json.h"
#include "core/result.h"

namespace mw::app {

/// Certificates of private authorities that were pasted in the console: member "ca" of a
/// connection, PEM, a part of the setup, so that they change, are taken back and are backed up with
/// it. Libraries want a file, so each lies in a folder besides, under a name of its content.

/// Where one lies: FOLDER/ca-0123456789abcdef.pem.
std::filesystem::path authority_file(const std::filesystem::path& folder, const std::string& pem);

/// Writes those of a setup, or of a connection that is looked at, as far as they are not there.
Result<void> write_authorities(const Json& what, const std::filesystem::path& folder);

/// Removes files of those that the setup does not have (any more).
void sweep_authorities(const Json& setup, const std::filesystem::path& folder);

/// Whether the one of a connection that is looked at lies there.
bool has_authority(const Json& what, const std::filesystem::path& folder);
/// Removes it, unless the setup has it.
void drop_authority(const Json& what, const Json& setup, const std::filesystem::path& folder);

/// Whether those that `before` did not have are in force: a plant whose authority ends goes on
/// starting. Errors: kInvalidArgument with the pointer.
Result<void> check_new_authorities(const Json& setup, const Json& before, TimeNs now_ns);

/// {"bus": [{"subject", "expires_ms", "sha256", "state"}]} of those that can be read.
Json authorities_json(const Json& setup, TimeNs now_ns);

}  // namespace mw::app
