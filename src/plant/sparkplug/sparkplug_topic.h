#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace mw::plant {

enum class SparkplugVerb : uint8_t {
  kNodeBirth,
  kNodeData,
  kNodeDeath,
  kDeviceBirth,
  kDeviceData,
  kDeviceDeath,
  kState,
  kCommand,  // of another host, to whom it may concern
};

/// Of spBv1.0/GROUP/VERB/EDGE[/DEVICE] or spBv1.0/STATE/HOST (then `edge` is the host's id).
struct SparkplugTopic {
  SparkplugVerb verb = SparkplugVerb::kState;
  std::string_view group, edge, device;  // look into the text

  bool of_device() const { return verb >= SparkplugVerb::kDeviceBirth && !device.empty(); }
};

/// Errors: kInvalidArgument for what is no topic of this namespace.
Result<SparkplugTopic> parse_sparkplug_topic(std::string_view text);

/// Whether it can be a group, an edge node, a device or a host in a topic: 1 to 256 bytes, none of
/// them '+', '/', '#' or a control character.
bool is_sparkplug_id(std::string_view id);

/// "NBIRTH".
std::string_view sparkplug_verb_name(SparkplugVerb verb);
/// "spBv1.0/STATE/HOST".
std::string sparkplug_state_topic(std::string_view host);
/// "spBv1.0/GROUP/VERB/EDGE": of verbs of edge nodes, and of commands to them.
std::string sparkplug_node_topic(std::string_view group, std::string_view verb,
                                 std::string_view edge);

}  // namespace mw::plant
