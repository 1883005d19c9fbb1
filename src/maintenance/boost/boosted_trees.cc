#include "maintenance/boost/boosted_trees.h"

#include <cmath>
#include <utility>

#include "core/check.h"

namespace mw::maintenance {
namespace {

constexpr std::size_t kMostNodes = 100'000;
constexpr std::size_t kMostTrees = 100'000;

Error corrupt(const std::string& what) {
  return Error::make(Code::kCorrupt, "the model's trees are damaged: " + what + "; train it again",
                     "模型的决策树已损坏：" + what + "；请重新训练");
}

/// Children stand after their parent, so one pass from the back suffices.
std::vector<double> node_means(const BoostedTrees::Tree& tree) {
  std::vector<double> means(tree.value.size());
  for (std::size_t node = means.size(); node-- > 0;) {
    if (tree.left[node] < 0) {
      means[node] = tree.value[node];
      continue;
    }
    const auto left = static_cast<std::size_t>(tree.left[node]);
    const auto right = static_cast<std::size_t>(tree.right[node]);
    const double cover = double{tree.cover[left]} + double{tree.cover[right]};
    means[node] =
        cover > 0
            ? (means[left] * double{tree.cover[left]} + means[right] * double{tree.cover[right]}) /
                  cover
            : (means[left] + means[right]) / 2;
  }
  return means;
}

std::size_t next_node(const BoostedTrees::Tree& tree, std::size_t node,
                      std::span<const float> row) {
  const float value = row[static_cast<std::size_t>(tree.column[node])];
  const bool left = std::isnan(value) ? tree.missing_left[node] != 0 : value < tree.threshold[node];
  return static_cast<std::size_t>(left ? tree.left[node] : tree.right[node]);
}

template <class T>
Result<std::vector<T>> numbers(const Json& object, const char* key) {
  const auto at = object.find(key);
  if (at == object.end() || !at->is_array() || at->size() > kMostNodes) {
    return corrupt(std::string("no list '") + key + "'");
  }
  std::vector<T> out;
  out.reserve(at->size());
  for (const Json& each : *at) {
    if (!each.is_number()) return corrupt(std::string("'") + key + "' holds no numbers");
    const double value = each.get<double>();
    if (!(std::abs(value) <= 1e30)) return corrupt(std::string("'") + key + "' is out of range");
    if constexpr (std::is_integral_v<T>) {
      if (value != std::floor(value) || value < -1 || value > 2e6) {
        return corrupt(std::string("'") + key + "' is out of range");
      }
    }
    out.push_back(static_cast<T>(value));
  }
  return out;
}

Result<BoostedTrees::Tree> tree_from(const Json& json, std::size_t columns) {
  if (!json.is_object()) return corrupt("a tree is no object");
  BoostedTrees::Tree tree;
  MW_ASSIGN(tree.column, numbers<int32_t>(json, "column"));
  MW_ASSIGN(tree.left, numbers<int32_t>(json, "left"));
  MW_ASSIGN(tree.right, numbers<int32_t>(json, "right"));
  MW_ASSIGN(tree.threshold, numbers<float>(json, "threshold"));
  MW_ASSIGN(tree.value, numbers<float>(json, "value"));
  MW_ASSIGN(tree.cover, numbers<float>(json, "cover"));
  MW_ASSIGN(const std::vector<int32_t> missing, numbers<int32_t>(json, "missing_left"));
  const std::size_t nodes = tree.column.size();
  for (const std::size_t size : {tree.left.size(), tree.right.size(), tree.threshold.size(),
                                 tree.value.size(), tree.cover.size(), missing.size()}) {
    if (size != nodes || nodes == 0) return corrupt("lists of different lengths");
  }
  for (std::size_t node = 0; node < nodes; ++node) {
    tree.missing_left.push_back(missing[node] == 1 ? 1 : 0);
    if (tree.cover[node] < 0) return corrupt("a negative cover");
    if (tree.left[node] < 0 && tree.right[node] < 0) continue;
    const auto parent = static_cast<int64_t>(node);
    const auto count = static_cast<int64_t>(nodes);
    if (tree.left[node] <= parent || tree.right[node] <= parent || tree.left[node] >= count ||
        tree.right[node] >= count) {
      return corrupt("a child is not after its parent");
    }
    if (tree.column[node] < 0 || static_cast<std::size_t>(tree.column[node]) >= columns) {
      return corrupt("a column that is none");
    }
  }
  return tree;
}

}  // namespace

BoostedTrees::BoostedTrees(double base, std::size_t columns, std::vector<Tree> trees)
    : base_(base), columns_(columns), trees_(std::move(trees)) {
  for (const Tree& tree : trees_) means_.push_back(node_means(tree));
}

double BoostedTrees::predict(std::span<const float> row) const {
  MW_CHECK_EQ(row.size(), columns_);
  double sum = base_;
  for (const Tree& tree : trees_) {
    std::size_t node = 0;
    while (tree.left[node] >= 0) node = next_node(tree, node, row);
    sum += double{tree.value[node]};
  }
  return sum;
}

std::vector<double> BoostedTrees::contributions(std::span<const float> row) const {
  MW_CHECK_EQ(row.size(), columns_);
  std::vector<double> out(columns_ + 1, 0.0);
  out[0] = base_;
  for (std::size_t i = 0; i < trees_.size(); ++i) {
    const Tree& tree = trees_[i];
    out[0] += means_[i][0];
    for (std::size_t node = 0; tree.left[node] >= 0;) {
      const std::size_t next = next_node(tree, node, row);
      out[static_cast<std::size_t>(tree.column[node]) + 1] += means_[i][next] - means_[i][node];
      node = next;
    }
  }
  return out;
}

Json BoostedTrees::to_json() const {
  Json out = {{"base", base_}, {"columns", columns_}};
  Json& trees = out["trees"] = Json::array();
  for (const Tree& tree : trees_) {
    trees.push_back({{"column", tree.column},
                     {"threshold", tree.threshold},
                     {"left", tree.left},
                     {"right", tree.right},
                     {"missing_left", tree.missing_left},
                     {"value", tree.value},
                     {"cover", tree.cover}});
  }
  return out;
}

Result<BoostedTrees> BoostedTrees::from_json(const Json& json) {
  if (!json.is_object()) return corrupt("no object");
  MW_ASSIGN(const double base, json_number(json, "base", 0));
  MW_ASSIGN(const int64_t columns, json_integer(json, "columns", 0));
  if (columns < 1 || columns > 1'000'000 || !(std::abs(base) <= 1e30)) {
    return corrupt("'columns' or 'base' is out of range");
  }
  const auto listed = json.find("trees");
  if (listed == json.end() || !listed->is_array() || listed->size() > kMostTrees) {
    return corrupt("no list 'trees'");
  }
  std::vector<Tree> trees;
  for (const Json& each : *listed) {
    MW_ASSIGN(Tree tree, tree_from(each, static_cast<std::size_t>(columns)));
    trees.push_back(std::move(tree));
  }
  return BoostedTrees(base, static_cast<std::size_t>(columns), std::move(trees));
}

double logistic(double log_odds) { return 1 / (1 + std::exp(-log_odds)); }

}  // namespace mw::maintenance
