#include "maintenance/detect/band_detector.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"
#include "maintenance/detect/history_check.h"
#include "maintenance/detect/scaling.h"

namespace mw::maintenance {
namespace {

constexpr double kMadToDeviation = 1.4826;  // of a bell
constexpr std::size_t kQuarters = 4;

}  // namespace

Result<BandDetector> BandDetector::fit(const SampleMatrix& normal, const BandOptions& options) {
  MW_CHECK(options.window >= 1 && options.drift_allowance >= 0);
  MW_TRY(check_history(normal, std::max<std::size_t>(20, 5 * options.window)));
  BandDetector out;
  out.options_ = options;
  out.centre_.assign(normal.columns, 0.0);
  SampleMatrix means{normal.columns, {}};
  std::vector<double> mean(normal.columns);
  for (std::size_t i = 0; i < normal.rows(); ++i) {
    if (complete(normal.row(i)) && out.add(normal.row(i), mean)) means.add(mean);
  }
  const std::size_t quarter = means.rows() / kQuarters;
  for (std::size_t j = 0; j < normal.columns; ++j) {
    const std::vector<double> column = means.column(j);
    double middle = 0;
    for (const double each : column) middle += each / static_cast<double>(column.size());
    double spread = 0;
    for (const double each : column) spread += (each - middle) * (each - middle);
    spread = std::sqrt(spread / static_cast<double>(column.size()));
    if (options.robust) {
      middle = quantile(column, 0.5);
      std::vector<double> away;
      for (const double each : column) away.push_back(std::abs(each - middle));
      // A sensor that mostly rests has no MAD: its deviation stands in.
      const double robust = kMadToDeviation * quantile(away, 0.5);
      if (robust > 0.05 * spread) spread = robust;
    }
    double low = INFINITY;
    double high = -INFINITY;
    for (std::size_t part = 0; part < kQuarters && quarter > 0; ++part) {
      double sum = 0;
      for (std::size_t i = part * quarter; i < (part + 1) * quarter; ++i) sum += column[i];
      low = std::min(low, sum / static_cast<double>(quarter));
      high = std::max(high, sum / static_cast<double>(quarter));
    }
    const double drift = quarter > 0 ? options.drift_allowance * (high - low) : 0.0;
    const double width = std::sqrt(spread * spread + drift * drift);
    out.centre_[j] = middle;
    out.width_.push_back(width > 1e-12 * std::abs(middle) && width > 0 ? width : 1.0);
  }
  std::vector<double> scores;
  for (std::size_t i = 0; i < means.rows(); ++i) {
    scores.push_back(std::sqrt(out.squares(means.row(i), nullptr)));
  }
  out.limit_ = std::max(quantile(std::move(scores), 0.99), 1e-9);
  out.restart();
  return out;
}

bool BandDetector::add(std::span<const double> row, std::vector<double>& mean) {
  window_.emplace_back(row.begin(), row.end());
  if (window_.size() > options_.window) window_.pop_front();
  if (window_.size() < options_.window) return false;
  std::fill(mean.begin(), mean.end(), 0.0);
  for (const auto& each : window_) {
    for (std::size_t j = 0; j < mean.size(); ++j) mean[j] += each[j];
  }
  for (double& each : mean) each /= static_cast<double>(window_.size());
  return true;
}

double BandDetector::squares(std::span<const double> mean, std::vector<double>* parts) const {
  double sum = 0;
  for (std::size_t j = 0; j < mean.size(); ++j) {
    const double away = (mean[j] - centre_[j]) / width_[j];
    sum += away * away;
    if (parts != nullptr) parts->push_back(away * away);
  }
  return sum;
}

Deviation BandDetector::take(std::span<const double> row) {
  MW_CHECK_EQ(row.size(), sensors());
  std::vector<double> mean(row.size());
  if (!complete(row) || !add(row, mean)) return {};
  std::vector<double> parts;
  const double score = std::sqrt(squares(mean, &parts)) / limit_;
  return {score, shares_of(std::move(parts))};
}

void BandDetector::restart() { window_.clear(); }

}  // namespace mw::maintenance
