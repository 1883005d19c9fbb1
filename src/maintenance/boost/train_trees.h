#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>

#include "core/result.h"
#include "maintenance/boost/boosted_trees.h"

namespace mw::maintenance {

struct BoostOptions {
  enum class Aim { kSquaredError, kLogOdds };  // a number; the log odds of a 1
  Aim aim = Aim::kSquaredError;
  int trees = 400;
  double learning_rate = 0.04;
  int leaves = 20;
  double row_share = 0.7;     // of the rows a tree sees
  double column_share = 0.5;  // of the columns a tree sees
  double least_weight = 10;   // of a leaf: rows, for kSquaredError
  double l2 = 1;
  int bins = 64;  // that a column's values are sorted into before
  uint64_t seed = 1;
  std::stop_token stop = {};  // asked before each tree
};

/// Gradient boosting by histograms: XGBoost's, in one thread, so that the same rows, options and
/// seed give the same trees whatever else runs (its sums depend on its thread count; run several
/// trainings beside each other instead, which is safe).
///
/// `rows` N x columns, `answers` N, `weights` N or none. `on_tree` is told how many are made.
/// Errors  kInvalidArgument: no rows; kCancelled: `stop` was requested; kInternal: what XGBoost
/// says. Source  Chen & Guestrin 2016, arXiv:1603.02754.
Result<BoostedTrees> train_trees(const FeatureRows& rows, std::span<const float> answers,
                                 std::span<const float> weights, const BoostOptions& options,
                                 const std::function<void(int trees)>& on_tree = {});

/// What a training that was told to stop answers.
Error training_given_up();

}  // namespace mw::maintenance
