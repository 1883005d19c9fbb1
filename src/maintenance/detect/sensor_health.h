#pragma once

#include <cstddef>
#include <vector>

#include "core/language.h"
#include "core/result.h"
#include "maintenance/detect/sample_matrix.h"
#include "maintenance/detect/scaling.h"

namespace mw::maintenance {

/// What is wrong with a sensor, as opposed to its machine.
enum class SensorFault {
  kNone,
  kMissing,   // half its values or more are not there
  kFlat,      // does not move at all, and did in normal running
  kNoNoise,   // moves, but the noise of its measuring is gone: a held or computed value
  kDrifting,  // away from what its neighbours foretell, who are as they should be
};

struct SensorVerdict {
  SensorFault fault = SensorFault::kNone;
  bool undecided = false;     // deviates, and nothing near it could say whether the machine does
  double noise_share = 1;     // of row-to-row movement, against normal running
  double away = 0;            // from what neighbours foretell, in deviations
  double foretold_share = 0;  // of its variance that neighbours explained in normal running
};

Text fault_text(SensorFault fault);

/// Tells a dead or drifting sensor from a failing machine. From normal history it learns how each
/// sensor moves from row to row, and how each follows the others (least squares). A failing machine
/// moves what is physically tied together; a failing sensor leaves its neighbours where they were.
class SensorHealth {
 public:
  /// Errors   check_history's.
  static Result<SensorHealth> fit(const SampleMatrix& normal);

  /// Of the last rows (30 or more): a verdict a sensor.
  std::vector<SensorVerdict> check(const SampleMatrix& recent) const;

 private:
  struct Sensor {
    bool moves = false;           // at all, in normal running
    double row_to_row = 0;        // root of the mean squared step, without the largest ones
    std::vector<double> weights;  // of the others, the constant last
    double residual = 1;          // deviation of what they do not foretell
    double foretold_share = 0;
  };
  double foretold(std::size_t sensor, std::span<const double> row) const;

  Scaling scaling_;
  std::vector<Sensor> sensors_;
};

}  // namespace mw::maintenance
