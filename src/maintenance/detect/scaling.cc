#include "maintenance/detect/scaling.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"

namespace mw::maintenance {

bool complete(std::span<const double> row) {
  return std::all_of(row.begin(), row.end(), [](double each) { return std::isfinite(each); });
}

Scaling Scaling::of(const SampleMatrix& rows) {
  Scaling out;
  out.mean.assign(rows.columns, 0.0);
  out.deviation.assign(rows.columns, 0.0);
  double count = 0;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const auto row = rows.row(i);
    if (!complete(row)) continue;
    ++count;
    for (std::size_t j = 0; j < row.size(); ++j) out.mean[j] += row[j];
  }
  for (double& each : out.mean) each /= std::max(count, 1.0);
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const auto row = rows.row(i);
    if (!complete(row)) continue;
    for (std::size_t j = 0; j < row.size(); ++j) {
      const double away = row[j] - out.mean[j];
      out.deviation[j] += away * away;
    }
  }
  for (std::size_t j = 0; j < rows.columns; ++j) {
    const double deviation = std::sqrt(out.deviation[j] / std::max(count, 1.0));
    // Rounding of a constant is no movement.
    out.deviation[j] = deviation > 1e-12 * std::abs(out.mean[j]) && deviation > 0 ? deviation : 1.0;
  }
  return out;
}

void Scaling::apply(std::span<const double> row, std::span<double> out) const {
  MW_CHECK(row.size() == mean.size() && out.size() == mean.size());
  for (std::size_t j = 0; j < row.size(); ++j) out[j] = (row[j] - mean[j]) / deviation[j];
}

}  // namespace mw::maintenance
