#include "maintenance/classify/logistic_classifier.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/check.h"

namespace mw::maintenance {
namespace {

constexpr int kMostSteps = 20'000;
constexpr double kSmallGradient = 1e-7;

/// Scores to probabilities in place.
void soften(std::span<double> scores) {
  const double top = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (double& each : scores) sum += each = std::exp(each - top);
  for (double& each : scores) each /= sum;
}

/// Scores of one scaled row, whose last value is the 1 of the intercept.
void score(std::span<const double> weights, std::span<const double> row, std::span<double> out) {
  for (std::size_t k = 0; k < out.size(); ++k) {
    double sum = 0;
    for (std::size_t j = 0; j < row.size(); ++j) sum += weights[k * row.size() + j] * row[j];
    out[k] = sum;
  }
}

Result<void> check(const SampleMatrix& rows, std::span<const int> labels, int classes) {
  MW_CHECK(classes >= 1 && labels.size() == rows.rows());
  std::vector<int> count(static_cast<std::size_t>(classes), 0);
  for (const int label : labels) {
    MW_CHECK(label >= 0 && label < classes);
    ++count[static_cast<std::size_t>(label)];
  }
  if (classes < 2 || std::count(count.begin(), count.end(), 0) > 0) {
    return Error::make(Code::kInvalidArgument,
                       "telling classes apart needs examples of each of two classes or more: add "
                       "history of the kind that is missing",
                       "分类至少需要两类、且每一类都要有样本：请补充缺少的那一类的历史数据",
                       "labels");
  }
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    if (!complete(rows.row(i))) {
      return Error::make(Code::kInvalidArgument,
                         "row " + std::to_string(i) + " has a missing value: fill or drop it",
                         "第 " + std::to_string(i) + " 行有缺失值：请补全或删除", "rows");
    }
  }
  return {};
}

}  // namespace

Result<LogisticClassifier> LogisticClassifier::fit(const SampleMatrix& rows,
                                                   std::span<const int> labels, int classes,
                                                   double c) {
  MW_CHECK(c > 0);
  MW_TRY(check(rows, labels, classes));
  LogisticClassifier out;
  out.scaling_ = Scaling::of(rows);
  out.classes_ = static_cast<std::size_t>(classes);
  const std::size_t width = rows.columns + 1;
  const std::size_t count = rows.rows();
  std::vector<double> scaled(count * width, 1.0);
  double squares = 0;
  for (std::size_t i = 0; i < count; ++i) {
    out.scaling_.apply(rows.row(i), std::span(scaled).subspan(i * width, rows.columns));
    for (std::size_t j = 0; j < width; ++j)
      squares += scaled[i * width + j] * scaled[i * width + j];
  }
  // The curvature is at most C * |X|^2 / 2 + 1: a step that never overshoots. Nesterov's momentum
  // for the penalty's convexity of 1.
  const double curvature = 0.5 * c * squares + 1.0;
  const double root = std::sqrt(1.0 / curvature);
  const double momentum = (1 - root) / (1 + root);
  const std::size_t size = out.classes_ * width;
  std::vector<double> weights(size, 0.0);
  std::vector<double> ahead(size, 0.0);
  std::vector<double> gradient(size);
  std::vector<double> share(out.classes_);
  for (int step = 0; step < kMostSteps; ++step) {
    for (std::size_t k = 0; k < size; ++k) gradient[k] = k % width == rows.columns ? 0.0 : ahead[k];
    for (std::size_t i = 0; i < count; ++i) {
      const auto row = std::span(scaled).subspan(i * width, width);
      score(ahead, row, share);
      soften(share);
      share[static_cast<std::size_t>(labels[i])] -= 1.0;
      for (std::size_t k = 0; k < out.classes_; ++k) {
        for (std::size_t j = 0; j < width; ++j) gradient[k * width + j] += c * share[k] * row[j];
      }
    }
    double steepest = 0;
    for (std::size_t k = 0; k < size; ++k) {
      const double next = ahead[k] - gradient[k] / curvature;
      ahead[k] = next + momentum * (next - weights[k]);
      weights[k] = next;
      steepest = std::max(steepest, std::abs(gradient[k]));
    }
    if (steepest < kSmallGradient * c * static_cast<double>(count)) break;
  }
  out.weights_ = std::move(weights);
  return out;
}

std::vector<double> LogisticClassifier::probabilities(std::span<const double> row) const {
  std::vector<double> scaled(row.size() + 1, 1.0);
  scaling_.apply(row, std::span(scaled).first(row.size()));
  std::vector<double> out(classes_);
  score(weights_, scaled, out);
  soften(out);
  return out;
}

int LogisticClassifier::predict(std::span<const double> row) const {
  const std::vector<double> share = probabilities(row);
  return static_cast<int>(std::max_element(share.begin(), share.end()) - share.begin());
}

}  // namespace mw::maintenance
