#pragma once

#include <span>
#include <vector>

#include "maintenance/detect/sample_matrix.h"

namespace mw::maintenance {

/// Mean and standard deviation of each sensor, by which its values become comparable. A sensor that
/// does not move has deviation 1, so that its first move shows in its own unit.
struct Scaling {
  std::vector<double> mean;
  std::vector<double> deviation;

  /// Over all rows that have no NaN; population deviation.
  static Scaling of(const SampleMatrix& rows);
  /// (row - mean) / deviation.
  void apply(std::span<const double> row, std::span<double> out) const;
};

/// False for a row that a sensor is missing in.
bool complete(std::span<const double> row);

}  // namespace mw::maintenance
