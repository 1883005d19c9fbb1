#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "core/clock.h"
#include "core/evidence.h"
#include "plant/sample.h"

namespace mw::plant {

/// A sample as the store keeps it: 32 bytes, texts replaced by their number in the text table.
struct StoredSample {
  TimeNs ts_ns = 0;
  TimeNs server_ts_ns = 0;
  double value = 0;  // unused bits of a sample without a value are 0
  uint8_t status = 0;
};

/// In ascending samples.
inline auto first_at_or_after(const std::vector<StoredSample>& samples, TimeNs ts_ns) {
  return std::lower_bound(samples.begin(), samples.end(), ts_ns,
                          [](const StoredSample& s, TimeNs ts) { return s.ts_ns < ts; });
}

/// Layout of `status`: quality in bits 0-1, reason in bits 2-5, then two flags.
inline constexpr uint8_t kStatusIsText = 0x40;   // `value` is a number of the text table
inline constexpr uint8_t kStatusNoValue = 0x80;  // a quality mark only

inline uint8_t make_status(Quality quality, QualityReason reason) {
  return static_cast<uint8_t>(static_cast<uint8_t>(quality) | (static_cast<uint8_t>(reason) << 2));
}
/// A value from a file may be out of range: then it is bad.
inline Quality status_quality(uint8_t status) {
  const uint8_t bits = status & 0x03;
  return bits > static_cast<uint8_t>(Quality::kBad) ? Quality::kBad : static_cast<Quality>(bits);
}
inline QualityReason status_reason(uint8_t status) {
  const uint8_t bits = (status >> 2) & 0x0f;
  return bits > static_cast<uint8_t>(QualityReason::kFlat) ? QualityReason::kDevice
                                                           : static_cast<QualityReason>(bits);
}

/// Whether it counts in aggregates: a finite number, not bad (has_number of a Sample).
inline bool stored_usable(const StoredSample& sample) {
  return (sample.status & (kStatusIsText | kStatusNoValue)) == 0 &&
         status_quality(sample.status) != Quality::kBad && std::isfinite(sample.value);
}
inline bool stored_good(const StoredSample& sample) {
  return status_quality(sample.status) == Quality::kGood;
}

}  // namespace mw::plant
