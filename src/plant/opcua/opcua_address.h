#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace mw::plant {

/// The name of a node as OPC UA Part 6 (5.3.1.10) writes it: "i=2258", "ns=2;s=Press.Oil",
/// "nsu=http://maker/;g=...", "ns=1;b=AQID". A namespace by its URI survives a server that orders
/// its namespaces anew.
struct OpcuaNodeId {
  enum class Kind { kNumber, kText, kGuid, kOpaque };
  uint16_t space = 0;     // index of the namespace
  std::string space_uri;  // where not empty, instead of `space`
  Kind kind = Kind::kNumber;
  uint32_t number = 0;
  std::string text;  // text; a GUID as 36 lower-case characters; opaque bytes

  friend bool operator==(const OpcuaNodeId&, const OpcuaNodeId&) = default;
};

/// Errors: kInvalidArgument, saying what a node is written like.
Result<OpcuaNodeId> parse_opcua_node_id(std::string_view text);
std::string opcua_node_id_text(const OpcuaNodeId& id);

/// "opc.tcp://HOST[:PORT][/PATH]" in parts.
struct OpcuaEndpoint {
  std::string host;  // without the brackets of an IPv6 address
  int port = 4840;
};
Result<OpcuaEndpoint> parse_opcua_endpoint(std::string_view url);

}  // namespace mw::plant
