#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/result.h"
#include "maintenance/run_table.h"
#include "maintenance/score.h"

namespace mw::maintenance {

/// Row numbers of a table: what teaches, and what is scored.
struct Fold {
  std::vector<std::size_t> train;
  std::vector<std::size_t> test;
};

struct SplitOptions {
  int folds = 5;
  uint64_t seed = 1;
  int64_t window_rows = 1;                 // how many rows back a row's features look
  std::span<const uint32_t> group_of_row;  // load, regime or kind; for kGroupWise
  std::vector<Split> only;                 // not empty: what splits_of may name
};

/// `options.folds` folds of all rows by `split`:
///   kRandom     rows by chance, failures spread evenly over the folds where there is a label
///   kTimeBlock  the rows of an asset in as many stretches of time; rows that teach and would look
///               into a scored stretch, or be looked into from it, are left out
///   kAssetWise  whole assets by chance
///   kGroupWise  whole groups; as many folds as there are groups, at most `options.folds`
/// Errors  kInvalidArgument: fewer assets or groups than two, fewer rows than folds.
Result<std::vector<Fold>> make_folds(const RunTable& table, Split split,
                                     const SplitOptions& options);

/// Whether nothing of `fold.test` reached `fold.train` that `split` promises to keep apart: a row
/// on both sides, one asset, overlapping windows, one group.
/// Errors  kInvalidArgument that names the asset, group or row.
Result<void> check_apart(const RunTable& table, const Fold& fold, Split split,
                         const SplitOptions& options);

/// The splits that `table` allows, in the order in which a score gets harder.
std::vector<Split> splits_of(const RunTable& table, const SplitOptions& options);

/// A split by which a table is not scored, and why: what teaches would reach what is scored, or
/// there is nothing to keep apart.
struct RefusedSplit {
  Split split = Split::kRandom;
  Text why;
};
/// Of the four, those that splits_of() leaves out for want of times, assets or groups.
std::vector<RefusedSplit> refused_splits(const RunTable& table, const SplitOptions& options);

/// Scores by every split that the table allows, so that the gap between them is seen: `predict`
/// learns from `fold.train` and answers a number for each row of `fold.test`; `metric` judges all
/// scored rows of a seed together, and those of each fold for the score's range. Every fold is
/// checked before it teaches.
struct Metric {
  std::string name;  // "rmse_cycles"
  std::function<double(std::span<const std::size_t> rows, std::span<const double> predictions)> of;
};
using Predictor = std::function<Result<std::vector<double>>(const Fold& fold, uint64_t seed)>;
Result<std::vector<Score>> score_by_splits(const RunTable& table, const SplitOptions& options,
                                           std::span<const uint64_t> seeds,
                                           std::span<const Metric> metrics,
                                           const Predictor& predict);

}  // namespace mw::maintenance
