#pragma once

#include <string>
#include <string_view>

#include "server/http/exchange.h"

namespace mw::server {

/// "data: {payload}\n\n". The payload is one line (JSON is).
std::string sse_data(std::string_view payload);

/// "event: {name}\ndata: {payload}\n\n".
std::string sse_event(std::string_view name, std::string_view payload);

/// Of an answer that is such a stream: nobody on the way keeps it or holds it back. `head` has what
/// else there is to say: headers, how an error after the first event is written.
StreamHead event_stream_head(StreamHead head);

/// A comment that keeps proxies and readers awake; clients ignore it.
inline constexpr std::string_view kSsePing = ": ping\n\n";
inline constexpr std::string_view kSseDone = "data: [DONE]\n\n";

}  // namespace mw::server
