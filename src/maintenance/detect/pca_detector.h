#pragma once

#include <memory>

#include "core/result.h"
#include "maintenance/detect/detector.h"
#include "maintenance/detect/scaling.h"

namespace mw::maintenance {

/// Hotelling's T2 (how far along the ways that sensors move together) and Q (how far off them).
struct PcaStatistics {
  double t2 = 0;
  double q = 0;
  std::vector<double> q_parts;   // squared residual of each sensor; they sum to q
  std::vector<double> t2_parts;  // of each sensor; they sum to t2
};

/// Principal components of scaled sensors. The score is the larger of T2 and Q over what 1 in 100
/// rows of the history reaches; contributions are those of the larger one.
/// Source   Jackson & Mudholkar 1979; the statistics of scikit-learn's PCA (detect_golden_test.cc).
class PcaDetector final : public Detector {
 public:
  /// `components`: how many; 0 for as many as hold 90 % of the variance.
  /// Errors   check_history's.
  static Result<PcaDetector> fit(const SampleMatrix& normal, std::size_t components = 0);

  std::size_t sensors() const override { return scaling_.mean.size(); }
  std::size_t components() const { return variances_.size(); }
  /// Of a row without a missing value.
  PcaStatistics statistics(std::span<const double> row) const;
  Deviation take(std::span<const double> row) override;
  void restart() override {}

 private:
  Scaling scaling_;
  std::vector<double> directions_;  // (components, sensors)
  std::vector<double> variances_;
  double t2_limit_ = 1;
  double q_limit_ = 1;
};

}  // namespace mw::maintenance
