#include "maintenance/remaining_life/life_bands.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/check.h"
#include "maintenance/data/json_lists.h"

namespace mw::maintenance {
namespace {

constexpr std::size_t kSteps = 25;
constexpr std::size_t kFewestPoints = 100;
constexpr double kNeighbourShare = 0.1;

/// The `count` points whose prediction is nearest to `at`: sorted by prediction, they stand
/// together. First of them.
std::size_t nearest_run(const std::vector<double>& sorted, double at, std::size_t count) {
  const auto middle = std::lower_bound(sorted.begin(), sorted.end(), at) - sorted.begin();
  std::size_t first = static_cast<std::size_t>(middle);
  first = std::min(first - std::min(first, count), sorted.size() - count);
  while (first + count < sorted.size() &&
         std::abs(sorted[first + count] - at) < std::abs(sorted[first] - at)) {
    ++first;
  }
  return first;
}

}  // namespace

Result<LifeBands> LifeBands::fit(std::span<const double> predicted, std::span<const double> actual,
                                 int64_t assets, double cap, double level) {
  MW_CHECK_EQ(predicted.size(), actual.size());
  MW_CHECK(assets > 0 && cap > 0 && level > 0 && level < 1);
  const std::size_t points = predicted.size();
  if (points < kFewestPoints) {
    return Error::make(
        Code::kInvalidArgument,
        std::to_string(points) +
            " held-out rows are too few to say how far off "
            "predictions are: at least 100 are needed",
        "留出的 " + std::to_string(points) + " 行不足以判断预测误差：至少需要 100 行");
  }
  std::vector<std::size_t> order(points);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return predicted[a] < predicted[b]; });
  std::vector<double> sorted;
  for (const std::size_t at : order) sorted.push_back(predicted[at]);
  const std::size_t near = std::min(
      points, std::max(kFewestPoints,
                       static_cast<std::size_t>(kNeighbourShare * static_cast<double>(points))));
  // Rows of one asset are no evidence of their own: the finite-sample share counts assets.
  const double share = std::min(1.0, level * (1 + 1 / static_cast<double>(assets)));
  const auto inside = static_cast<std::size_t>(std::ceil(share * static_cast<double>(near)));
  LifeBands bands;
  bands.cap_ = cap;
  bands.level_ = level;
  for (std::size_t step = 0; step <= kSteps; ++step) {
    const double at = cap * static_cast<double>(step) / static_cast<double>(kSteps);
    const std::size_t first = nearest_run(sorted, at, near);
    std::vector<double> off;
    for (std::size_t i = first; i < first + near; ++i) {
      off.push_back(actual[order[i]] - predicted[order[i]]);
    }
    std::sort(off.begin(), off.end());
    std::size_t best = 0;
    for (std::size_t i = 0; i + inside <= off.size(); ++i) {
      if (off[i + inside - 1] - off[i] < off[best + inside - 1] - off[best]) best = i;
    }
    bands.below_.push_back(off[best]);
    bands.above_.push_back(off[best + inside - 1]);
  }
  return bands;
}

LifeBands::Range LifeBands::around(double prediction) const {
  const double place = std::clamp(prediction / cap_, 0.0, 1.0) * static_cast<double>(kSteps);
  const auto at = std::min(static_cast<std::size_t>(place), kSteps - 1);
  const double part = place - static_cast<double>(at);
  const double below = below_[at] * (1 - part) + below_[at + 1] * part;
  const double above = above_[at] * (1 - part) + above_[at + 1] * part;
  return {std::clamp(prediction + below, 0.0, cap_), std::clamp(prediction + above, 0.0, cap_)};
}

Json LifeBands::to_json() const {
  return {{"cap", cap_}, {"level", level_}, {"below", below_}, {"above", above_}};
}

Result<LifeBands> LifeBands::from_json(const Json& json) {
  LifeBands bands;
  MW_ASSIGN(bands.cap_, json_number(json, "cap", 0));
  MW_ASSIGN(bands.level_, json_number(json, "level", 0));
  MW_ASSIGN(bands.below_, json_numbers(json, "below", kSteps + 1));
  MW_ASSIGN(bands.above_, json_numbers(json, "above", kSteps + 1));
  if (!(bands.cap_ > 0) || !(bands.cap_ < 1e12) || !(bands.level_ > 0) || !(bands.level_ < 1) ||
      bands.below_.size() != kSteps + 1 || bands.above_.size() != kSteps + 1) {
    return damaged_model("its interval does not fit together");
  }
  return bands;
}

}  // namespace mw::maintenance
