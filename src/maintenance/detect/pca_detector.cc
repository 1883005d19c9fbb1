#include "maintenance/detect/pca_detector.h"

#include <algorithm>
#include <numeric>

#include "core/check.h"
#include "maintenance/detect/history_check.h"
#include "maintenance/detect/symmetric_eigen.h"

namespace mw::maintenance {
namespace {

constexpr double kVarianceKept = 0.9;
constexpr double kSmallestVariance = 1e-9;  // of a scaled sensor: less is rounding

}  // namespace

Result<PcaDetector> PcaDetector::fit(const SampleMatrix& normal, std::size_t components) {
  MW_TRY(check_history(normal, std::max<std::size_t>(20, 2 * normal.columns)));
  PcaDetector out;
  out.scaling_ = Scaling::of(normal);
  const std::size_t size = normal.columns;
  std::vector<double> covariance(size * size, 0.0);
  std::vector<double> scaled(size);
  double count = 0;
  for (std::size_t i = 0; i < normal.rows(); ++i) {
    if (!complete(normal.row(i))) continue;
    out.scaling_.apply(normal.row(i), scaled);
    ++count;
    for (std::size_t p = 0; p < size; ++p) {
      for (std::size_t q = 0; q < size; ++q) covariance[p * size + q] += scaled[p] * scaled[q];
    }
  }
  for (double& each : covariance) each /= count - 1;
  const Eigen eigen = symmetric_eigen(std::move(covariance), size);
  const double total = std::accumulate(eigen.values.begin(), eigen.values.end(), 0.0);
  double held = 0;
  for (std::size_t k = 0; k < size && eigen.values[k] > kSmallestVariance; ++k) {
    const bool enough = components > 0 ? k >= components : k > 0 && held >= kVarianceKept * total;
    if (enough) break;
    held += eigen.values[k];
    out.variances_.push_back(eigen.values[k]);
    out.directions_.insert(out.directions_.end(),
                           eigen.vectors.begin() + static_cast<std::ptrdiff_t>(k * size),
                           eigen.vectors.begin() + static_cast<std::ptrdiff_t>((k + 1) * size));
  }
  std::vector<double> t2;
  std::vector<double> q;
  for (std::size_t i = 0; i < normal.rows(); ++i) {
    if (!complete(normal.row(i))) continue;
    const PcaStatistics found = out.statistics(normal.row(i));
    t2.push_back(found.t2);
    q.push_back(found.q);
  }
  out.t2_limit_ = std::max(quantile(std::move(t2), 0.99), kSmallestVariance);
  out.q_limit_ = std::max(quantile(std::move(q), 0.99), kSmallestVariance);
  return out;
}

PcaStatistics PcaDetector::statistics(std::span<const double> row) const {
  const std::size_t size = sensors();
  std::vector<double> scaled(size);
  scaling_.apply(row, scaled);
  std::vector<double> residual = scaled;
  PcaStatistics out;
  out.t2_parts.assign(size, 0.0);
  for (std::size_t k = 0; k < variances_.size(); ++k) {
    const auto direction = std::span(directions_).subspan(k * size, size);
    double along = 0;
    for (std::size_t j = 0; j < size; ++j) along += direction[j] * scaled[j];
    out.t2 += along * along / variances_[k];
    for (std::size_t j = 0; j < size; ++j) {
      out.t2_parts[j] += along * direction[j] * scaled[j] / variances_[k];
      residual[j] -= along * direction[j];
    }
  }
  for (const double each : residual) {
    out.q_parts.push_back(each * each);
    out.q += each * each;
  }
  return out;
}

Deviation PcaDetector::take(std::span<const double> row) {
  if (!complete(row)) return {};
  PcaStatistics found = statistics(row);
  const double along = found.t2 / t2_limit_;
  const double off = found.q / q_limit_;
  // What a sensor takes away from T2 speaks for none of the others.
  for (double& each : found.t2_parts) each = std::max(each, 0.0);
  return {std::max(along, off),
          shares_of(along > off ? std::move(found.t2_parts) : std::move(found.q_parts))};
}

}  // namespace mw::maintenance
