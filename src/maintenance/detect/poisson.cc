#include "maintenance/detect/poisson.h"

#include <algorithm>
#include <cmath>

namespace mw::maintenance {
namespace {

/// Where a function that falls from 1 to 0 over means reaches `share`.
template <class Falling>
double where_it_is(const Falling& falling, double share, double high) {
  double low = 0;
  for (int i = 0; i < 200; ++i) {
    const double middle = 0.5 * (low + high);
    (falling(middle) > share ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

}  // namespace

double poisson_at_most(std::size_t count, double mean) {
  if (mean <= 0) return 1;
  double sum = 0;
  // Terms by their logarithms: means of thousands would underflow exp(-mean).
  for (std::size_t k = 0; k <= count; ++k) {
    const auto n = static_cast<double>(k);
    sum += std::exp(n * std::log(mean) - mean - std::lgamma(n + 1));
  }
  return std::min(sum, 1.0);
}

std::pair<double, double> poisson_interval(std::size_t count, double confidence) {
  const double tail = 0.5 * (1 - confidence);
  const auto seen = static_cast<double>(count);
  const double most = seen + 20 * std::sqrt(seen + 1) + 20;
  const double high =
      where_it_is([&](double mean) { return poisson_at_most(count, mean); }, tail, most);
  if (count == 0) return {0, high};
  const double low =
      where_it_is([&](double mean) { return poisson_at_most(count - 1, mean); }, 1 - tail, most);
  return {low, high};
}

}  // namespace mw::maintenance
