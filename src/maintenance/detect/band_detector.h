#pragma once

#include <deque>

#include "core/result.h"
#include "maintenance/detect/detector.h"

namespace mw::maintenance {

struct BandOptions {
  std::size_t window = 10;       // rows whose mean is looked at
  double drift_allowance = 0.5;  // how much of the history's own drift a sensor is forgiven
  bool robust = false;           // median and MAD in place of mean and deviation
};

/// The moving mean of each sensor against its band in normal history. The band is as wide as the
/// mean scattered, and as it drifted from quarter to quarter of the history: a temperature that
/// still rose while it was recorded is no measure of its own level. The score is the root of the
/// summed squares over what 1 in 100 rows of the history reaches.
class BandDetector final : public Detector {
 public:
  /// Errors   check_history's, for five windows.
  static Result<BandDetector> fit(const SampleMatrix& normal, const BandOptions& options = {});

  std::size_t sensors() const override { return centre_.size(); }
  Deviation take(std::span<const double> row) override;
  void restart() override;

 private:
  double squares(std::span<const double> mean, std::vector<double>* parts) const;
  /// Adds a row; false while the window is not full.
  bool add(std::span<const double> row, std::vector<double>& mean);

  BandOptions options_;
  std::vector<double> centre_;
  std::vector<double> width_;
  double limit_ = 1;
  std::deque<std::vector<double>> window_;
};

}  // namespace mw::maintenance
