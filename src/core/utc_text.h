#pragma once

#include <string>

#include "core/clock.h"

namespace mw {

/// "2026-11-27T06:40:04.123Z".
std::string utc_text(TimeNs ts_ns);

}  // namespace mw
