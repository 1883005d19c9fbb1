#pragma once

#include <optional>
#include <string_view>

#include "core/clock.h"

namespace mw::plant {

/// "2026-01-31T08:15:30.250Z" or with an offset such as "+08:00"; up to nanoseconds, further digits
/// are cut. A leap second (":60") counts as the first instant of the next minute. Nothing when the
/// text is anything else, a date that does not exist, or a time that nanoseconds cannot hold.
std::optional<TimeNs> parse_rfc3339(std::string_view text);

}  // namespace mw::plant
