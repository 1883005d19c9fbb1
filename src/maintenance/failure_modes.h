#pragma once

#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "core/thread_pool.h"
#include "maintenance/run_table.h"
#include "maintenance/score.h"
#include "maintenance/splits.h"

namespace mw::maintenance {

struct FailureOptions {
  int trees = 120;
  int folds = 5;
  std::vector<uint64_t> seeds = {1, 2, 3};
  bool derive = true;  // physical quantities made of two columns
  std::stop_token stop = {};
};

/// A kind of failure, and the rule that is exactly it, if there is one.
struct ModeCard {
  std::string mode;
  int64_t failures = 0;
  bool has_rule = false;
  Text rule;       // "Torque * Rotational speed < 3500 W, or ..."; why there is none
  Text exactness;  // "hits 95 of 95, and 0 of 9905 others"
};

/// What is said of one row.
struct FailureAnswer {
  bool fails = false;
  double chance = 0;               // of a failure; 1 where a rule hits
  std::vector<std::string> modes;  // whose rule hits
  struct Reason {
    std::string column;
    double added = 0;  // to the log odds
  };
  std::vector<Reason> reasons;  // largest first; of the boosting
};

/// Tells failed rows from others: rules that are exact replace the model for what they cover, and
/// gradient boosting over measured and derived columns speaks for the rest, where a held-out score
/// shows that it helps.
class FailureModel {
 public:
  using Progress = std::function<void(int done, int total)>;
  /// Modes are what rules are looked for; without modes, the label is. Modes are never inputs.
  /// Errors  kInvalidArgument: those of the data report, no label; kCancelled: `options.stop` was
  ///         requested.
  static Result<FailureModel> train(const RunTable& table, const FailureOptions& options,
                                    ThreadPool& pool, const Progress& progress = {});

  /// Errors  kInvalidArgument: a column that the model needs is missing, or has other categories.
  Result<std::vector<FailureAnswer>> answers(const RunTable& table) const;

  const std::vector<ModeCard>& modes() const { return modes_; }
  /// Names of derived columns that cross validation confirmed.
  std::vector<std::string> confirmed() const;

  /// By which of the four splits a table is not scored, and why.
  /// F1, precision, recall, average precision and more, by every split that the table allows; each
  /// fold learns its own derived columns, rules and trees.
  static std::vector<RefusedSplit> refused_splits(const RunTable& table);
  static Result<std::vector<Score>> scores(const RunTable& table, const FailureOptions& options,
                                           ThreadPool& pool, const Progress& progress = {});

  Json to_json() const;
  static Result<FailureModel> from_json(const Json& json);

 private:
  struct Parts;
  FailureModel() = default;
  std::vector<ModeCard> modes_;
  std::shared_ptr<const Parts> parts_;
};

}  // namespace mw::maintenance
