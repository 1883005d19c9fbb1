#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>

namespace mw {

/// How long to wait after the n-th failure in a row (from 0): 0.25 s, 0.5 s, ... 10 s, each plus or
/// minus a fifth by the name, so that many clients of a peer that comes back do not all knock at
/// once.
inline int64_t retry_delay_ms(int failures, const std::string& name) {
  constexpr int64_t kFirstMs = 250;
  constexpr int64_t kLongestMs = 10'000;
  const int64_t base = std::min(kLongestMs, kFirstMs << std::min(failures, 10));
  const auto salt =
      static_cast<int64_t>(std::hash<std::string>()(name + std::to_string(failures)) % 1000);
  return base * (800 + salt * 400 / 1000) / 1000;
}

}  // namespace mw
