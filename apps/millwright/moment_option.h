#pragma once

#include <optional>
#include <string>

#include "core/clock.h"
#include "core/result.h"

namespace mw::app {

/// The time that a flag names, "2026-01-31T08:00:00Z"; nothing where it names none.
/// Errors   kInvalidArgument on the flag.
Result<std::optional<TimeNs>> moment_of(const std::string& text, const char* flag);

}  // namespace mw::app
