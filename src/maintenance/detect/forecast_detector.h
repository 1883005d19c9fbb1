#pragma once

#include <algorithm>
#include <deque>

#include "core/result.h"
#include "maintenance/detect/detector.h"

namespace mw::maintenance {

struct ForecastOptions {
  std::size_t order = 3;   // values before that the next is foretold from
  std::size_t season = 0;  // rows of a period whose value a period ago helps too; 0: none
};

/// What each sensor's own past foretells (autoregression by least squares, with a season) against
/// what came, in deviations of the history's residuals. Sees jumps and changes of rhythm; a slow
/// drift it follows, for which the bands are.
class ForecastDetector final : public Detector {
 public:
  /// Errors   check_history's, for ten times what one forecast looks back.
  static Result<ForecastDetector> fit(const SampleMatrix& normal,
                                      const ForecastOptions& options = {});

  std::size_t sensors() const override { return models_.size(); }
  /// The last row's residuals in deviations, a sensor each; empty before there are any.
  const std::vector<double>& residuals() const { return residuals_; }
  Deviation take(std::span<const double> row) override;
  void restart() override;

 private:
  struct Model {
    std::vector<double> weights;  // of the past, newest first; then of a season ago
    double constant = 0;
    double deviation = 1;
  };
  /// What sensor `j`'s forecast rests on, or nothing while too little has come.
  bool regressors(std::size_t j, std::vector<double>& out) const;
  std::size_t look_back() const { return std::max(options_.order, options_.season); }

  ForecastOptions options_;
  std::vector<Model> models_;
  double limit_ = 1;
  std::deque<std::vector<double>> past_;  // oldest first
  std::vector<double> residuals_;
};

}  // namespace mw::maintenance
