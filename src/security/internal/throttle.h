#pragma once

#include <string>
#include <string_view>

#include "core/clock.h"

namespace mw::security {

/// Failed logins of one name or address.
struct Failures {
  int count = 0;
  TimeNs last_ns = 0;
  TimeNs locked_until_ns = 0;
};

inline constexpr int kFreeFailuresOfName = 5;
inline constexpr int kFreeFailuresOfAddress = 20;

/// After `free` failures each further one locks for twice as long: 30 s, 1 min, ... 15 min. An hour
/// without a failure forgets them: nobody is locked out for good by somebody else.
Failures after_failure(Failures before, TimeNs now_ns, int free);

/// Whom an address is counted with: itself, or its /64 for IPv6. Empty for this machine's own,
/// behind which a proxy may stand for everybody.
std::string throttled_address(std::string_view address);

}  // namespace mw::security
