#pragma once

#include <string>
#include <string_view>

namespace mw::server {

/// "data: {payload}\n\n". The payload is one line (JSON is).
std::string sse_data(std::string_view payload);

/// "event: {name}\ndata: {payload}\n\n".
std::string sse_event(std::string_view name, std::string_view payload);

/// A comment that keeps proxies and readers awake; clients ignore it.
inline constexpr std::string_view kSsePing = ": ping\n\n";
inline constexpr std::string_view kSseDone = "data: [DONE]\n\n";

}  // namespace mw::server
