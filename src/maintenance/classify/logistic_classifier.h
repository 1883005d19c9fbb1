#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/result.h"
#include "maintenance/detect/scaling.h"

namespace mw::maintenance {

/// Multinomial logistic regression with an L2 penalty over scaled features: few parameters, for a
/// few dozen examples. Minimises C * sum of losses + |W|^2 / 2, the intercepts free, as
/// scikit-learn's LogisticRegression(C) over StandardScaler does (detect_golden_test.cc).
class LogisticClassifier {
 public:
  /// `labels` 0 to classes - 1, one a row. `c`: the weight of the data against the penalty.
  /// Errors   invalid_argument: a class without examples (it could never be answered), one class
  ///          only, or a row with a missing value.
  static Result<LogisticClassifier> fit(const SampleMatrix& rows, std::span<const int> labels,
                                        int classes, double c);

  /// Of each class; they sum to 1.
  std::vector<double> probabilities(std::span<const double> row) const;
  /// The likeliest class.
  int predict(std::span<const double> row) const;

 private:
  Scaling scaling_;
  std::size_t classes_ = 0;
  std::vector<double> weights_;  // (classes, features + 1), the intercept last
};

}  // namespace mw::maintenance
