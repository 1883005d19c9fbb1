#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/result.h"
#include "core/thread_pool.h"
#include "maintenance/detect/sample_matrix.h"

namespace mw::maintenance {

struct ExtraTreesOptions {
  int trees = 200;
  std::size_t fewest_in_leaf = 3;
  uint64_t seed = 1;
};

/// Extremely randomised trees: each node tries the root of the number of features, each at one cut
/// drawn by chance, and keeps the one that leaves the classes purest (Gini). Hard to overfit and
/// quick to teach, for features that are many and tied together.
///
/// Threads  trees are shared over the pool; each has a seed of its own, so the forest does not
///          depend on the number of threads.
/// Source   Geurts, Ernst & Wehenkel 2006.
class ExtraTrees {
 public:
  /// `labels` 0 to classes - 1.
  /// Errors   invalid_argument: one class only, or a row with a missing value.
  static Result<ExtraTrees> fit(const SampleMatrix& rows, std::span<const int> labels, int classes,
                                const ExtraTreesOptions& options, ThreadPool& pool);

  /// Mean of the trees' leaves, of each class.
  std::vector<double> probabilities(std::span<const double> row) const;
  int predict(std::span<const double> row) const;

 private:
  struct Node {
    int feature = -1;  // -1: a leaf
    double cut = 0;    // below it: left
    uint32_t left = 0;
    uint32_t right = 0;
    uint32_t shares = 0;  // of a leaf: where its classes' shares begin
  };
  struct Tree {
    std::vector<Node> nodes;
    std::vector<double> shares;
  };
  class Grower;

  std::size_t classes_ = 0;
  std::vector<Tree> trees_;
};

}  // namespace mw::maintenance
