#include "maintenance/state/change_points.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"
#include "maintenance/detect/detector.h"

namespace mw::maintenance {
namespace {

/// Deviation of the noise, from the median step: 1.4826 / sqrt(2), so that level changes do not
/// count. A column whose most steps are 0 (counts, set points) takes their root mean square.
double noise_of(const std::vector<double>& column) {
  std::vector<double> steps;
  double squares = 0;
  for (std::size_t i = 1; i < column.size(); ++i) {
    steps.push_back(std::abs(column[i] - column[i - 1]));
    squares += steps.back() * steps.back();
  }
  if (steps.empty()) return 1;
  const double rms = std::sqrt(squares / static_cast<double>(steps.size()) / 2);
  const double robust = 1.0484 * quantile(std::move(steps), 0.5);
  if (robust > 0) return robust;
  return rms > 0 ? rms : 1.0;
}

/// Sums up to each row, of every column in units of its noise.
class Costs {
 public:
  explicit Costs(const SampleMatrix& rows) : columns_(rows.columns) {
    sums_.assign((rows.rows() + 1) * columns_, 0.0);
    squares_.assign(rows.rows() + 1, 0.0);
    for (std::size_t j = 0; j < columns_; ++j) {
      std::vector<double> column = rows.column(j);
      double last = 0;
      for (double& each : column) last = each = std::isfinite(each) ? each : last;
      const double noise = noise_of(column);
      const double origin = column.empty() ? 0.0 : column[0];
      for (std::size_t i = 0; i < column.size(); ++i) {
        const double value = (column[i] - origin) / noise;
        sums_[(i + 1) * columns_ + j] = sums_[i * columns_ + j] + value;
        squares_[i + 1] += value * value;
      }
    }
    for (std::size_t i = 1; i < squares_.size(); ++i) squares_[i] += squares_[i - 1];
  }
  /// Squared distance of rows [begin, end) from their mean.
  double of(std::size_t begin, std::size_t end) const {
    double out = squares_[end] - squares_[begin];
    const auto count = static_cast<double>(end - begin);
    for (std::size_t j = 0; j < columns_; ++j) {
      const double sum = sums_[end * columns_ + j] - sums_[begin * columns_ + j];
      out -= sum * sum / count;
    }
    return out;
  }

 private:
  std::size_t columns_;
  std::vector<double> sums_;
  std::vector<double> squares_;
};

}  // namespace

std::vector<std::size_t> change_points(const SampleMatrix& rows, const ChangeOptions& options) {
  MW_CHECK(options.shortest >= 1);
  const std::size_t count = rows.rows();
  if (count < 2 * options.shortest) return {};
  const double penalty = options.penalty > 0 ? options.penalty
                                             : 3 * std::log(static_cast<double>(count)) *
                                                   static_cast<double>(rows.columns);
  const Costs costs(rows);
  std::vector<double> best(count + 1, INFINITY);
  std::vector<std::size_t> from(count + 1, 0);
  best[0] = -penalty;
  std::vector<std::size_t> open = {0};
  for (std::size_t end = options.shortest; end <= count; ++end) {
    for (const std::size_t begin : open) {
      if (end - begin < options.shortest) continue;
      const double cost = best[begin] + costs.of(begin, end) + penalty;
      if (cost < best[end]) {
        best[end] = cost;
        from[end] = begin;
      }
    }
    // What is dearer already without its next change can never lead to the cheapest cut.
    std::erase_if(open, [&](std::size_t begin) {
      return end - begin >= options.shortest && best[begin] + costs.of(begin, end) > best[end];
    });
    if (best[end] < INFINITY) open.push_back(end);
  }
  std::vector<std::size_t> out;
  for (std::size_t end = count; from[end] > 0; end = from[end]) out.push_back(from[end]);
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace mw::maintenance
