// Any text as the name of a node and as an endpoint: what is read is written as what reads the
// same.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "plant/opcua/opcua_address.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mw::plant;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto id = parse_opcua_node_id(text)) {
    const auto again = parse_opcua_node_id(opcua_node_id_text(*id));
    // A URI grows when it is escaped anew, and may then be longer than is allowed.
    if (again || size < 1000) MW_CHECK(again && *again == *id);
  }
  if (const auto endpoint = parse_opcua_endpoint(text)) {
    MW_CHECK(!endpoint->host.empty() && endpoint->port > 0 && endpoint->port < 65'536);
  }
  return 0;
}
