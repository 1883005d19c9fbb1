#pragma once

#include <cstdint>

namespace mw {

/// Nanoseconds since 1970-01-01 UTC, as every stored time (`ts_ns`).
using TimeNs = int64_t;

inline constexpr int64_t kNsPerMs = 1'000'000;
inline constexpr int64_t kNsPerSecond = 1'000'000'000;
inline constexpr int64_t kNsPerMinute = 60 * kNsPerSecond;
inline constexpr int64_t kNsPerHour = 60 * kNsPerMinute;
inline constexpr int64_t kNsPerDay = 24 * kNsPerHour;

/// Wall time, passed in so that tests can set it.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimeNs now_ns() const = 0;
};

/// The machine's own wall clock.
class SystemClock final : public Clock {
 public:
  TimeNs now_ns() const override;
};

/// A clock that stands still until it is set; for tests and replay.
class FixedClock final : public Clock {
 public:
  explicit FixedClock(TimeNs now) : now_(now) {}
  TimeNs now_ns() const override { return now_; }
  void set(TimeNs now) { now_ = now; }

 private:
  TimeNs now_;
};

/// Monotonic nanoseconds, for durations only.
int64_t steady_ns();

}  // namespace mw
