#pragma once

#include <string>

#include "core/result.h"

namespace mw::plant {

/// Connects to a host name or address within the time; returns a non-blocking socket that is the
/// caller's to close. Errors: kUnavailable, saying which address did what.
Result<int> dial_tcp(const std::string& host, int port, int timeout_ms);

}  // namespace mw::plant
