#pragma once

#include <filesystem>
#include <string>

#include "core/result.h"

namespace mw {

/// Refuses a file of secrets that others may read: kPermissionDenied with the command that helps.
/// `param` is the error's. A file that is missing passes: reading it says so.
Result<void> check_private(const std::filesystem::path& path, const std::string& param);

/// The content of such a file, a MiB at most. Errors: as check_private, or as read_file.
Result<std::string> read_private_file(const std::filesystem::path& path, const std::string& param);
/// The first line of such a file, which is one secret. Errors: as read_private_file, and
/// kInvalidArgument where it is empty.
Result<std::string> read_secret_line(const std::filesystem::path& path, const std::string& param);

}  // namespace mw
