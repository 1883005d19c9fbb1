#pragma once

#include <string>

#include "maintenance/health/health_history.h"
#include "maintenance/health/health_model.h"

namespace mw::maintenance {

/// What a person asks for: learn what is normal from this stretch, and promise this.
struct HealthTraining {
  TimeWindow window;
  AlarmContract contract;
  std::string trained_by;
  TimeNs now_ns = 0;
  bool simulated = false;
};

/// Learns a machine's normal from a stretch that a person calls normal, cut into three blocks of
/// time: half to learn from, three tenths for the threshold, the last fifth to replay as a test.
///
/// Errors   kInvalidArgument with what is wrong and what to do: no numeric tag; too short; nothing
///          moves; a tag whose values are good for less than nine tenths of the time (named); no
///          state with enough rows; a contract that this much history cannot promise, or that the
///          replay does not keep.
Result<HealthModel> train_health(const HealthHistory& history, const HealthTraining& training);

}  // namespace mw::maintenance
