#include "maintenance/classify/extra_trees.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/check.h"
#include "maintenance/detect/scaling.h"

namespace mw::maintenance {
namespace {

/// SplitMix64: the same draws for a seed on each machine.
class Draws {
 public:
  explicit Draws(uint64_t seed) : state_(seed) {}
  uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }
  double share() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  std::size_t below(std::size_t count) { return next() % count; }

 private:
  uint64_t state_;
};

/// Sum of squares of the classes' counts over how many there are: the higher, the purer.
double purity(const std::vector<double>& counts, double total) {
  double sum = 0;
  for (const double each : counts) sum += each * each;
  return total > 0 ? sum / total : 0.0;
}

}  // namespace

class ExtraTrees::Grower {
 public:
  Grower(const SampleMatrix& rows, std::span<const int> labels, std::size_t classes,
         const ExtraTreesOptions& options, uint64_t seed)
      : rows_(rows), labels_(labels), classes_(classes), options_(options), draws_(seed) {
    members_.resize(rows.rows());
    std::iota(members_.begin(), members_.end(), std::size_t{0});
    tries_ = static_cast<std::size_t>(std::max(1.0, std::sqrt(static_cast<double>(rows.columns))));
  }

  Tree grow() {
    tree_.nodes.emplace_back();
    std::vector<Part> open = {{0, 0, members_.size()}};
    while (!open.empty()) {  // no recursion: a degenerate tree is as deep as there are rows
      const Part part = open.back();
      open.pop_back();
      Cut cut = choose(part);
      if (cut.feature < 0) {
        make_leaf(part);
        continue;
      }
      const auto first = members_.begin() + static_cast<std::ptrdiff_t>(part.begin);
      const auto middle =
          std::stable_partition(first, members_.begin() + static_cast<std::ptrdiff_t>(part.end),
                                [&](std::size_t i) { return value(i, cut.feature) < cut.at; });
      const auto split = static_cast<std::size_t>(middle - members_.begin());
      const auto left = static_cast<uint32_t>(tree_.nodes.size());
      tree_.nodes[part.node] = {cut.feature, cut.at, left, left + 1, 0};
      tree_.nodes.resize(tree_.nodes.size() + 2);
      open.push_back({left + 1, split, part.end});
      open.push_back({left, part.begin, split});
    }
    return std::move(tree_);
  }

 private:
  struct Part {
    uint32_t node;
    std::size_t begin;
    std::size_t end;
  };
  struct Cut {
    int feature = -1;
    double at = 0;
    double purity = 0;
  };

  double value(std::size_t row, int feature) const {
    return rows_.values[row * rows_.columns + static_cast<std::size_t>(feature)];
  }
  std::vector<double> counts(std::size_t begin, std::size_t end) const {
    std::vector<double> out(classes_, 0.0);
    for (std::size_t i = begin; i < end; ++i) ++out[static_cast<std::size_t>(labels_[members_[i]])];
    return out;
  }
  void make_leaf(const Part& part) {
    tree_.nodes[part.node].shares = static_cast<uint32_t>(tree_.shares.size());
    for (const double each : counts(part.begin, part.end)) {
      tree_.shares.push_back(each / static_cast<double>(part.end - part.begin));
    }
  }
  Cut choose(const Part& part) {
    Cut best;
    const std::size_t size = part.end - part.begin;
    const std::vector<double> all = counts(part.begin, part.end);
    const bool pure = *std::max_element(all.begin(), all.end()) == static_cast<double>(size);
    if (pure || size < 2 * options_.fewest_in_leaf) return best;
    for (std::size_t i = 0; i < tries_; ++i) {
      const auto feature = static_cast<int>(draws_.below(rows_.columns));
      double low = INFINITY;
      double high = -INFINITY;
      for (std::size_t k = part.begin; k < part.end; ++k) {
        low = std::min(low, value(members_[k], feature));
        high = std::max(high, value(members_[k], feature));
      }
      const double at = low + draws_.share() * (high - low);
      if (!(at > low)) continue;
      std::vector<double> left(classes_, 0.0);
      double left_size = 0;
      for (std::size_t k = part.begin; k < part.end; ++k) {
        if (value(members_[k], feature) >= at) continue;
        ++left[static_cast<std::size_t>(labels_[members_[k]])];
        ++left_size;
      }
      const double right_size = static_cast<double>(size) - left_size;
      const auto fewest = static_cast<double>(options_.fewest_in_leaf);
      if (left_size < fewest || right_size < fewest) continue;
      std::vector<double> right = all;
      for (std::size_t c = 0; c < classes_; ++c) right[c] -= left[c];
      const double found = purity(left, left_size) + purity(right, right_size);
      if (found > best.purity) best = {feature, at, found};
    }
    return best;
  }

  const SampleMatrix& rows_;
  std::span<const int> labels_;
  std::size_t classes_;
  const ExtraTreesOptions& options_;
  Draws draws_;
  std::size_t tries_ = 1;
  std::vector<std::size_t> members_;
  Tree tree_;
};

Result<ExtraTrees> ExtraTrees::fit(const SampleMatrix& rows, std::span<const int> labels,
                                   int classes, const ExtraTreesOptions& options,
                                   ThreadPool& pool) {
  MW_CHECK(classes >= 1 && labels.size() == rows.rows() && options.trees >= 1);
  const bool one_class = labels.empty() || std::all_of(labels.begin(), labels.end(), [&](int each) {
                           return each == labels.front();
                         });
  if (one_class) {
    return Error::make(Code::kInvalidArgument,
                       "telling classes apart needs examples of two of them or more: the history "
                       "holds one class only",
                       "分类至少需要两类样本：历史数据中只有一类", "labels");
  }
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    if (!complete(rows.row(i))) {
      return Error::make(Code::kInvalidArgument,
                         "row " + std::to_string(i) + " has a missing value: fill or drop it",
                         "第 " + std::to_string(i) + " 行有缺失值：请补全或删除", "rows");
    }
  }
  ExtraTrees out;
  out.classes_ = static_cast<std::size_t>(classes);
  out.trees_.resize(static_cast<std::size_t>(options.trees));
  pool.run(options.trees, [&](int tree) {
    const auto index = static_cast<std::size_t>(tree);
    const uint64_t seed = options.seed * 0x9e3779b97f4a7c15U + index * 0xd1342543de82ef95U;
    out.trees_[index] = Grower(rows, labels, out.classes_, options, seed).grow();
  });
  return out;
}

std::vector<double> ExtraTrees::probabilities(std::span<const double> row) const {
  std::vector<double> out(classes_, 0.0);
  for (const Tree& tree : trees_) {
    uint32_t at = 0;
    while (tree.nodes[at].feature >= 0) {
      const Node& node = tree.nodes[at];
      at = row[static_cast<std::size_t>(node.feature)] < node.cut ? node.left : node.right;
    }
    for (std::size_t c = 0; c < classes_; ++c) out[c] += tree.shares[tree.nodes[at].shares + c];
  }
  for (double& each : out) each /= static_cast<double>(trees_.size());
  return out;
}

int ExtraTrees::predict(std::span<const double> row) const {
  const std::vector<double> share = probabilities(row);
  return static_cast<int>(std::max_element(share.begin(), share.end()) - share.begin());
}

}  // namespace mw::maintenance
