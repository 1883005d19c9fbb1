#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "maintenance/detect/sample_matrix.h"

namespace mw::maintenance {

/// How far a row is from normal history.
struct Deviation {
  /// 1 is what 1 in 100 rows of normal history reaches; NaN while not enough rows have come.
  double score = std::numeric_limits<double>::quiet_NaN();
  /// What each sensor adds to it, as shares that sum to 1; empty while there is no score.
  std::vector<double> contributions;

  bool known() const { return !std::isnan(score); }
};

/// Compares a machine with its own normal history, a row at a time. Decides nothing: what score is
/// an alarm, the alarm contract says.
class Detector {
 public:
  virtual ~Detector() = default;
  virtual std::size_t sensors() const = 0;
  /// The next row in time. One with a missing value gives no score.
  virtual Deviation take(std::span<const double> row) = 0;
  /// Forgets the rows that came: after a gap, a stop, a change of state.
  virtual void restart() = 0;
};

/// Scores of all rows, in order.
std::vector<double> score_rows(Detector& detector, const SampleMatrix& rows);

/// The value that a share of `values` stays at or under, NaN left out; linear between two (NumPy's
/// default). `values` holds one that is known.
double quantile(std::vector<double> values, double share);

/// Squares to shares that sum to 1; all equal where nothing deviates.
std::vector<double> shares_of(std::vector<double> parts);

}  // namespace mw::maintenance
