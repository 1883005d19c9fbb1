#pragma once

#include <cstdint>
#include <limits>

#include "core/result.h"
#include "plant/sample_store.h"

namespace mw::plant {

/// For how long the values of a number or counter have stayed within the deadband of one value
/// (equal, where it has none). Of tags without flat_after_s nothing is counted.
///
/// Time  counts between arrivals that are no further apart than the watchdog period: what was not
///       heard does not count, and a silence, a restart or a clock that was set is no move either.
class FlatLine {
 public:
  /// The next sample of the tag. What is bad or no number tells nothing.
  void take(const Tag& tag, const Sample& sample);
  bool is_flat(const Tag& tag) const;

  /// What the store says of it, so that a restart does not make a stuck sensor look well: read
  /// backwards from the newest sample until a value moved or enough is known.
  static Result<FlatLine> from_store(const SampleStore& store, const Tag& tag, TimeNs newest_ns);

 private:
  bool widen(const Tag& tag, double value);

  // Of the values since it stood still; low above high: nothing came yet.
  double low_ = std::numeric_limits<double>::infinity();
  double high_ = -std::numeric_limits<double>::infinity();
  int64_t still_ns_ = 0;
  TimeNs heard_ns_ = 0;  // server time of the last sample that was looked at
};

}  // namespace mw::plant
