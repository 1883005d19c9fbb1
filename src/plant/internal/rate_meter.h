#pragma once

#include <array>
#include <cstdint>
#include <mutex>

#include "core/clock.h"

namespace mw::plant {

/// Events a second over the last ten whole seconds. Safe from any thread.
class RateMeter {
 public:
  void add(uint64_t count, int64_t now_ns = steady_ns()) {
    const std::lock_guard lock(mutex_);
    advance(now_ns / kNsPerSecond);
    counts_[static_cast<std::size_t>(second_ % kSlots)] += count;
  }
  double per_second(int64_t now_ns = steady_ns()) {
    const std::lock_guard lock(mutex_);
    advance(now_ns / kNsPerSecond);
    uint64_t sum = 0;
    for (int64_t i = 1; i <= kSeconds; ++i) {
      sum += counts_[static_cast<std::size_t>((second_ + kSlots - i) % kSlots)];
    }
    return static_cast<double>(sum) / kSeconds;
  }

 private:
  static constexpr int64_t kSeconds = 10;
  static constexpr int64_t kSlots = kSeconds + 1;  // one more for the second that still fills

  void advance(int64_t second) {
    for (int64_t i = 0; second_ < second && i < kSlots; ++i) {
      counts_[static_cast<std::size_t>(++second_ % kSlots)] = 0;
    }
    second_ = second > second_ ? second : second_;
  }

  std::mutex mutex_;
  std::array<uint64_t, kSlots> counts_{};
  int64_t second_ = 0;
};

}  // namespace mw::plant
