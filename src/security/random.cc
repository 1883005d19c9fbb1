#include "security/random.h"

#include <openssl/rand.h>

namespace mw::security {

Result<std::string> random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1) {
    return Error::make(Code::kInternal, "the system's random generator failed",
                       "系统随机数生成器出错");
  }
  return bytes;
}

}  // namespace mw::security
