#include "maintenance/table_training.h"

#include <array>
#include <utility>

#include "core/utc_text.h"

namespace mw::maintenance {
namespace {

/// One or the other, with what it scored on rows that it did not learn from.
struct Scored {
  std::variant<LifeModel, FailureModel> model;
  std::vector<Score> scores;
  std::vector<RefusedSplit> refused;  // of splits that were asked for
};

LifeModel::Progress in_stage(const OnTraining& progress, TrainingStage stage) {
  return [&progress, stage](int done, int total) {
    if (progress) progress(stage, done, total);
  };
}

Result<Scored> train_life(const RunTable& table, const TableTraining& training, ThreadPool& pool,
                          const OnTraining& progress) {
  MW_ASSIGN(LifeModel model, LifeModel::train(table, training.life, pool,
                                              in_stage(progress, TrainingStage::kTrees)));
  std::vector<Score> scores = model.held_out_scores();
  std::vector<RefusedSplit> refused;
  if (training.splits) {
    const uint64_t seeds[] = {training.life.seed};
    MW_ASSIGN(
        const std::vector<Score> more,
        LifeModel::scores(table, training.life, seeds, in_stage(progress, TrainingStage::kScores)));
    scores.insert(scores.end(), more.begin(), more.end());
    refused = model.refused_splits();
  }
  return Scored{std::move(model), std::move(scores), std::move(refused)};
}

Result<Scored> train_failure(const RunTable& table, const TableTraining& training, ThreadPool& pool,
                             const OnTraining& progress) {
  MW_ASSIGN(FailureModel model, FailureModel::train(table, training.failure, pool,
                                                    in_stage(progress, TrainingStage::kRules)));
  std::vector<Score> scores;
  std::vector<RefusedSplit> refused;
  if (training.splits) {
    MW_ASSIGN(scores, FailureModel::scores(table, training.failure, pool,
                                           in_stage(progress, TrainingStage::kScores)));
    refused = FailureModel::refused_splits(table);
  }
  return Scored{std::move(model), std::move(scores), std::move(refused)};
}

}  // namespace

Text title(TrainingStage stage) {
  const std::array<Text, 3> titles = {Text{"growing trees", "训练决策树"},
                                      Text{"looking for rules", "查找规则"},
                                      Text{"scoring by splits", "按划分评估"}};
  return titles[static_cast<std::size_t>(stage)];
}

std::string_view name(TrainingStage stage) {
  constexpr std::array<std::string_view, 3> kNames = {"trees", "rules", "scores"};
  return kNames[static_cast<std::size_t>(stage)];
}

Result<TableModel> train_from_table(const RunTable& table, const DataReport& report,
                                    const TableSource& source, const TableTraining& training,
                                    ThreadPool& pool, const Clock& clock,
                                    const OnTraining& progress) {
  MW_TRY(report.check_trainable());
  MW_ASSIGN(Scored scored, table.label ? train_failure(table, training, pool, progress)
                                       : train_life(table, training, pool, progress));
  ModelCard card;
  card.trained_at = utc_text(clock.now_ns());
  card.data_file = source.file;
  card.data_sha256 = source.sha256;
  card.mapping = source.mapping;
  card.report = report.to_json();
  card.scores = std::move(scored.scores);
  card.splits_refused = std::move(scored.refused);
  card.lines = training.lines;
  return TableModel{std::move(scored.model), std::move(card)};
}

}  // namespace mw::maintenance
