#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/language.h"
#include "core/result.h"
#include "maintenance/detect/sample_matrix.h"
#include "maintenance/detect/scaling.h"

namespace mw::maintenance {

enum class StateKind { kOff, kIdle, kLoad };

/// One way in which a machine runs.
struct OperatingState {
  StateKind kind{};
  std::string name;  // "off", "idle", "load", or "load_1" to "load_5" from light to heavy
  Text title;
  std::vector<double> centre;
  std::vector<double> spread;
  double share = 0;  // of the history's rows
};

struct StateOptions {
  std::size_t load_column = 0;  // speed, current or power: what is near 0 when the machine is off
  std::size_t most_states = 6;
  std::size_t dwell = 5;  // rows that a state lasts at least; what is shorter belongs to what was
};

/// A stretch of one state; `state` is an index into StateModel::states(), nothing where the machine
/// runs as it never did before.
struct StateStretch {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::optional<std::size_t> state;
};

/// The regimes of a machine, from the signals that say what it is asked to do (speed, current,
/// pressure). Comes before any model: what is judged by another regime's history looks like a
/// fault.
class StateModel {
 public:
  /// The number of states is the one whose rows are nearest their own centre as against the next
  /// one (simplified silhouette); one, where no cut is clear.
  /// Errors   invalid_argument: fewer than 50 complete rows, or a load column that is not there.
  static Result<StateModel> fit(const SampleMatrix& history, const StateOptions& options = {});

  const std::vector<OperatingState>& states() const { return states_; }
  /// The nearest state of a row, or nothing: missing values, or farther from all of them than any
  /// row of the history was from its own (never seen).
  std::optional<std::size_t> state_of(std::span<const double> row) const;
  /// Distance to the nearest state in units of the farthest that is still known: over 1 is unseen.
  double strangeness(std::span<const double> row) const;
  /// All rows as stretches, those shorter than `dwell` taken into the one before.
  std::vector<StateStretch> segment(const SampleMatrix& rows) const;
  std::size_t dwell() const { return options_.dwell; }

 private:
  double distance(std::span<const double> row, std::size_t state) const;
  std::pair<std::size_t, double> nearest(std::span<const double> row) const;

  StateOptions options_;
  std::vector<OperatingState> states_;
  double limit_ = 1;
};

/// Follows a live machine: a new state counts when it has lasted `dwell` rows.
class StateTracker {
 public:
  explicit StateTracker(const StateModel* model) : model_(model) {}
  /// The state after this row; nothing: unseen, or none yet.
  std::optional<std::size_t> take(std::span<const double> row);
  /// The last row began another state than the one before.
  bool changed() const { return changed_; }

 private:
  const StateModel* model_;  // outlives this
  std::optional<std::size_t> current_;
  std::optional<std::size_t> candidate_;
  std::size_t lasted_ = 0;
  bool started_ = false;
  bool changed_ = false;
};

}  // namespace mw::maintenance
