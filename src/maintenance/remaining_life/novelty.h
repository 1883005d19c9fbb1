#pragma once

#include <span>
#include <vector>

#include "core/json.h"
#include "core/result.h"

namespace mw::maintenance {

/// How far rows of numbers lie from those that taught, by Mahalanobis' distance: softmax and trees
/// are sure of themselves where they know nothing, this is not (evaluation 8.1).
class Novelty {
 public:
  /// `rows` N x width, row-major. Columns that go together wholly are held apart by a small ridge.
  static Novelty fit(std::span<const double> rows, std::size_t width);

  double distance(std::span<const double> row) const;
  /// 1.5 times what 999 in 1000 of the rows that taught stay under.
  double limit() const { return limit_; }

  Json to_json() const;
  static Result<Novelty> from_json(const Json& json, std::size_t width);

 private:
  std::vector<double> mean_;
  std::vector<std::vector<double>> root_;  // lower Cholesky factor of the covariance
  double limit_ = 0;
};

}  // namespace mw::maintenance
