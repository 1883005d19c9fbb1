// Any bytes as a server's certificate: read or refused, and its size lies within them.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "plant/opcua/opcua_certificate.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mw::plant;
  std::size_t own = 0;
  const auto facts = read_opcua_certificate({reinterpret_cast<const char*>(data), size}, &own);
  if (facts) MW_CHECK(own > 0 && own <= size && facts->thumbprint.size() == 40);
  return 0;
}
