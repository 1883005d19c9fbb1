#pragma once

#include "plant/opcua/opcua_client.h"
#include "plant/opcua/ua_owned.h"

namespace mw::plant {

/// "BadSensorFailure".
std::string ua_status_name(uint32_t status);

/// What `value` says of `item`. Booleans are 0 and 1; numbers are doubles, so that those of 64 bits
/// lose digits beyond 2^53; everything else than numbers and text is no value, and said so.
OpcuaValue ua_value(const UA_DataValue& value, const OpcuaItem& item);

/// 100 ns since 1601 as nanoseconds since 1970; what these cannot hold is their end.
TimeNs ua_time_ns(UA_DateTime time);
UA_DateTime ua_time_of(TimeNs ns);

/// `id` with the namespace index `space`.
UA_NodeId ua_node_id(const OpcuaNodeId& id, uint16_t space);

}  // namespace mw::plant
