#pragma once

#include <cstdint>
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

/// A figure and what it was counted on, one thing: there is no way to print it without its split.
class Score {
 public:
  /// `metric`: a name such as "rmse_cycles"; `counted`: rows, assets or windows that were scored;
  /// `seeds`: repetitions that `value` is the mean of, at least one.
  Score(std::string metric, double value, Split split, int64_t counted,
        std::vector<uint64_t> seeds);

  const std::string& metric() const { return metric_; }
  double value() const { return value_; }  // to compare with; to print, ask for text or JSON
  Split split() const { return split_; }
  int64_t counted() const { return counted_; }

  /// "rmse_cycles 12.31 (asset-wise, n = 100, 3 seeds)"
  std::string to_text(Language language) const;
  /// {"metric", "value", "split", "n", "seeds"}
  Json to_json() const;

 private:
  std::string metric_;
  double value_;
  Split split_;
  int64_t counted_;
  std::vector<uint64_t> seeds_;
};

}  // namespace mw::maintenance
