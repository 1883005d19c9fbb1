#pragma once

#include "core/clock.h"
#include "plant/asset.h"
#include "plant/ingest.h"
#include "plant/sample.h"

namespace mw::plant {

/// A source time later than ours by more than this is a wrong clock, not a fast network.
inline constexpr int64_t kSkewToleranceNs = 2 * kNsPerSecond;

/// The sample that a reading becomes: time, type, range and states checked as ingest.h says.
/// `now_ns` is the time it reached us.
Sample check_reading(const Tag& tag, const Asset& asset, const Reading& reading, TimeNs now_ns);

}  // namespace mw::plant
