#pragma once

#include <optional>
#include <string>

#include "core/result.h"

namespace mw::app {

/// A password that never stands on a command line: the first line of `file` ("-": standard input),
/// or typed at the terminal without echo, twice where it is `new_password`. Errors:
/// kInvalidArgument without a terminal or when the two differ, those of the file.
Result<std::string> read_password(const std::optional<std::string>& file, bool new_password);

}  // namespace mw::app
