#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/json.h"
#include "core/language.h"
#include "core/result.h"
#include "maintenance/bearing/bearing_diagnosis.h"
#include "maintenance/signal/kurtogram.h"
#include "maintenance/signal/severity.h"
#include "maintenance/signal/time_features.h"

namespace mw::maintenance {

/// What is known of a recording beside its samples.
struct VibrationSetup {
  double rate_hz = 0;
  double m_s2_per_unit = 1;  // 9.80665 where samples are in g
  std::optional<double> shaft_hz;
  std::optional<BearingGeometry> bearing;
  std::optional<BearingOrders> orders;  // of the bearing, where its geometry is not known
  std::optional<MachineGroup> group;    // without it no zone of ISO 20816
};

/// One recording, looked at in time, frequency and envelope.
struct VibrationReport {
  TimeFeatures time;             // in m/s^2
  double velocity_rms_mm_s = 0;  // 10 to 1000 Hz
  std::optional<Severity> severity;
  BandKurtosis resonance;                   // the most impulsive band, as shares of the rate
  std::optional<BearingDiagnosis> bearing;  // with a shaft's speed and a geometry
};

/// Errors   invalid_argument: no rate, less than half a second, a missing value, a sensor that does
///          not move, and those of diagnose_bearing. At most the first 2^20 samples are looked at.
Result<VibrationReport> report_vibration(std::span<const double> signal,
                                         const VibrationSetup& setup);

/// The findings as sentences, in both languages, the gravest first.
std::vector<Text> report_text(const VibrationReport& report, const VibrationSetup& setup);
/// All figures, with every expected line of the bearing.
Json report_json(const VibrationReport& report, const VibrationSetup& setup);

}  // namespace mw::maintenance
