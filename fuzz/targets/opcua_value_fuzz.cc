// Any bytes as a value that a server sends, after open62541 has decoded them: what we make of it is
// a number, a text or a reason why it is none.
#include <cstddef>
#include <cstdint>

#include "core/check.h"
#include "plant/opcua/ua_value.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mw::plant;
  if (size < 1) return 0;
  const UA_ByteString bytes = {size - 1, const_cast<UA_Byte*>(data + 1)};
  UaOwned<UA_DataValue> value(UA_TYPES_DATAVALUE);
  if (UA_decodeBinary(&bytes, &*value, &UA_TYPES[UA_TYPES_DATAVALUE], nullptr) !=
      UA_STATUSCODE_GOOD) {
    return 0;
  }
  OpcuaItem item;
  item.sampling_ms = 1 + data[0] % 20;
  for (const std::optional<int> index : {std::optional<int>(), std::optional<int>(data[0])}) {
    item.index = index;
    const OpcuaValue read = ua_value(*value, item);
    const bool none = std::holds_alternative<std::monostate>(read.value);
    MW_CHECK(!none || !read.problem.empty());
  }
  return 0;
}
