#include "maintenance/detect/least_squares.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"

namespace mw::maintenance {
namespace {

constexpr double kRidge = 1e-12;

}  // namespace

LeastSquares::LeastSquares(std::size_t width)
    : width_(width), sums_(width, 0.0), products_(width * width, 0.0), with_target_(width, 0.0) {}

void LeastSquares::add(const std::vector<double>& row, double target) {
  MW_CHECK_EQ(row.size(), width_);
  if (count_ == 0) {
    origin_ = row;
    target_origin_ = target;
  }
  ++count_;
  const double t = target - target_origin_;
  target_sum_ += t;
  for (std::size_t i = 0; i < width_; ++i) {
    const double x = row[i] - origin_[i];
    sums_[i] += x;
    with_target_[i] += x * t;
    for (std::size_t j = 0; j <= i; ++j) products_[i * width_ + j] += x * (row[j] - origin_[j]);
  }
}

std::vector<double> LeastSquares::solve() const {
  MW_CHECK(count_ > 0);
  // Covariances, then Cholesky: lower * lower^T * weights = right.
  std::vector<double> lower(width_ * width_, 0.0);
  std::vector<double> weights(width_);
  for (std::size_t i = 0; i < width_; ++i) {
    weights[i] = with_target_[i] - sums_[i] * target_sum_ / count_;
    for (std::size_t j = 0; j <= i; ++j) {
      lower[i * width_ + j] = products_[i * width_ + j] - sums_[i] * sums_[j] / count_;
    }
  }
  for (std::size_t i = 0; i < width_; ++i) {
    const double own = lower[i * width_ + i];
    for (std::size_t j = 0; j <= i; ++j) {
      double value = lower[i * width_ + j];
      if (i == j) value += kRidge * own + 1e-300;
      for (std::size_t k = 0; k < j; ++k) value -= lower[i * width_ + k] * lower[j * width_ + k];
      // A regressor that the others hold is left with nothing of its own.
      if (i == j) {
        lower[i * width_ + i] = std::sqrt(std::max(value, kRidge * own + 1e-300));
      } else {
        lower[i * width_ + j] = value / lower[j * width_ + j];
      }
    }
  }
  for (std::size_t i = 0; i < width_; ++i) {
    for (std::size_t k = 0; k < i; ++k) weights[i] -= lower[i * width_ + k] * weights[k];
    weights[i] /= lower[i * width_ + i];
  }
  for (std::size_t i = width_; i-- > 0;) {
    for (std::size_t k = i + 1; k < width_; ++k) weights[i] -= lower[k * width_ + i] * weights[k];
    weights[i] /= lower[i * width_ + i];
  }
  double constant = target_origin_ + target_sum_ / count_;
  for (std::size_t i = 0; i < width_; ++i) {
    constant -= weights[i] * (origin_[i] + sums_[i] / count_);
  }
  weights.push_back(constant);
  return weights;
}

}  // namespace mw::maintenance
