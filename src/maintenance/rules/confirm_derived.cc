#include "maintenance/rules/confirm_derived.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "core/check.h"
#include "maintenance/boost/train_trees.h"
#include "maintenance/splits.h"

namespace mw::maintenance {
namespace {

constexpr int kFolds = 2;
constexpr double kLeastGain = 0.02;
constexpr std::size_t kMostTried = 4;  // on top of each other

/// The mean loss (negative log likelihood) of each fold.
using Losses = std::vector<double>;

class Trial {
 public:
  Trial(const RunTable& table, const std::vector<uint8_t>& ruled, std::vector<Fold> folds,
        uint64_t seed, std::stop_token stop)
      : table_(table),
        ruled_(ruled),
        folds_(std::move(folds)),
        seed_(seed),
        stop_(std::move(stop)) {}

  Result<Losses> losses(const std::vector<const Column*>& added) const {
    Losses out;
    for (const Fold& fold : folds_) {
      std::vector<float> answers, ignored;
      const FeatureRows taught = rows_of(fold.train, added, answers);
      const FeatureRows scored = rows_of(fold.test, added, ignored);
      BoostOptions options;
      options.aim = BoostOptions::Aim::kLogOdds;
      options.trees = 40;
      options.learning_rate = 0.15;
      options.leaves = 10;
      options.row_share = 0.8;
      options.column_share = 1;
      options.least_weight = 1;
      options.bins = 256;
      options.seed = seed_;
      options.stop = stop_;
      MW_ASSIGN(const BoostedTrees trees, train_trees(taught, answers, {}, options));
      double loss = 0;
      for (std::size_t i = 0; i < scored.rows(); ++i) {
        const double odds = trees.predict(scored.row(i));
        loss += std::log1p(std::exp(ignored[i] == 1 ? -odds : odds));
      }
      out.push_back(loss / static_cast<double>(std::max<std::size_t>(scored.rows(), 1)));
    }
    return out;
  }

 private:
  FeatureRows rows_of(const std::vector<std::size_t>& rows, const std::vector<const Column*>& added,
                      std::vector<float>& answers) const {
    FeatureRows out;
    out.columns = table_.columns.size() + added.size();
    for (const std::size_t row : rows) {
      if (ruled_[row] != 0) continue;
      for (const Column& each : table_.columns) {
        out.values.push_back(static_cast<float>(each.values[row]));
      }
      for (const Column* each : added) out.values.push_back(static_cast<float>(each->values[row]));
      answers.push_back(static_cast<float>(table_.label->values[row]));
    }
    return out;
  }

  const RunTable& table_;
  const std::vector<uint8_t>& ruled_;
  const std::vector<Fold> folds_;
  const uint64_t seed_;
  const std::stop_token stop_;
};

double mean(const Losses& losses) {
  return std::accumulate(losses.begin(), losses.end(), 0.0) / static_cast<double>(losses.size());
}

bool better(const Losses& now, const Losses& before) {
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (now[i] >= before[i]) return false;
  }
  return mean(now) < mean(before) * (1 - kLeastGain);
}

}  // namespace

Result<std::vector<Derived>> confirm_derived(const RunTable& table,
                                             const std::vector<Derived>& proposed,
                                             const std::vector<uint8_t>& ruled, uint64_t seed,
                                             ThreadPool& pool, const std::stop_token& stop) {
  MW_CHECK(table.label.has_value() && ruled.size() == table.rows());
  std::vector<Derived> out;
  if (proposed.empty()) return out;
  std::vector<Column> columns;
  for (const Derived& each : proposed) {
    MW_ASSIGN(Column column, derived_column(table, each));
    columns.push_back(std::move(column));
  }
  SplitOptions split;
  split.folds = kFolds;
  split.seed = seed;
  MW_ASSIGN(std::vector<Fold> folds, make_folds(table, Split::kRandom, split));
  const Trial trial(table, ruled, std::move(folds), seed, stop);
  MW_ASSIGN(Losses before, trial.losses({}));
  std::vector<std::optional<Result<Losses>>> alone(columns.size());
  pool.run(static_cast<int>(columns.size()), [&](int number) {
    const auto at = static_cast<std::size_t>(number);
    alone[at] = trial.losses({&columns[at]});
  });
  std::vector<std::pair<double, std::size_t>> promising;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    MW_ASSIGN(const Losses losses, std::move(*alone[i]));
    if (better(losses, before)) promising.emplace_back(mean(losses), i);
  }
  std::sort(promising.begin(), promising.end());
  promising.resize(std::min(promising.size(), kMostTried));
  std::vector<const Column*> added;
  for (const auto& [loss, at] : promising) {
    added.push_back(&columns[at]);
    MW_ASSIGN(const Losses losses, trial.losses(added));
    if (better(losses, before)) {
      before = losses;
      out.push_back(proposed[at]);
    } else {
      added.pop_back();
    }
  }
  return out;
}

}  // namespace mw::maintenance
