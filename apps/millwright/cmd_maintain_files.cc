#include "apps/millwright/cmd_maintain_files.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <optional>

#include "apps/millwright/commands.h"
#include "apps/millwright/maintain_print.h"
#include "apps/millwright/step_progress.h"
#include "core/clock.h"
#include "core/file.h"
#include "core/sha256.h"
#include "core/usable_cores.h"
#include "maintenance/run_file.h"
#include "maintenance/table_training.h"

namespace mw::app {
namespace {

using maintenance::FailureModel;
using maintenance::LifeModel;
using maintenance::RunTable;
using maintenance::Score;
using maintenance::Split;
using maintenance::TableMapping;

constexpr uint64_t kMostFileBytes = uint64_t{4} << 30;

Error wrong(const char* param, std::string en, std::string zh) {
  return Error::make(Code::kInvalidArgument, std::move(en), std::move(zh), param);
}

Result<TableMapping> mapping_of(const FileRequest& request) {
  if (request.form == "cmapss") return maintenance::cmapss_mapping();
  TableMapping mapping = request.mapping;
  if (request.form == "blanks") {
    mapping.form = TableMapping::Form::kBlanks;
  } else if (request.form != "csv") {
    return wrong("form", "--form: expected csv, blanks or cmapss, got '" + request.form + "'",
                 "--form：应为 csv、blanks 或 cmapss，实际为“" + request.form + "”");
  }
  return mapping;
}

struct Data {
  RunTable table;
  std::string sha256;
};

Result<Data> read_data(const std::string& file, const TableMapping& mapping,
                       const std::string& variable = {}) {
  MW_ASSIGN(const std::string text, read_file(file, kMostFileBytes));
  auto table = maintenance::read_run_file(text, file, mapping, variable);
  if (!table) return table.error().within(file);
  return Data{*std::move(table), sha256_hex(text)};
}

Result<int> report(CommandLine& line, const FileRequest& request) {
  MW_ASSIGN(const TableMapping mapping, mapping_of(request));
  MW_ASSIGN(const Data data, read_data(request.file, mapping, request.variable));
  const maintenance::DataReport made = maintenance::make_data_report(data.table);
  if (line.json()) {
    print_json(made.to_json());
  } else {
    print_report(made, request.language);
  }
  return made.check_trainable() ? 0 : 1;
}

/// A line of progress for each stage of a training.
class StageProgress {
 public:
  explicit StageProgress(Language language) : language_(language) {}
  void show(maintenance::TrainingStage stage, int done, int total) {
    if (!line_ || stage_ != stage) {
      line_.reset();  // ends its line before the next begins
      line_.emplace(maintenance::title(stage), language_);
      stage_ = stage;
    }
    line_->show(done, total);
  }

 private:
  const Language language_;
  maintenance::TrainingStage stage_ = maintenance::TrainingStage::kTrees;
  std::optional<StepProgress> line_;
};

Result<maintenance::TableModel> train_on(const FileRequest& request, const Data& data,
                                         const TableMapping& mapping,
                                         const maintenance::DataReport& report) {
  maintenance::TableTraining training;
  training.life = request.life;
  training.splits = request.splits;
  training.lines = request.lines;
  const maintenance::TableSource source{std::filesystem::path(request.file).filename().string(),
                                        data.sha256, mapping};
  ThreadPool pool(request.threads);
  StageProgress progress(request.language);
  return maintenance::train_from_table(data.table, report, source, training, pool, SystemClock(),
                                       [&](maintenance::TrainingStage stage, int done, int total) {
                                         progress.show(stage, done, total);
                                       });
}

Result<int> train(CommandLine& line, const FileRequest& request) {
  if (request.to.empty()) {
    return wrong("to", "give --to FOLDER or --name NAME, where the model goes",
                 "请用 --to 或 --name 指定模型存放的位置");
  }
  MW_ASSIGN(const TableMapping mapping, mapping_of(request));
  MW_ASSIGN(const Data data, read_data(request.file, mapping, request.variable));
  const maintenance::DataReport made = maintenance::make_data_report(data.table);
  if (!line.json()) print_report(made, request.language);
  MW_ASSIGN(const maintenance::TableModel trained, train_on(request, data, mapping, made));
  const maintenance::ModelCard& card = trained.card;
  MW_TRY(maintenance::save_model(request.to, card, trained.model, request.force));
  const auto* failure = std::get_if<FailureModel>(&trained.model);
  if (line.json()) {
    Json out = {{"model", request.to},
                {"kind", failure != nullptr ? "failure" : "remaining_life"},
                {"report", made.to_json()},
                {"scores", to_json(card.scores)}};
    for (const maintenance::RefusedSplit& each : card.splits_refused) {
      out["splits_refused"].push_back(
          {{"split", info(each.split).name}, {"why", {{"en", each.why.en}, {"zh", each.why.zh}}}});
    }
    if (failure != nullptr) {
      out["modes"] = failure->to_json()["modes"];
      out["confirmed"] = failure->confirmed();
    } else {
      out["regimes"] = std::get<LifeModel>(trained.model).regimes();
    }
    print_json(out);
    return 0;
  }
  if (failure != nullptr) print_modes(*failure, request.language);
  print_scores(card.scores, request.language);
  for (const maintenance::RefusedSplit& each : card.splits_refused) {
    const bool zh = request.language == Language::kZh;
    std::printf(zh ? "  %s：不适用，%s\n" : "  %s: refused, %s\n",
                info(each.split).title.in(request.language).c_str(),
                each.why.in(request.language).c_str());
  }
  std::printf(request.language == Language::kZh ? "模型已存入 %s\n" : "the model is in %s\n",
              request.to.c_str());
  return 0;
}

/// True remaining lives, a number a line in the order of the assets.
Result<std::vector<double>> read_lives(const std::string& file, std::size_t assets) {
  TableMapping mapping;
  mapping.form = TableMapping::Form::kBlanks;
  mapping.headers = {"life"};
  MW_ASSIGN(const Data data, read_data(file, mapping));
  const std::vector<double>& lives = data.table.columns[0].values;
  if (lives.size() == assets) return lives;
  return wrong("lives",
               file + " has " + std::to_string(lives.size()) + " lives for " +
                   std::to_string(assets) + " assets: give one a line",
               file + " 中有 " + std::to_string(lives.size()) + " 个寿命，设备有 " +
                   std::to_string(assets) + " 台：每行应为一个");
}

std::vector<Score> scores_of(const std::vector<maintenance::LifeAnswer>& answers,
                             const std::vector<double>& raw, double cap, uint64_t seed) {
  std::vector<double> said, capped;
  double inside = 0;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    said.push_back(answers[i].point);
    capped.push_back(std::min(cap, raw[i]));
    inside += capped[i] >= answers[i].low && capped[i] <= answers[i].high ? 1 : 0;
  }
  const auto count = static_cast<int64_t>(answers.size());
  const auto score = [&](const char* metric, double value) {
    return Score(metric, value, Split::kGiven, count, {seed});
  };
  return {score("rmse_capped_labels", maintenance::root_mean_square(said, capped)),
          score("penalty_capped_labels", maintenance::late_penalty(said, capped)),
          score("rmse_raw_labels", maintenance::root_mean_square(said, raw)),
          score("penalty_raw_labels", maintenance::late_penalty(said, raw)),
          score("interval_coverage", inside / static_cast<double>(count))};
}

Result<int> score_life(CommandLine& line, const FileRequest& request, const LifeModel& model,
                       const RunTable& table) {
  ThreadPool pool(request.threads);
  MW_ASSIGN(const auto answers, model.answers(table, pool));
  std::vector<Score> scores;
  if (!request.lives.empty()) {
    MW_ASSIGN(const std::vector<double> lives, read_lives(request.lives, answers.size()));
    scores = scores_of(answers, lives, model.options().cap, model.options().seed);
  }
  if (line.json()) {
    Json out = {{"answers", Json::array()}, {"scores", to_json(scores)}};
    for (const auto& each : answers) out["answers"].push_back(to_json(each));
    print_json(out);
    return 0;
  }
  for (const auto& each : answers) print_life(each, false, request.language);
  print_scores(scores, request.language);
  return 0;
}

Result<int> score_failure(CommandLine& line, const FileRequest& request, const FailureModel& model,
                          const RunTable& table) {
  MW_ASSIGN(const auto answers, model.answers(table));
  const auto alarms =
      std::count_if(answers.begin(), answers.end(), [](const auto& each) { return each.fails; });
  if (line.json()) {
    Json out = {{"rows", answers.size()}, {"alarms", alarms}, {"answers", Json::array()}};
    for (std::size_t row = 0; row < answers.size(); ++row) {
      if (!answers[row].fails) continue;
      Json one = to_json(answers[row]);
      one["row"] = row + 1;
      out["answers"].push_back(std::move(one));
    }
    print_json(out);
    return 0;
  }
  std::printf(
      request.language == Language::kZh ? "%zu 行中有 %lld 行报警\n" : "%zu rows, alarms in %lld\n",
      answers.size(), static_cast<long long>(alarms));
  for (std::size_t row = 0; row < answers.size(); ++row) {
    if (!answers[row].fails) continue;
    std::string modes;
    for (const std::string& mode : answers[row].modes) modes += (modes.empty() ? "" : ", ") + mode;
    std::printf("  %zu: %.2f %s\n", row + 1, answers[row].chance, modes.c_str());
  }
  return 0;
}

/// A label is an answer: a table to be scored may lack it, and modes too.
TableMapping without_answers(TableMapping mapping, const FileRequest& request) {
  const auto bytes = read_file(request.file, kMostFileBytes);
  if (!bytes || mapping.label.empty()) return mapping;
  bool has_label = false;
  if (request.file.ends_with(".mat")) {
    const auto table = maintenance::read_run_file(*bytes, request.file, mapping, request.variable);
    has_label = table || (table.error().param != "label" && table.error().param != "modes");
  } else {
    has_label = bytes->substr(0, bytes->find('\n')).find(mapping.label) != std::string::npos;
  }
  if (!has_label) {
    mapping.label.clear();
    mapping.modes.clear();
  }
  return mapping;
}

Result<int> score(CommandLine& line, const FileRequest& request) {
  MW_ASSIGN(const maintenance::StoredModel stored, maintenance::open_model(request.model));
  MW_ASSIGN(const Data data, read_data(request.file, without_answers(stored.card.mapping, request),
                                       request.variable));
  if (const auto* life = std::get_if<LifeModel>(&stored.model)) {
    return score_life(line, request, *life, data.table);
  }
  return score_failure(line, request, std::get<FailureModel>(stored.model), data.table);
}

Result<int> explain_card(CommandLine& line, const FileRequest& request,
                         const maintenance::StoredModel& stored) {
  if (line.json()) {
    print_json(stored.card_json);
    return 0;
  }
  const bool zh = request.language == Language::kZh;
  std::printf(zh ? "%s，训练于 %s，数据 %s（%.12s）\n" : "%s, trained %s on %s (%.12s)\n",
              stored.card_json["kind"].get<std::string>().c_str(), stored.card.trained_at.c_str(),
              stored.card.data_file.c_str(), stored.card.data_sha256.c_str());
  if (const auto* failure = std::get_if<FailureModel>(&stored.model)) {
    print_modes(*failure, request.language);
  }
  for (const Json& each : stored.card_json["scores"]) std::printf("  %s\n", to_text(each).c_str());
  std::printf("%s\n", stored.card_json["limits"][zh ? "zh" : "en"].get<std::string>().c_str());
  return 0;
}

Result<int> explain(CommandLine& line, const FileRequest& request) {
  MW_ASSIGN(const maintenance::StoredModel stored, maintenance::open_model(request.model));
  if (request.file.empty()) return explain_card(line, request, stored);
  MW_ASSIGN(const Data data, read_data(request.file, without_answers(stored.card.mapping, request),
                                       request.variable));
  if (const auto* failure = std::get_if<FailureModel>(&stored.model)) {
    MW_ASSIGN(const auto answers, failure->answers(data.table));
    if (request.row < 1 || request.row > static_cast<int64_t>(answers.size())) {
      return wrong("row", "--row: expected 1 to " + std::to_string(answers.size()),
                   "--row：应为 1 至 " + std::to_string(answers.size()));
    }
    print_json(to_json(answers[static_cast<std::size_t>(request.row - 1)]));
    return 0;
  }
  const auto& assets = data.table.assets;
  const auto at = std::find(assets.begin(), assets.end(), request.asset);
  if (at == assets.end()) {
    return Error::make(Code::kNotFound, "no asset '" + request.asset + "' in " + request.file,
                       request.file + " 中没有设备“" + request.asset + "”", "asset-name");
  }
  MW_ASSIGN(const auto answer,
            std::get<LifeModel>(stored.model)
                .answer(data.table, static_cast<std::size_t>(at - assets.begin())));
  if (line.json()) {
    print_json(to_json(answer));
  } else {
    print_life(answer, true, request.language);
  }
  return 0;
}

}  // namespace

FileRequest file_flags(CommandLine& line) {
  FileRequest request;
  request.language = terminal_language();
  request.form = line.option("form", "FORM", "csv", "csv, blanks (no header) or cmapss");
  request.mapping.headers = comma_list(line.option(
      "columns", "A,B", "", "names of the columns, where the file has none: a matrix of a .mat"));
  request.variable =
      line.option("variable", "NAME", "", "of a .mat file: the structure or matrix, if several");
  request.mapping.asset = line.option("asset", "COLUMN", "", "which machine a row is of");
  request.mapping.time = line.option("time", "COLUMN", "", "its time: cycles, hours");
  request.mapping.label = line.option("label", "COLUMN", "", "1 where it failed, else 0");
  request.mapping.modes = comma_list(
      line.option("modes", "A,B", "", "kinds of failure, 0 or 1: answers, never inputs"));
  request.mapping.ignored = comma_list(line.option("ignore", "A,B", "", "columns to leave out"));
  request.life.settings = comma_list(
      line.option("settings", "A,B", "", "columns that say how a machine is run, not how it is"));
  request.life.regimes =
      static_cast<int>(line.integer("regimes", "N", 0, "of the settings; 0: found out", 0, 100));
  request.life.cap = line.number("cap", "TIME", 125, "nothing is claimed beyond it", 1, 1e9);
  request.life.seed = static_cast<uint64_t>(line.integer("seed", "N", 1, "of chance", 0, 1 << 30));
  request.to = line.option("to", "FOLDER", "", "train: where the model goes");
  request.force = line.flag("force", "train: replace a model that is there");
  request.splits = line.flag("splits", "train: also score by every split, side by side");
  request.lines = line.options(
      "line", "ID",
      "train: of the plant, that the data are of, again for more: who may see the card");
  request.lives = line.option("lives", "FILE", "", "score: true remaining lives, one a line");
  request.asset = line.option("asset-name", "NAME", "", "explain: which asset");
  request.row = line.integer("row", "N", 0, "explain: which row, from 1", 0, INT64_MAX);
  request.threads = static_cast<int>(
      line.integer("threads", "N", usable_cores(), "same results on any number", 1, 256));
  return request;
}

bool is_file_action(const std::string& action) {
  static constexpr std::array<const char*, 4> kActions = {"report", "train", "score", "explain"};
  return std::find(kActions.begin(), kActions.end(), action) != kActions.end();
}

Result<int> maintain_files(CommandLine& line, FileRequest request) {
  if (request.form == "cmapss" && request.life.settings.empty()) {
    request.life.settings = {"setting_1", "setting_2", "setting_3"};
  }
  if (request.action == "report") return report(line, request);
  if (request.action == "train") return train(line, request);
  if (request.action == "score") return score(line, request);
  return explain(line, request);
}

}  // namespace mw::app
