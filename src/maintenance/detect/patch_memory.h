#pragma once

#include <deque>

#include "core/result.h"
#include "maintenance/detect/detector.h"
#include "maintenance/detect/scaling.h"

namespace mw::maintenance {

struct PatchOptions {
  std::size_t length = 16;          // rows of a patch
  std::size_t most_patches = 2000;  // kept; of more every k-th
};

/// Short stretches of normal history, kept; a new stretch is as odd as its nearest one is far
/// (PatchCore's idea, for series): root of the mean squared difference over sensors and rows, in
/// scaled units. Sees shapes that were never there while every value is within its band.
/// Cost     patches x length x sensors a row.
class PatchMemory final : public Detector {
 public:
  /// The limit comes from the history's last fifth against the patches before it.
  /// Errors   check_history's, for 20 patches' lengths.
  static Result<PatchMemory> fit(const SampleMatrix& normal, const PatchOptions& options = {});

  std::size_t sensors() const override { return scaling_.mean.size(); }
  std::size_t patches() const { return patches_.size() / (options_.length * sensors()); }
  /// Of a stretch of `length` scaled rows, row-major; `parts` gets each sensor's squares.
  double distance(std::span<const double> scaled, std::vector<double>* parts) const;
  Deviation take(std::span<const double> row) override;
  void restart() override { window_.clear(); }

  /// Of rows that are scaled already; for tests against another implementation.
  static PatchMemory of_scaled(const SampleMatrix& rows, const PatchOptions& options);

 private:
  void keep(const SampleMatrix& scaled);

  PatchOptions options_;
  Scaling scaling_;
  std::vector<double> patches_;
  double limit_ = 1;
  std::deque<double> window_;
};

}  // namespace mw::maintenance
