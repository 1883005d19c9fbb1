#pragma once

#include <functional>
#include <memory>
#include <optional>
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

struct LifeOptions {
  std::vector<std::string> settings;  // columns that say how a machine is run, not how it is
  int regimes = 0;                    // of the settings; 0: found out
  double cap = 125;     // remaining life beyond which nothing is claimed, in the table's time
  double level = 0.9;   // of the interval
  int stride_rows = 3;  // every so many rows of a history teach
  int trees = 200;
  int folds = 4;  // of whole assets, held out in turn for the interval
  uint64_t seed = 1;
  std::stop_token stop = {};  // of a training; no part of a model
};

enum class LifeAnswerKind {
  kRange,         // `low` to `high`
  kTooEarly,      // nothing beyond `low` can be told yet
  kUnseenRegime,  // unlike all that taught: no number is claimed
};
std::string_view name(LifeAnswerKind kind);

/// What a model says of an asset at the end of its history, in the table's time (cycles, hours).
struct LifeAnswer {
  LifeAnswerKind kind = LifeAnswerKind::kTooEarly;
  std::string asset;
  double age = 0;
  double point = 0;  // the middle of what is likely; to score with, even where kind is no range
  double low = 0, high = 0;
  double level = 0;
  int regime = 0;
  struct Reason {
    std::string column;  // a sensor, or "age"
    double added = 0;    // to the prediction; below 0: shortens it
  };
  std::vector<Reason> reasons;  // largest first
  Text text;                    // the answer in a sentence
};

/// Predicts remaining life from histories of assets that ran until they failed: z-scores inside of
/// regimes, what a history says up to now, the mean of two gradient boostings, and an interval from
/// assets that were held out.
class LifeModel {
 public:
  /// `progress(done, total)` counts trees; it is called by one thread at a time.
  /// The same table and options give the same bits on any number of threads.
  /// Errors  kInvalidArgument: those of the data report, a setting that is no column; kCancelled:
  ///         `options.stop` was requested.
  using Progress = std::function<void(int done, int total)>;
  static Result<LifeModel> train(const RunTable& table, const LifeOptions& options,
                                 ThreadPool& pool, const Progress& progress = {});

  /// Of an asset's last row, or of the last of its first `rows` (from 1).
  /// Errors  kInvalidArgument: a column that the model needs is missing.
  Result<LifeAnswer> answer(const RunTable& table, std::size_t asset,
                            std::optional<std::size_t> rows = std::nullopt) const;
  /// Of every asset, in the table's order.
  Result<std::vector<LifeAnswer>> answers(const RunTable& table, ThreadPool& pool) const;

  /// The root mean square error by rows drawn by chance and by whole assets, each fold with regimes
  /// and trees of its own: the gap is what a score by rows hides. Blocks of time are no split here,
  /// since what a row says covers its asset's whole history.
  static Result<std::vector<Score>> scores(const RunTable& table, const LifeOptions& options,
                                           std::span<const uint64_t> seeds,
                                           const Progress& progress = {});

  const LifeOptions& options() const { return options_; }
  /// By which of the four splits it is not scored, and why.
  std::vector<RefusedSplit> refused_splits() const;
  int regimes() const;
  std::vector<std::string> sensors() const;
  /// The time from row to row that is usual in the table; 0: of a model that did not note it.
  double row_step() const { return row_step_; }
  int64_t trained_assets() const { return trained_assets_; }
  int64_t trained_rows() const { return trained_rows_; }
  /// Of assets held out in training: error and share of the truth that the interval held. The
  /// interval was counted on assets that were neither learnt from nor calibrated on.
  const std::vector<Score>& held_out_scores() const { return held_out_scores_; }

  /// Without the scores, which stand in the card.
  Json to_json() const;
  static Result<LifeModel> from_json(const Json& json);

 private:
  struct Parts;  // what is learnt
  LifeModel() = default;

  LifeOptions options_;
  int64_t trained_assets_ = 0, trained_rows_ = 0;
  double row_step_ = 0;
  std::vector<Score> held_out_scores_;
  std::shared_ptr<const Parts> parts_;
};

/// The usual figures of remaining life.
double root_mean_square(std::span<const double> predicted, std::span<const double> actual);
/// The sum of exp(-d/13) - 1 for d = predicted - actual < 0 and exp(d/10) - 1 else (Saxena 2008):
/// it grows with the number of assets, and one bad asset can make most of it.
double late_penalty(std::span<const double> predicted, std::span<const double> actual);

}  // namespace mw::maintenance
