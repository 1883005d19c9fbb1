#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "maintenance/boost/feature_rows.h"

namespace mw::maintenance {

/// A sum of decision trees: what gradient boosting learnt, held and run by ourselves, so that a
/// stored model needs no library, is checked when it is read, and gives the same bits everywhere
/// (ADR 0120).
class BoostedTrees {
 public:
  /// Node 0 is the root. A leaf has no children (-1) and `value` is what it adds; elsewhere a row
  /// goes left where its `column` is below `threshold`, and as `missing_left` says without a value.
  struct Tree {
    std::vector<int32_t> column, left, right;
    std::vector<float> threshold, value, cover;  // cover: the weight of rows that came through
    std::vector<uint8_t> missing_left;
  };

  BoostedTrees() = default;
  BoostedTrees(double base, std::size_t columns, std::vector<Tree> trees);

  std::size_t columns() const { return columns_; }
  std::size_t trees() const { return trees_.size(); }

  /// base + one leaf a tree, added in the order of the trees in f64. Of a classification this is
  /// the log odds. `row` has columns() numbers.
  double predict(std::span<const float> row) const;

  /// What each column added to predict(row) over what a row without knowledge gets, which comes
  /// first: columns() + 1 numbers whose sum is predict(row). By the means of the nodes on the way
  /// (Saabas 2014), not by Shapley values.
  std::vector<double> contributions(std::span<const float> row) const;

  /// Format: docs/formats/maintenance_model.md.
  Json to_json() const;
  /// Errors  kCorrupt: children out of bounds or not after their parent, a column that is none,
  ///         lists of different length, more than 100,000 nodes a tree.
  static Result<BoostedTrees> from_json(const Json& json);

 private:
  double base_ = 0;
  std::size_t columns_ = 0;
  std::vector<Tree> trees_;
  std::vector<std::vector<double>> means_;  // of each node, by cover
};

double logistic(double log_odds);

}  // namespace mw::maintenance
