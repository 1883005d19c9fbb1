#pragma once

#include <cstdint>
#include <span>

#include "core/language.h"
#include "core/result.h"

namespace mw::maintenance {

/// Machine groups of ISO 20816-3 (the values that ISO 10816-3 had).
enum class MachineGroup {
  kLargeRigid,      // group 1, over 300 kW, rigid foundation
  kLargeFlexible,   // group 1, flexible
  kMediumRigid,     // group 2, 15 to 300 kW, rigid
  kMediumFlexible,  // group 2, flexible
};

/// Zones of ISO 20816.
enum class Severity {
  kGood,        // A: as new
  kAcceptable,  // B: runs without limit
  kShortTerm,   // C: not for long: plan a repair
  kDamaging,    // D: damage is to be expected
};

/// "A", "good" / "A 区：良好".
Text severity_text(Severity severity);
/// `velocity_rms_mm_s` is what velocity_rms gives.
Severity severity_of(double velocity_rms_mm_s, MachineGroup group);

/// Root mean square of the velocity in mm/s between 10 and 1000 Hz (or half the rate), integrated
/// over the transform from an acceleration in m/s^2.
///
/// Worked   9.81 m/s^2 of amplitude at 100 Hz: 1000 * 9.81 / (2 pi 100) / sqrt(2) = 11.04 mm/s.
/// Errors   invalid_argument: a rate under 40 Hz, or less than 0.5 s of signal.
Result<double> velocity_rms_mm_s(std::span<const double> acceleration_m_s2, double rate_hz);

}  // namespace mw::maintenance
