#pragma once

#include <string>
#include <vector>

#include "core/clock.h"
#include "notify/channel.h"

namespace mw::notify {

/// What programs get: {"sent_ms", "messages": [{"key", "subject", "text", ...facts}]}.
std::string message_body(const std::vector<Message>& messages, TimeNs now_ns);

}  // namespace mw::notify
