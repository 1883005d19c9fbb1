#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "core/result.h"

namespace mw::server {

/// Erases what somebody ("person:li") made of /v1/responses and is kept in the folder, without a
/// server or beside one: what that is just writing stays. How many they were; what cannot be read
/// is nobody's and stays. Errors: kIo.
Result<std::size_t> erase_kept_responses(const std::filesystem::path& folder,
                                         const std::string& owner);

}  // namespace mw::server
