#include "maintenance/splits.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/check.h"
#include "maintenance/data/shuffle.h"

namespace mw::maintenance {
namespace {

Error too_few(std::string en, std::string zh) {
  return Error::make(Code::kInvalidArgument, std::move(en), std::move(zh));
}

std::vector<uint32_t> groups_of(std::span<const uint32_t> group_of_row) {
  std::vector<uint32_t> groups(group_of_row.begin(), group_of_row.end());
  std::sort(groups.begin(), groups.end());
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  return groups;
}

/// Folds from the number of the fold in which each row is scored.
std::vector<Fold> folds_from(std::span<const int> fold_of_row, int count) {
  std::vector<Fold> folds(static_cast<std::size_t>(count));
  for (std::size_t row = 0; row < fold_of_row.size(); ++row) {
    for (int fold = 0; fold < count; ++fold) {
      Fold& each = folds[static_cast<std::size_t>(fold)];
      (fold_of_row[row] == fold ? each.test : each.train).push_back(row);
    }
  }
  return folds;
}

std::vector<int> random_rows(const RunTable& table, const SplitOptions& options) {
  std::vector<int> fold_of_row(table.rows());
  int next[2] = {0, 0};  // of rows without and with a failure, each dealt out in turn
  for (const std::size_t row : shuffled(table.rows(), options.seed)) {
    const std::size_t kind = table.label && table.label->values[row] == 1 ? 1 : 0;
    fold_of_row[row] = next[kind]++ % options.folds;
  }
  return fold_of_row;
}

std::vector<int> whole_assets(const RunTable& table, const SplitOptions& options, int count) {
  std::vector<int> fold_of_asset(table.assets.size());
  int next = 0;
  for (const std::size_t asset : shuffled(table.assets.size(), options.seed)) {
    fold_of_asset[asset] = next++ % count;
  }
  std::vector<int> fold_of_row(table.rows());
  for (std::size_t row = 0; row < table.rows(); ++row) {
    fold_of_row[row] = fold_of_asset[table.asset_of_row[row]];
  }
  return fold_of_row;
}

std::vector<int> whole_groups(const RunTable& table, const SplitOptions& options,
                              const std::vector<uint32_t>& groups, int count) {
  const std::vector<std::size_t> order = shuffled(groups.size(), options.seed);
  std::vector<int> fold_of_group(groups.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    fold_of_group[order[i]] = static_cast<int>(i) % count;
  }
  std::vector<int> fold_of_row(table.rows());
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto at = std::lower_bound(groups.begin(), groups.end(), options.group_of_row[row]);
    fold_of_row[row] = fold_of_group[static_cast<std::size_t>(at - groups.begin())];
  }
  return fold_of_row;
}

/// Rows of an asset stand together in time; without assets the whole table is one history.
std::pair<std::size_t, std::size_t> history_of(const RunTable& table, std::size_t row) {
  if (!table.has_assets) return {0, table.rows()};
  return table.rows_of(table.asset_of_row[row]);
}

std::vector<Fold> time_blocks(const RunTable& table, const SplitOptions& options) {
  std::vector<int> fold_of_row(table.rows());
  for (std::size_t row = 0; row < table.rows();) {
    const auto [first, last] = history_of(table, row);
    for (; row < last; ++row) {
      fold_of_row[row] = static_cast<int>((row - first) * static_cast<std::size_t>(options.folds) /
                                          (last - first));
    }
  }
  std::vector<Fold> folds = folds_from(fold_of_row, options.folds);
  const auto reach = static_cast<std::size_t>(std::max<int64_t>(options.window_rows - 1, 0));
  for (int number = 0; number < options.folds; ++number) {
    Fold& fold = folds[static_cast<std::size_t>(number)];
    std::erase_if(fold.train, [&](std::size_t row) {
      const auto [first, last] = history_of(table, row);
      const std::size_t from = row - std::min(reach, row - first);
      const std::size_t to = std::min(row + reach + 1, last);
      return std::find(fold_of_row.begin() + static_cast<std::ptrdiff_t>(from),
                       fold_of_row.begin() + static_cast<std::ptrdiff_t>(to),
                       number) != fold_of_row.begin() + static_cast<std::ptrdiff_t>(to);
    });
  }
  return folds;
}

}  // namespace

Result<std::vector<Fold>> make_folds(const RunTable& table, Split split,
                                     const SplitOptions& options) {
  MW_CHECK(options.folds >= 2 && split != Split::kGiven);
  if (table.rows() < static_cast<std::size_t>(options.folds)) {
    return too_few(
        std::to_string(table.rows()) + " rows cannot be split into " +
            std::to_string(options.folds) + " parts",
        std::to_string(table.rows()) + " 行无法分成 " + std::to_string(options.folds) + " 份");
  }
  if (split == Split::kRandom) {
    return folds_from(random_rows(table, options), options.folds);
  }
  if (split == Split::kTimeBlock) return time_blocks(table, options);
  if (split == Split::kAssetWise) {
    if (table.assets.size() < 2) {
      return too_few("an asset-wise split needs at least two assets", "按设备划分至少需要两台设备");
    }
    const int count = std::min(options.folds, static_cast<int>(table.assets.size()));
    return folds_from(whole_assets(table, options, count), count);
  }
  MW_CHECK_EQ(options.group_of_row.size(), table.rows());
  const std::vector<uint32_t> groups = groups_of(options.group_of_row);
  if (groups.size() < 2) {
    return too_few("a group-wise split needs at least two groups", "按工况组划分至少需要两组");
  }
  const int count = std::min(options.folds, static_cast<int>(groups.size()));
  return folds_from(whole_groups(table, options, groups, count), count);
}

Result<void> check_apart(const RunTable& table, const Fold& fold, Split split,
                         const SplitOptions& options) {
  std::vector<uint8_t> taught(table.rows(), 0);
  for (const std::size_t row : fold.train) taught[row] = 1;
  std::vector<uint8_t> asset_taught(table.assets.size(), 0);
  for (const std::size_t row : fold.train) asset_taught[table.asset_of_row[row]] = 1;
  std::vector<uint32_t> group_taught;
  if (split == Split::kGroupWise) {
    for (const std::size_t row : fold.train) group_taught.push_back(options.group_of_row[row]);
    group_taught = groups_of(group_taught);
  }
  const auto reach = static_cast<std::size_t>(std::max<int64_t>(options.window_rows - 1, 0));
  for (const std::size_t row : fold.test) {
    const std::string& asset = table.assets[table.asset_of_row[row]];
    const std::string number = std::to_string(row + 1);
    if (taught[row] != 0) {
      return too_few("row " + number + " teaches and is scored",
                     "第 " + number + " 行既训练又评估");
    }
    if (split == Split::kAssetWise && asset_taught[table.asset_of_row[row]] != 0) {
      return too_few("asset '" + asset + "' teaches and is scored",
                     "设备“" + asset + "”既训练又评估");
    }
    if (split == Split::kGroupWise &&
        std::binary_search(group_taught.begin(), group_taught.end(), options.group_of_row[row])) {
      const std::string group = std::to_string(options.group_of_row[row]);
      return too_few("group " + group + " teaches and is scored", "组 " + group + " 既训练又评估");
    }
    if (split != Split::kTimeBlock) continue;
    const auto [first, last] = history_of(table, row);
    const std::size_t from = row - std::min(reach, row - first);
    const std::size_t to = std::min(row + reach + 1, last);
    for (std::size_t near = from; near < to; ++near) {
      if (taught[near] == 0) continue;
      return too_few("the windows of rows " + std::to_string(near + 1) + ", which teaches, and " +
                         number + ", which is scored, overlap",
                     "训练行 " + std::to_string(near + 1) + " 与评估行 " + number + " 的窗口重叠");
    }
  }
  return {};
}

std::vector<Split> splits_of(const RunTable& table, const SplitOptions& options) {
  std::vector<Split> splits = {Split::kRandom};
  if (!table.time_name.empty() || table.has_assets) splits.push_back(Split::kTimeBlock);
  if (table.has_assets && table.assets.size() > 1) splits.push_back(Split::kAssetWise);
  if (groups_of(options.group_of_row).size() > 1) splits.push_back(Split::kGroupWise);
  std::erase_if(splits, [&](Split split) {
    return !options.only.empty() &&
           std::find(options.only.begin(), options.only.end(), split) == options.only.end();
  });
  return splits;
}

std::vector<RefusedSplit> refused_splits(const RunTable& table, const SplitOptions& options) {
  const std::vector<Split> done = splits_of(table, options);
  std::vector<RefusedSplit> out;
  const auto refuse = [&](Split split, const char* en, const char* zh) {
    if (std::find(done.begin(), done.end(), split) == done.end()) out.push_back({split, {en, zh}});
  };
  refuse(Split::kTimeBlock, "its rows are in no order of time", "数据行没有时间顺序");
  refuse(Split::kAssetWise, "its rows are of no named assets, or of a single one",
         "数据行未指明设备，或只属于一台设备");
  refuse(Split::kGroupWise, "there is no load, regime or kind with two values to keep apart",
         "没有可区分的负载、工况或类别");
  return out;
}

namespace {

/// Widens a range by what a metric says of each fold; a fold that it says nothing of is left out.
struct RangeOfFolds {
  ScoreRange range;
  void take(double value) {
    if (!std::isfinite(value)) return;
    range.low = range.folds == 0 ? value : std::min(range.low, value);
    range.high = range.folds == 0 ? value : std::max(range.high, value);
    ++range.folds;
  }
  std::optional<ScoreRange> known() const {
    return range.folds >= 2 ? std::optional(range) : std::nullopt;
  }
};

}  // namespace

Result<std::vector<Score>> score_by_splits(const RunTable& table, const SplitOptions& options,
                                           std::span<const uint64_t> seeds,
                                           std::span<const Metric> metrics,
                                           const Predictor& predict) {
  MW_CHECK(!seeds.empty());
  std::vector<Score> scores;
  for (const Split split : splits_of(table, options)) {
    std::vector<double> sums(metrics.size(), 0.0);
    std::vector<RangeOfFolds> ranges(metrics.size());
    int64_t counted = 0;
    for (const uint64_t seed : seeds) {
      SplitOptions mine = options;
      mine.seed = seed;
      MW_ASSIGN(const std::vector<Fold> folds, make_folds(table, split, mine));
      std::vector<std::size_t> rows;
      std::vector<double> predictions;
      for (const Fold& fold : folds) {
        MW_TRY(check_apart(table, fold, split, mine));
        if (fold.train.empty() || fold.test.empty()) continue;
        MW_ASSIGN(const std::vector<double> answers, predict(fold, seed));
        MW_CHECK_EQ(answers.size(), fold.test.size());
        for (std::size_t i = 0; i < metrics.size(); ++i) {
          ranges[i].take(metrics[i].of(fold.test, answers));
        }
        rows.insert(rows.end(), fold.test.begin(), fold.test.end());
        predictions.insert(predictions.end(), answers.begin(), answers.end());
      }
      counted = static_cast<int64_t>(rows.size());
      for (std::size_t i = 0; i < metrics.size(); ++i) sums[i] += metrics[i].of(rows, predictions);
    }
    for (std::size_t i = 0; i < metrics.size(); ++i) {
      scores.emplace_back(metrics[i].name, sums[i] / static_cast<double>(seeds.size()), split,
                          counted, std::vector<uint64_t>(seeds.begin(), seeds.end()),
                          ranges[i].known());
    }
  }
  return scores;
}

}  // namespace mw::maintenance
