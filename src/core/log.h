#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace mw {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

/// Where libraries report what they do; they never print themselves. Safe from any thread.
/// Never given a secret or a prompt's text.
using LogSink =
    std::function<void(LogLevel level, std::string_view area, std::string_view message)>;

/// A sink that writes one line a message to stderr: UTC time, level, area, message. Control
/// characters are escaped, so that a message cannot forge lines or drive a terminal.
LogSink stderr_log(LogLevel least);

/// A sink that drops everything.
LogSink no_log();

}  // namespace mw
