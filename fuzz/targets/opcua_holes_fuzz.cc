// Any bytes as the file of what is still to be fetched: refused, or written again as they were
// understood.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "plant/opcua/opcua_holes.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mw::plant;
  const auto holes = parse_opcua_holes({reinterpret_cast<const char*>(data), size});
  if (!holes) {
    MW_CHECK(holes.error().code == mw::Code::kCorrupt);
    return 0;
  }
  const auto again = parse_opcua_holes(write_opcua_holes(*holes));
  MW_CHECK(again && *again == *holes);
  return 0;
}
