#include "maintenance/remaining_life/novelty.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"
#include "maintenance/data/json_lists.h"

namespace mw::maintenance {
namespace {

constexpr double kRidge = 1e-3;  // of a z-score's variance
constexpr double kLimitShare = 0.999;
constexpr double kLimitFactor = 1.5;

}  // namespace

Novelty Novelty::fit(std::span<const double> rows, std::size_t width) {
  MW_CHECK(width > 0 && rows.size() >= width && rows.size() % width == 0);
  const std::size_t count = rows.size() / width;
  Novelty out;
  out.mean_.assign(width, 0.0);
  for (std::size_t i = 0; i < rows.size(); ++i) out.mean_[i % width] += rows[i];
  for (double& mean : out.mean_) mean /= static_cast<double>(count);
  std::vector<std::vector<double>> covariance(width, std::vector<double>(width, 0.0));
  for (std::size_t row = 0; row < count; ++row) {
    const double* at = rows.data() + row * width;
    for (std::size_t i = 0; i < width; ++i) {
      const double off = at[i] - out.mean_[i];
      for (std::size_t j = 0; j <= i; ++j) covariance[i][j] += off * (at[j] - out.mean_[j]);
    }
  }
  out.root_ = covariance;
  for (std::size_t i = 0; i < width; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = covariance[i][j] / static_cast<double>(count) + (i == j ? kRidge : 0);
      for (std::size_t k = 0; k < j; ++k) sum -= out.root_[i][k] * out.root_[j][k];
      out.root_[i][j] = i == j ? std::sqrt(std::max(sum, kRidge * kRidge)) : sum / out.root_[j][j];
    }
  }
  std::vector<double> distances;
  for (std::size_t row = 0; row < count; ++row) {
    distances.push_back(out.distance(rows.subspan(row * width, width)));
  }
  const auto at = static_cast<std::ptrdiff_t>(kLimitShare * static_cast<double>(count - 1));
  std::nth_element(distances.begin(), distances.begin() + at, distances.end());
  out.limit_ = kLimitFactor * distances[static_cast<std::size_t>(at)];
  return out;
}

double Novelty::distance(std::span<const double> row) const {
  MW_CHECK_EQ(row.size(), mean_.size());
  std::vector<double> solved(row.size());
  double squares = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    double sum = row[i] - mean_[i];
    for (std::size_t k = 0; k < i; ++k) sum -= root_[i][k] * solved[k];
    solved[i] = sum / root_[i][i];
    squares += solved[i] * solved[i];
  }
  return std::sqrt(squares);
}

Json Novelty::to_json() const { return {{"mean", mean_}, {"root", root_}, {"limit", limit_}}; }

Result<Novelty> Novelty::from_json(const Json& json, std::size_t width) {
  Novelty out;
  MW_ASSIGN(out.mean_, json_numbers(json, "mean", width));
  MW_ASSIGN(out.root_, json_matrix(json, "root", width, width));
  MW_ASSIGN(out.limit_, json_number(json, "limit", 0));
  if (out.mean_.size() != width || out.root_.size() != width || !(out.limit_ > 0)) {
    return damaged_model("its distances do not fit together");
  }
  for (std::size_t i = 0; i < width; ++i) {
    if (!(out.root_[i][i] > 0)) return damaged_model("a deviation is not above zero");
  }
  return out;
}

}  // namespace mw::maintenance
