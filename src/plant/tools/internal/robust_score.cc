#include "plant/tools/internal/robust_score.h"

#include <algorithm>
#include <cmath>

namespace mw::plant {
namespace {

constexpr std::size_t kFewest = 30;

double median_of(std::vector<double>& values) {
  const std::size_t middle = values.size() / 2;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(middle),
                   values.end());
  const double upper = values[middle];
  if (values.size() % 2 == 1) return upper;
  const double lower =
      *std::max_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(middle));
  return (lower + upper) / 2;
}

}  // namespace

std::optional<RobustScore> robust_score(double x, std::vector<double> history,
                                        double least_spread) {
  if (history.size() < kFewest) return std::nullopt;
  RobustScore score;
  score.median = median_of(history);
  for (double& value : history) value = std::fabs(value - score.median);
  const double spread = std::max(median_of(history), least_spread);
  if (!(spread > 0)) return std::nullopt;
  score.z = 0.6745 * (x - score.median) / spread;
  return score;
}

}  // namespace mw::plant
