#pragma once

#include <string>
#include <vector>

#include "core/evidence.h"
#include "core/json.h"
#include "core/language.h"
#include "maintenance/detect/alarm_contract.h"
#include "maintenance/detect/sample_matrix.h"
#include "plant/asset.h"

namespace mw::maintenance {

/// What a model was learned from and how well it did, for people to read.
struct HealthCard {
  std::string asset;
  int64_t version = 0;  // of this asset's models, from 1
  std::string trained_by;
  TimeNs trained_ns = 0;
  bool simulated = false;
  double step_s = 1;
  // Blocks of time, in this order: learned from, threshold, replayed as a test.
  TimeWindow fit, calibration, replay_window;
  std::vector<TimeWindow> left_out;  // of it: stretches of confirmed and open cases
  AlarmContract contract;
  AlarmCounting counting;
  AlarmThreshold threshold;
  ContractReplay replay;
  /// Tags that do not move in any regime, and tags whose sensor check cried wolf on normal rows.
  std::vector<std::string> flat_tags, unchecked_tags;
  /// States of the window with too few rows: never seen, as far as this model goes.
  std::vector<std::string> rare_states;
};

/// One operating state of a machine, with the normal rows that its detectors learn from.
struct HealthRegime {
  std::string state;
  SampleMatrix rows;
};

/// A machine's health model: everything that a file holds. Detectors are fitted from the rows each
/// time it is opened, so a newer program never meets numbers that an older one derived (ADR 0128).
struct HealthModel {
  HealthCard card;
  std::vector<std::string> tags;
  std::vector<HealthRegime> regimes;
};

Json to_json(const HealthModel& model);
Json to_json(const HealthCard& card);
/// Errors   kCorrupt that names the member; kUnsupported for a newer format.
Result<HealthModel> parse_health_model(const Json& json);

}  // namespace mw::maintenance
