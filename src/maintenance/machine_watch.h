#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "maintenance/detect/alarm_budget.h"
#include "maintenance/detect/alarm_contract.h"
#include "maintenance/detect/detector.h"
#include "maintenance/detect/sensor_health.h"
#include "maintenance/state/operating_state.h"

namespace mw::maintenance {

struct WatchOptions {
  double step_s = 1;                       // from row to row
  std::vector<std::size_t> state_columns;  // speed, current, pressure; empty: one state
  std::size_t load_column = 0;             // among state_columns
  AlarmContract contract;
  double quiet_s = 600;  // after which a deviation is a new alarm
};

/// What a machine's row says.
struct WatchReading {
  std::optional<std::size_t> state;  // of MachineWatch::states()
  bool unseen_regime = false;        // runs as it never did: no score, and that is the answer
  Deviation deviation;
  bool alarm = false;   // stands
  bool begins = false;  // with this row: counted against the budget
  uint64_t alarm_number = 0;
  std::vector<SensorVerdict> sensors;  // where an alarm begins: machine or sensor?
};

/// One machine watched live: its state first, then the detectors of that state (bands and principal
/// components), then the threshold that the contract gave, then the budget.
class MachineWatch {
 public:
  /// Learns from normal history in time order: states and detectors from the first half, the
  /// threshold from the next three tenths, and replays the last fifth.
  /// Errors   invalid_argument: a part that is too short ("not enough evidence", with what would
  ///          do), or a model that could not keep the contract in the replay: it does not go live.
  static Result<MachineWatch> learn(const SampleMatrix& history, const WatchOptions& options);

  /// The next row; rows come in order.
  WatchReading take(TimeNs ts_ns, std::span<const double> row);

  const std::vector<OperatingState>& states() const { return states_->states(); }
  const AlarmThreshold& threshold() const { return threshold_; }
  const ContractReplay& replay() const { return replay_; }
  AlarmBudget& budget() { return budget_; }
  const AlarmBudget& budget() const { return budget_; }

 private:
  explicit MachineWatch(const WatchOptions& options)
      : options_(options), budget_(options.contract) {}
  Result<void> learn_states(const SampleMatrix& history);
  Result<void> learn_detectors(const SampleMatrix& history);
  Deviation look(std::span<const double> row, WatchReading& out);
  std::vector<double> drive(std::span<const double> row) const;

  WatchOptions options_;
  std::unique_ptr<StateModel> states_;  // on the heap: the tracker points at it
  std::unique_ptr<StateTracker> tracker_;
  /// Of each state; empty where the machine is off or the state was too rare to learn.
  std::vector<std::vector<std::unique_ptr<Detector>>> detectors_;
  std::optional<SensorHealth> health_;
  AlarmThreshold threshold_;
  ContractReplay replay_;
  AlarmBudget budget_;
  SampleMatrix recent_;  // the last rows, for the sensors' verdicts
  std::optional<TimeNs> last_over_ns_;
  uint64_t alarm_number_ = 0;
};

}  // namespace mw::maintenance
