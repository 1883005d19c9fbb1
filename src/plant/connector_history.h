#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "plant/connector.h"

namespace mw::plant {

/// How long it is kept how a connector did (ADR 0118).
inline constexpr int64_t kConnectorHistoryNs = 90 * kNsPerDay;

/// How a connector did in a minute, or in several that were put together.
struct ConnectorMinute {
  TimeNs start_ns = 0;
  ConnectorState state = ConnectorState::kConnected;  // the worst that was seen
  uint64_t samples = 0, refused = 0, gaps = 0;        // that came in it
  std::optional<uint64_t> backlog;                    // the most that waited
  std::optional<int64_t> skew_ns;                     // as it was last known
  bool operator==(const ConnectorMinute&) const = default;
};

/// Minutes in which nobody looked, since the server did not run, are not among them.
struct ConnectorHistory {
  int64_t step_ns = kNsPerMinute;       // of each point
  std::vector<ConnectorMinute> points;  // ascending
};

}  // namespace mw::plant
