#pragma once

#include <cstddef>
#include <vector>

namespace mw::maintenance {

/// Sums of a regression with a constant, to which rows are added one by one.
class LeastSquares {
 public:
  explicit LeastSquares(std::size_t width);
  void add(const std::vector<double>& row, double target);
  /// Weights, the constant last. A tiny ridge (1e-12 of each regressor's own square about its mean)
  /// keeps regressors that do not move, or move together, from growing.
  std::vector<double> solve() const;

 private:
  std::size_t width_;
  double count_ = 0;
  // About the first row: squares of large values would lose what small differences say.
  std::vector<double> origin_;
  double target_origin_ = 0;
  std::vector<double> sums_;      // (width)
  std::vector<double> products_;  // (width, width)
  std::vector<double> with_target_;
  double target_sum_ = 0;
};

}  // namespace mw::maintenance
