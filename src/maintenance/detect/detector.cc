#include "maintenance/detect/detector.h"

#include <algorithm>
#include <numeric>

#include "core/check.h"

namespace mw::maintenance {

std::vector<double> score_rows(Detector& detector, const SampleMatrix& rows) {
  std::vector<double> out;
  out.reserve(rows.rows());
  for (std::size_t i = 0; i < rows.rows(); ++i) out.push_back(detector.take(rows.row(i)).score);
  return out;
}

double quantile(std::vector<double> values, double share) {
  values.erase(std::remove_if(values.begin(), values.end(), [](double v) { return std::isnan(v); }),
               values.end());
  MW_CHECK(!values.empty() && share >= 0 && share <= 1);
  std::sort(values.begin(), values.end());
  const double at = share * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(at);
  const std::size_t high = std::min(low + 1, values.size() - 1);
  return values[low] + (at - static_cast<double>(low)) * (values[high] - values[low]);
}

std::vector<double> shares_of(std::vector<double> parts) {
  const double sum = std::accumulate(parts.begin(), parts.end(), 0.0);
  for (double& each : parts) {
    each = sum > 0 ? each / sum : 1.0 / static_cast<double>(parts.size());
  }
  return parts;
}

}  // namespace mw::maintenance
