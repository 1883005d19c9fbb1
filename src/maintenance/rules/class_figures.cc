#include "maintenance/rules/class_figures.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "core/check.h"

namespace mw::maintenance {
namespace {

double share(double part, double whole) { return whole > 0 ? part / whole : 0; }

}  // namespace

double ClassFigures::precision() const {
  return share(static_cast<double>(hits), static_cast<double>(hits + false_alarms));
}

double ClassFigures::recall() const {
  return share(static_cast<double>(hits), static_cast<double>(hits + misses));
}

double ClassFigures::f1() const {
  return share(2 * static_cast<double>(hits),
               static_cast<double>(2 * hits + false_alarms + misses));
}

double ClassFigures::matthews() const {
  const auto tp = static_cast<double>(hits), fp = static_cast<double>(false_alarms),
             fn = static_cast<double>(misses), tn = static_cast<double>(quiet);
  return share(tp * tn - fp * fn, std::sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)));
}

ClassFigures figures_of(std::span<const double> decisions, std::span<const double> answers) {
  MW_CHECK_EQ(decisions.size(), answers.size());
  ClassFigures out;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const bool said = decisions[i] != 0, failed = answers[i] != 0;
    ++(said ? (failed ? out.hits : out.false_alarms) : (failed ? out.misses : out.quiet));
  }
  return out;
}

double average_precision(std::span<const double> ranks, std::span<const double> answers) {
  MW_CHECK_EQ(ranks.size(), answers.size());
  std::vector<std::size_t> order(ranks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return ranks[a] > ranks[b]; });
  double failures = 0, sum = 0;
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    double more = 0;
    for (; end < order.size() && ranks[order[end]] == ranks[order[begin]]; ++end) {
      more += answers[order[end]] != 0 ? 1 : 0;
    }
    failures += more;
    sum += more * failures / static_cast<double>(end);
    begin = end;
  }
  return share(sum, failures);
}

}  // namespace mw::maintenance
