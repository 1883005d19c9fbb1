#pragma once

#include "core/clock.h"
#include "plant/asset.h"
#include "plant/ingest.h"
#include "plant/sample.h"

namespace mw::plant {

/// A source time later than ours by more than this is a wrong clock, not a fast network.
inline constexpr int64_t kSkewToleranceNs = 2 * kNsPerSecond;

/// Whether a sample can have been taken at `ts_ns`: since 2000, and not later than now by more than
/// a network is late. Live readings that cannot are stored under our time; what has none but its
/// own, such as a file, is refused.
bool plausible_time(TimeNs ts_ns, TimeNs now_ns);

/// The sample that a reading becomes: time, type, range and states checked as ingest.h says.
/// `now_ns` is the time it reached us.
Sample check_reading(const Tag& tag, const Asset& asset, const Reading& reading, TimeNs now_ns);

}  // namespace mw::plant
