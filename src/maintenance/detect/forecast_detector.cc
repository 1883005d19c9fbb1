#include "maintenance/detect/forecast_detector.h"

#include <cmath>

#include "core/check.h"
#include "maintenance/detect/history_check.h"
#include "maintenance/detect/least_squares.h"
#include "maintenance/detect/scaling.h"

namespace mw::maintenance {

bool ForecastDetector::regressors(std::size_t j, std::vector<double>& out) const {
  if (past_.size() < look_back()) return false;
  out.clear();
  for (std::size_t k = 1; k <= options_.order; ++k) out.push_back(past_[past_.size() - k][j]);
  if (options_.season > 0) out.push_back(past_[past_.size() - options_.season][j]);
  return true;
}

Result<ForecastDetector> ForecastDetector::fit(const SampleMatrix& normal,
                                               const ForecastOptions& options) {
  MW_CHECK(options.order >= 1);
  ForecastDetector out;
  out.options_ = options;
  const std::size_t width = options.order + (options.season > 0 ? 1 : 0);
  MW_TRY(check_history(normal, std::max(10 * width, out.look_back() + 10 * width)));
  out.models_.resize(normal.columns);
  std::vector<LeastSquares> sums(normal.columns, LeastSquares(width));
  std::vector<double> row;
  const auto replay = [&](const auto& each_sensor) {
    out.restart();
    for (std::size_t i = 0; i < normal.rows(); ++i) {
      const auto now = normal.row(i);
      if (!complete(now)) {
        out.restart();
        continue;
      }
      for (std::size_t j = 0; j < now.size(); ++j) {
        if (out.regressors(j, row)) each_sensor(j, now[j]);
      }
      out.past_.emplace_back(now.begin(), now.end());
      if (out.past_.size() > out.look_back()) out.past_.pop_front();
    }
  };
  replay([&](std::size_t j, double value) { sums[j].add(row, value); });
  for (std::size_t j = 0; j < normal.columns; ++j) {
    out.models_[j].weights = sums[j].solve();
    out.models_[j].constant = out.models_[j].weights.back();
    out.models_[j].weights.pop_back();
  }
  std::vector<double> squares(normal.columns, 0.0);
  double count = 0;
  const auto residual = [&](std::size_t j, double value) {
    double foretold = out.models_[j].constant;
    for (std::size_t k = 0; k < row.size(); ++k) foretold += out.models_[j].weights[k] * row[k];
    return value - foretold;
  };
  replay([&](std::size_t j, double value) {
    const double away = residual(j, value);
    squares[j] += away * away;
    if (j == 0) ++count;
  });
  for (std::size_t j = 0; j < normal.columns; ++j) {
    const double deviation = std::sqrt(squares[j] / count);
    out.models_[j].deviation = deviation > 0 ? deviation : 1.0;
  }
  out.restart();
  std::vector<double> scores = score_rows(out, normal);
  out.limit_ = std::max(quantile(std::move(scores), 0.99), 1e-9);
  out.restart();
  return out;
}

Deviation ForecastDetector::take(std::span<const double> row) {
  MW_CHECK_EQ(row.size(), sensors());
  if (!complete(row)) {
    restart();  // what came before a gap foretells nothing
    return {};
  }
  std::vector<double> before;
  std::vector<double> parts;
  residuals_.clear();
  double largest = 0;
  for (std::size_t j = 0; j < row.size() && regressors(j, before); ++j) {
    const Model& model = models_[j];
    double foretold = model.constant;
    for (std::size_t k = 0; k < before.size(); ++k) foretold += model.weights[k] * before[k];
    const double away = (row[j] - foretold) / model.deviation;
    residuals_.push_back(away);
    parts.push_back(away * away);
    largest = std::max(largest, std::abs(away));
  }
  past_.emplace_back(row.begin(), row.end());
  if (past_.size() > look_back()) past_.pop_front();
  if (parts.empty()) return {};
  return {largest / limit_, shares_of(std::move(parts))};
}

void ForecastDetector::restart() {
  past_.clear();
  residuals_.clear();
}

}  // namespace mw::maintenance
