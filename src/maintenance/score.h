#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/language.h"

namespace mw::maintenance {

/// How the rows that a score was counted on were kept apart from those that taught.
enum class Split {
  kRandom,     // rows drawn by chance: neighbours in time stand on both sides, so it flatters
  kTimeBlock,  // runs of rows in the order of time, whole
  kAssetWise,  // all rows of an asset on one side
  kGroupWise,  // all rows of a load, regime or kind on one side
  kGiven,      // the set's own test part, which no choice ever saw
};

struct SplitInfo {
  std::string_view name;  // "asset_wise"
  Text title;             // "asset-wise"
};

const SplitInfo& info(Split split);

/// The least and the greatest figure of single folds, each counted on its own rows.
struct ScoreRange {
  double low = 0;
  double high = 0;
  int64_t folds = 0;
};

/// A figure and what it was counted on, one thing: there is no way to print it without its split.
class Score {
 public:
  /// `metric`: a name such as "rmse_cycles"; `counted`: rows, assets or windows that were scored;
  /// `seeds`: repetitions that `value` is the mean of, at least one.
  Score(std::string metric, double value, Split split, int64_t counted, std::vector<uint64_t> seeds,
        std::optional<ScoreRange> range = std::nullopt);

  const std::string& metric() const { return metric_; }
  double value() const { return value_; }  // to compare with; to print, ask for text or JSON
  Split split() const { return split_; }
  int64_t counted() const { return counted_; }
  /// Nothing where it was counted in one piece.
  const std::optional<ScoreRange>& range() const { return range_; }

  /// "rmse_cycles 12.31 (asset-wise, n = 100, 3 seeds, folds 11.2 to 13.9)"
  std::string to_text(Language language) const;
  /// {"metric", "value", "split", "n", "seeds"}, with a range "low", "high", "folds", too.
  Json to_json() const;

 private:
  std::string metric_;
  double value_;
  Split split_;
  int64_t counted_;
  std::vector<uint64_t> seeds_;
  std::optional<ScoreRange> range_;
};

}  // namespace mw::maintenance
