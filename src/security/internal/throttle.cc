#include "security/internal/throttle.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/hex.h"

namespace mw::security {

Failures after_failure(Failures before, TimeNs now_ns, int free) {
  if (now_ns - before.last_ns > kNsPerHour) before = {};
  Failures after{std::min(before.count + 1, 1'000'000), now_ns, before.locked_until_ns};
  if (after.count >= free) {
    const int doublings = std::min(after.count - free, 5);
    after.locked_until_ns = now_ns + std::min((30 * kNsPerSecond) << doublings, 15 * kNsPerMinute);
  }
  return after;
}

std::string throttled_address(std::string_view address) {
  std::string text(address);
  if (text.starts_with("::ffff:")) text.erase(0, 7);  // IPv4 in IPv6
  if (text.empty() || text == "::1" || text.starts_with("127.")) return {};
  std::array<uint8_t, 16> bytes{};
  if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return text;
  return hex_of(std::span(bytes).first(8)) + "/64";
}

}  // namespace mw::security
