#include "runtime/bit_plan.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>

#include "core/check.h"

namespace mw::runtime {
namespace {

using Options = std::vector<TypeOption>;

/// Indices of the options on the lower hull, from the largest to the smallest.
std::vector<std::size_t> hull_of(const Options& options) {
  std::vector<std::size_t> order(options.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (options[a].bytes != options[b].bytes) return options[a].bytes < options[b].bytes;
    return options[a].loss < options[b].loss;
  });
  std::vector<std::size_t> hull;  // from the smallest
  const auto slope = [&](std::size_t from, std::size_t to) {
    return (options[from].loss - options[to].loss) /
           static_cast<double>(options[to].bytes - options[from].bytes);
  };
  for (const std::size_t each : order) {
    if (!hull.empty() && options[each].loss >= options[hull.back()].loss) continue;
    while (hull.size() >= 2 &&
           slope(hull[hull.size() - 2], hull.back()) <= slope(hull.back(), each)) {
      hull.pop_back();
    }
    hull.push_back(each);
  }
  std::reverse(hull.begin(), hull.end());
  return hull;
}

Error too_small(uint64_t least, uint64_t budget) {
  return Error::make(Code::kInvalidArgument,
                     "the budget leaves " + std::to_string(budget) +
                         " bytes for the matrices, the smallest types take " +
                         std::to_string(least) + ": raise --budget or allow smaller --types",
                     "预算给矩阵留下 " + std::to_string(budget) + " 字节，最小的类型需要 " +
                         std::to_string(least) + " 字节：请提高 --budget 或允许更小的 --types",
                     "budget");
}

uint64_t bytes_of(std::span<const Options> tensors, const std::vector<std::size_t>& chosen) {
  uint64_t bytes = 0;
  for (std::size_t i = 0; i < tensors.size(); ++i) bytes += tensors[i][chosen[i]].bytes;
  return bytes;
}

/// Spends what is left where it saves most a byte; returns whether it found something.
bool buy_back(std::span<const Options> tensors, uint64_t left, std::vector<std::size_t>& chosen) {
  double best = 0;
  std::size_t best_tensor = 0;
  std::size_t best_option = 0;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const TypeOption& now = tensors[i][chosen[i]];
    for (std::size_t k = 0; k < tensors[i].size(); ++k) {
      const TypeOption& other = tensors[i][k];
      if (other.loss >= now.loss) continue;
      const uint64_t more = other.bytes > now.bytes ? other.bytes - now.bytes : 0;
      if (more > left) continue;
      const double gain =
          (now.loss - other.loss) / static_cast<double>(std::max<uint64_t>(more, 1));
      if (gain <= best) continue;
      best = gain;
      best_tensor = i;
      best_option = k;
    }
  }
  if (best > 0) chosen[best_tensor] = best_option;
  return best > 0;
}

}  // namespace

Result<std::vector<std::size_t>> plan_bits(std::span<const Options> tensors, uint64_t budget) {
  std::vector<std::vector<std::size_t>> hulls;
  std::vector<std::size_t> at(tensors.size(), 0);  // in the hull
  std::vector<std::size_t> chosen(tensors.size());
  uint64_t least = 0;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    MW_CHECK(!tensors[i].empty());
    hulls.push_back(hull_of(tensors[i]));
    chosen[i] = hulls[i].front();
    least += tensors[i][hulls[i].back()].bytes;
  }
  if (least > budget) return too_small(least, budget);
  while (bytes_of(tensors, chosen) > budget) {
    double best = std::numeric_limits<double>::infinity();
    std::optional<std::size_t> step;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      if (at[i] + 1 == hulls[i].size()) continue;
      const TypeOption& now = tensors[i][hulls[i][at[i]]];
      const TypeOption& next = tensors[i][hulls[i][at[i] + 1]];
      const double cost = (next.loss - now.loss) / static_cast<double>(now.bytes - next.bytes);
      if (cost >= best) continue;
      best = cost;
      step = i;
    }
    MW_CHECK(step.has_value());
    ++at[*step];
    chosen[*step] = hulls[*step][at[*step]];
  }
  while (buy_back(tensors, budget - bytes_of(tensors, chosen), chosen)) {
  }
  return chosen;
}

}  // namespace mw::runtime
