#pragma once

#include <optional>
#include <vector>

namespace mw::plant {

struct RobustScore {
  double z = 0;
  double median = 0;
};

/// 0.6745 (x - median) / MAD, the z-score that outliers in the history do not hide (Iglewicz &
/// Hoaglin 1993). `least_spread` stands in for a smaller MAD, so that a signal that never moved
/// does not make every digit of noise unusual. Nothing for fewer than 30 values.
std::optional<RobustScore> robust_score(double x, std::vector<double> history, double least_spread);

}  // namespace mw::plant
