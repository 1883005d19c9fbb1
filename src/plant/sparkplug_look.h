#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "plant/connector_options.h"

namespace mw::plant {

/// A metric that the birth of an edge node, or of a device behind it, declared.
struct SparkplugSight {
  std::string group, edge;
  std::string device;  // empty: of the edge node itself
  std::string metric, type, unit;
  bool readable = false;  // a number, a text or a truth: what a tag can be
};

struct SparkplugSeen {
  std::vector<SparkplugSight> metrics;
  bool cut = false;  // there are more
};

/// Listens for a while for what edge nodes have, for whoever sets them up; of all groups, unless
/// `options` names some. Births are not kept by MQTT servers: where `rebirth` allows it, each node
/// that is heard of is asked for another, which is all that is ever sent. No state of a host is
/// published, so that no edge node takes us for its own.
/// Errors  as mqtt::visit_broker.
Result<SparkplugSeen> look_at_sparkplug(SparkplugOptions options, const Clock& clock,
                                        std::chrono::milliseconds duration);

}  // namespace mw::plant
