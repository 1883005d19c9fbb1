#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "core/clock.h"
#include "core/language.h"
#include "core/thread_pool.h"
#include "maintenance/data_report.h"
#include "maintenance/model_card.h"

namespace mw::maintenance {

/// What to learn from a table, beside its columns' mapping. Where the table has a label, failures
/// are learnt, else remaining life.
struct TableTraining {
  LifeOptions life;
  FailureOptions failure;
  bool splits = false;             // also score by every split, side by side
  std::vector<std::string> lines;  // of the plant, that the data are of
};

/// Where a table came from, as the card tells it.
struct TableSource {
  std::string file;  // its name, no folder
  std::string sha256;
  TableMapping mapping;
};

enum class TrainingStage { kTrees, kRules, kScores };
/// What is done in it: "growing trees", "looking for rules", "scoring by splits".
Text title(TrainingStage stage);
/// "trees", "rules", "scores".
std::string_view name(TrainingStage stage);
/// Called by one thread at a time.
using OnTraining = std::function<void(TrainingStage stage, int done, int total)>;

/// A model with the card that is true of it: what `save_model` writes.
struct TableModel {
  std::variant<LifeModel, FailureModel> model;
  ModelCard card;
};

/// The one way from a table to a model, for the command and the server alike. The same table and
/// options give the same bits on any number of threads.
/// Errors  kInvalidArgument: what the report forbids, and those of LifeModel and FailureModel;
///         kCancelled: their `stop` was requested.
Result<TableModel> train_from_table(const RunTable& table, const DataReport& report,
                                    const TableSource& source, const TableTraining& training,
                                    ThreadPool& pool, const Clock& clock,
                                    const OnTraining& progress = {});

}  // namespace mw::maintenance
