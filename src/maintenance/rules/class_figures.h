#pragma once

#include <cstdint>
#include <span>

namespace mw::maintenance {

/// How decisions agree with answers; both 0 or 1.
struct ClassFigures {
  int64_t hits = 0, false_alarms = 0, misses = 0, quiet = 0;

  double precision() const;
  double recall() const;
  double f1() const;
  double matthews() const;  // 1 all right, 0 chance
};
ClassFigures figures_of(std::span<const double> decisions, std::span<const double> answers);

/// The area under precision over recall as steps: at each failure in the order of falling `ranks`,
/// the precision so far, averaged; ties count together. As scikit-learn's average_precision_score.
double average_precision(std::span<const double> ranks, std::span<const double> answers);

}  // namespace mw::maintenance
