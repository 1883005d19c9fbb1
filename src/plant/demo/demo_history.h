#pragma once

#include <stop_token>

#include "core/clock.h"
#include "core/result.h"
#include "plant/demo/simulated_line.h"
#include "plant/ingest.h"

namespace mw::plant {

/// Advances `line` to `end_ns` and stores what it reads on the way: each second from
/// `dense_from_ns` on, each fifth second before. Ends early, without error, when asked to stop.
Result<void> write_history(SimulatedLine& line, Ingest& ingest, TimeNs dense_from_ns, TimeNs end_ns,
                           std::stop_token stop);

}  // namespace mw::plant
