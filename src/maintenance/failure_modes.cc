#include "maintenance/failure_modes.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>
#include <optional>

#include "core/check.h"
#include "maintenance/boost/train_trees.h"
#include "maintenance/data/column_facts.h"
#include "maintenance/data/json_lists.h"
#include "maintenance/data_report.h"
#include "maintenance/rules/class_figures.h"
#include "maintenance/rules/confirm_derived.h"
#include "maintenance/rules/derived_column.h"
#include "maintenance/rules/threshold_rule.h"

namespace mw::maintenance {

struct FailureModel::Parts {
  std::vector<Column> inputs;      // names, units and categories; no values
  std::vector<Derived> derived;    // that rules may use, after the inputs
  std::vector<Derived> confirmed;  // that the trees use, after the inputs
  std::vector<std::string> rule_modes;
  std::vector<ThresholdRule> rules;
  BoostedTrees trees;
  double threshold = 2;  // of the chance; over 1: the trees raise no alarm
};

namespace {

constexpr const char* kFormat = "millwright-failure-1";
constexpr double kNoAlarm = 2;
constexpr double kLeastGain = 0.01;  // of F1, for the trees to speak beside rules
constexpr std::size_t kMostReasons = 6;
constexpr int64_t kFewestFailures = 10;  // of a rule: over fewer rows some is true by chance

FeatureRows rows_with(const std::vector<Column>& columns, std::span<const std::size_t> rows) {
  FeatureRows out;
  out.columns = columns.size();
  for (const std::size_t row : rows) {
    for (const Column& each : columns) out.values.push_back(static_cast<float>(each.values[row]));
  }
  return out;
}

std::vector<std::size_t> all_rows(const RunTable& table) {
  std::vector<std::size_t> out(table.rows());
  std::iota(out.begin(), out.end(), std::size_t{0});
  return out;
}

Result<std::vector<Column>> with_derived(const RunTable& table, std::vector<Column> inputs,
                                         const std::vector<Derived>& derived) {
  for (const Derived& each : derived) {
    MW_ASSIGN(Column column, derived_column(table, each));
    inputs.push_back(std::move(column));
  }
  return inputs;
}

std::string counted(int64_t count, int64_t of) {
  return std::to_string(count) + " of " + std::to_string(of);
}

ModeCard card_of(const Column& mode, const std::optional<ThresholdRule>& rule,
                 std::span<const Column> columns) {
  ModeCard card;
  card.mode = mode.name;
  card.failures = static_cast<int64_t>(std::count(mode.values.begin(), mode.values.end(), 1.0));
  card.has_rule = rule.has_value();
  if (!rule) {
    card.rule = {"no exact rule over these columns: it fails by chance, or by what is not measured",
                 "在这些列上没有精确规则：故障是随机的，或由未测量的因素引起"};
    return card;
  }
  card.rule = {rule_text(*rule, columns, Language::kEn), rule_text(*rule, columns, Language::kZh)};
  card.exactness = {"hits " + counted(rule->failures, rule->failures) + ", and " +
                        counted(0, rule->others) + " others",
                    "命中 " + std::to_string(rule->failures) + "/" +
                        std::to_string(rule->failures) + "，其他行误中 0/" +
                        std::to_string(rule->others)};
  return card;
}

BoostOptions boost_options(const FailureOptions& options) {
  BoostOptions out;
  out.aim = BoostOptions::Aim::kLogOdds;
  out.trees = options.trees;
  out.learning_rate = 0.1;
  out.leaves = 15;
  out.row_share = 0.8;
  out.column_share = 0.8;
  out.least_weight = 1;
  out.bins = 256;
  out.seed = options.seeds.front();
  out.stop = options.stop;
  return out;
}

/// The chance from which the trees raise an alarm, beside rules that hit `ruled` rows: where F1 is
/// largest on rows that were held out, if that is better than rules alone by a hundredth.
double alarm_threshold(const std::vector<double>& chances, std::span<const double> answers,
                       const std::vector<uint8_t>& ruled) {
  const auto f1_at = [&](double threshold) {
    std::vector<double> said;
    for (std::size_t i = 0; i < chances.size(); ++i) {
      said.push_back(ruled[i] != 0 || chances[i] >= threshold ? 1 : 0);
    }
    return figures_of(said, answers).f1();
  };
  double best = kNoAlarm;
  double most = f1_at(kNoAlarm) + kLeastGain;
  for (int step = 1; step < 40; ++step) {
    const double threshold = step / 40.0;
    const double f1 = f1_at(threshold);
    if (f1 <= most) continue;
    most = f1;
    best = threshold;
  }
  return best;
}

/// The chance of each row by trees that did not see it.
Result<std::vector<double>> held_out_chances(const RunTable& table,
                                             const std::vector<Column>& columns,
                                             const std::vector<uint8_t>& ruled,
                                             const FailureOptions& options, ThreadPool& pool) {
  SplitOptions split;
  split.folds = 4;
  split.seed = options.seeds.front();
  MW_ASSIGN(const std::vector<Fold> folds, make_folds(table, Split::kRandom, split));
  std::vector<std::optional<Result<BoostedTrees>>> trees(folds.size());
  pool.run(static_cast<int>(folds.size()), [&](int number) {
    const auto at = static_cast<std::size_t>(number);
    std::vector<std::size_t> rows;
    std::vector<float> answers;
    for (const std::size_t row : folds[at].train) {
      if (ruled[row] != 0) continue;
      rows.push_back(row);
      answers.push_back(static_cast<float>(table.label->values[row]));
    }
    trees[at] = train_trees(rows_with(columns, rows), answers, {}, boost_options(options));
  });
  std::vector<double> out(table.rows(), 0.0);
  for (std::size_t i = 0; i < folds.size(); ++i) {
    MW_ASSIGN(const BoostedTrees one, std::move(*trees[i]));
    const FeatureRows rows = rows_with(columns, folds[i].test);
    for (std::size_t j = 0; j < folds[i].test.size(); ++j) {
      out[folds[i].test[j]] = logistic(one.predict(rows.row(j)));
    }
  }
  return out;
}

}  // namespace

Result<FailureModel> FailureModel::train(const RunTable& full, const FailureOptions& options,
                                         ThreadPool& pool, const Progress& progress) {
  MW_CHECK(!options.seeds.empty());
  const DataReport report = make_data_report(full);
  MW_TRY(report.check_trainable());
  if (!full.label) {
    return Error::make(
        Code::kInvalidArgument,
        "failures are learnt from a column that says which rows failed: give --label",
        "需要一列指明哪些行发生了故障：请用 --label 指定", "label");
  }
  const RunTable table = cleaned(full, report);
  const std::vector<Derived> proposed =
      options.derive ? propose_derived(table) : std::vector<Derived>{};
  MW_ASSIGN(const std::vector<Column> rule_columns, with_derived(table, table.columns, proposed));
  const std::vector<Column> targets =
      table.modes.empty() ? std::vector<Column>{*table.label} : table.modes;
  std::vector<std::optional<ThresholdRule>> found(targets.size());
  const int steps = static_cast<int>(targets.size()) + 2;
  std::mutex mutex;
  int done = 0;
  const auto step = [&] {
    if (!progress) return;
    const std::lock_guard lock(mutex);
    progress(++done, steps);
  };
  pool.run(static_cast<int>(targets.size()), [&](int number) {
    const auto at = static_cast<std::size_t>(number);
    found[at] = find_exact_rule(rule_columns, targets[at].values, kFewestFailures, options.stop);
    step();
  });
  if (options.stop.stop_requested()) return training_given_up();
  FailureModel model;
  auto parts = std::make_shared<Parts>();
  parts->derived = proposed;
  std::vector<uint8_t> ruled(table.rows(), 0);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    model.modes_.push_back(card_of(targets[i], found[i], rule_columns));
    if (!found[i]) continue;
    // A mode that happens without a failure is no alarm.
    bool fails = true;
    for (std::size_t row = 0; row < table.rows(); ++row) {
      fails = fails && (targets[i].values[row] != 1 || table.label->values[row] == 1);
    }
    if (!fails) continue;
    for (std::size_t row = 0; row < table.rows(); ++row) {
      if (found[i]->hits(rule_columns, row)) ruled[row] = 1;
    }
    parts->rule_modes.push_back(targets[i].name);
    parts->rules.push_back(*found[i]);
  }
  MW_ASSIGN(parts->confirmed,
            confirm_derived(table, proposed, ruled, options.seeds.front(), pool, options.stop));
  step();
  MW_ASSIGN(const std::vector<Column> columns,
            with_derived(table, table.columns, parts->confirmed));
  std::vector<std::size_t> rows = all_rows(table);
  MW_ASSIGN(const std::vector<double> chances,
            held_out_chances(table, columns, ruled, options, pool));
  parts->threshold = alarm_threshold(chances, table.label->values, ruled);
  std::erase_if(rows, [&](std::size_t row) { return ruled[row] != 0; });
  std::vector<float> answers;
  for (const std::size_t row : rows)
    answers.push_back(static_cast<float>(table.label->values[row]));
  MW_ASSIGN(parts->trees,
            train_trees(rows_with(columns, rows), answers, {}, boost_options(options)));
  for (const Column& each : table.columns) {
    parts->inputs.push_back({each.name, each.unit, {}, each.categories});
  }
  model.parts_ = std::move(parts);
  step();
  return model;
}

Result<std::vector<FailureAnswer>> FailureModel::answers(const RunTable& table) const {
  std::vector<Column> inputs;
  for (const Column& wanted : parts_->inputs) {
    const Column* column = table.column(wanted.name);
    if (column == nullptr) {
      return Error::make(Code::kInvalidArgument,
                         "the table has no column '" + wanted.name + "', which the model needs",
                         "数据表中没有模型所需的列“" + wanted.name + "”", wanted.name);
    }
    inputs.push_back(*column);
    if (column->categories == wanted.categories) continue;
    // The same words may stand in another order, or some not at all; unknown ones are no value.
    for (double& value : inputs.back().values) {
      const bool known = value >= 0 && value < static_cast<double>(column->categories.size());
      const auto at = known ? std::find(wanted.categories.begin(), wanted.categories.end(),
                                        column->categories[static_cast<std::size_t>(value)])
                            : wanted.categories.end();
      value = at == wanted.categories.end() ? std::nan("")
                                            : static_cast<double>(at - wanted.categories.begin());
    }
    inputs.back().categories = wanted.categories;
  }
  MW_ASSIGN(const std::vector<Column> rule_columns, with_derived(table, inputs, parts_->derived));
  MW_ASSIGN(const std::vector<Column> columns, with_derived(table, inputs, parts_->confirmed));
  const FeatureRows rows = rows_with(columns, all_rows(table));
  std::vector<FailureAnswer> out(table.rows());
  for (std::size_t row = 0; row < out.size(); ++row) {
    FailureAnswer& answer = out[row];
    for (std::size_t i = 0; i < parts_->rules.size(); ++i) {
      if (parts_->rules[i].hits(rule_columns, row)) answer.modes.push_back(parts_->rule_modes[i]);
    }
    answer.chance = answer.modes.empty() ? logistic(parts_->trees.predict(rows.row(row))) : 1.0;
    answer.fails = !answer.modes.empty() || answer.chance >= parts_->threshold;
    if (!answer.fails) continue;  // reasons cost a pass over the trees
    const std::vector<double> added = parts_->trees.contributions(rows.row(row));
    for (std::size_t i = 0; i < columns.size(); ++i) {
      answer.reasons.push_back({columns[i].name, added[i + 1]});
    }
    std::stable_sort(
        answer.reasons.begin(), answer.reasons.end(),
        [](const auto& a, const auto& b) { return std::abs(a.added) > std::abs(b.added); });
    answer.reasons.resize(std::min(answer.reasons.size(), kMostReasons));
  }
  return out;
}

std::vector<std::string> FailureModel::confirmed() const {
  std::vector<std::string> out;
  constexpr const char* kSigns[] = {" - ", " * ", " / "};
  for (const Derived& each : parts_->confirmed) {
    out.push_back(each.first + kSigns[static_cast<std::size_t>(each.kind)] + each.second);
  }
  return out;
}

namespace {

/// The first column of kinds, as groups of rows; empty where there is none.
std::vector<uint32_t> kinds_of_rows(const RunTable& table) {
  std::vector<uint32_t> groups;
  for (const Column& each : table.columns) {
    if (each.categories.size() < 2 || !groups.empty()) continue;
    for (const double value : each.values) {
      groups.push_back(value >= 0 ? static_cast<uint32_t>(value) : UINT32_MAX);
    }
  }
  return groups;
}

}  // namespace

std::vector<RefusedSplit> FailureModel::refused_splits(const RunTable& table) {
  const RunTable rows = cleaned(table, make_data_report(table));
  const std::vector<uint32_t> groups = kinds_of_rows(rows);
  SplitOptions split;
  split.group_of_row = groups;
  return maintenance::refused_splits(rows, split);
}

Result<std::vector<Score>> FailureModel::scores(const RunTable& full, const FailureOptions& options,
                                                ThreadPool& pool, const Progress& progress) {
  const DataReport report = make_data_report(full);
  MW_TRY(report.check_trainable());
  if (!full.label) {
    return Error::make(Code::kInvalidArgument, "there is no column that says which rows failed",
                       "没有指明哪些行发生了故障的列", "label");
  }
  const RunTable table = cleaned(full, report);
  SplitOptions split;
  split.folds = options.folds;
  const std::vector<uint32_t> groups = kinds_of_rows(table);
  split.group_of_row = groups;
  const auto answers_of = [&](std::span<const std::size_t> rows) {
    std::vector<double> out;
    for (const std::size_t row : rows) out.push_back(table.label->values[row]);
    return out;
  };
  // A prediction is the chance, with 1 more where an alarm is raised.
  const auto figures = [&](std::span<const std::size_t> rows, std::span<const double> said) {
    std::vector<double> alarms;
    for (const double value : said) alarms.push_back(value >= 1 ? 1 : 0);
    return figures_of(alarms, answers_of(rows));
  };
  using Rows = std::span<const std::size_t>;
  using Said = std::span<const double>;
  const std::vector<Metric> metrics = {
      {"f1", [&](Rows rows, Said said) { return figures(rows, said).f1(); }},
      {"precision", [&](Rows rows, Said said) { return figures(rows, said).precision(); }},
      {"recall", [&](Rows rows, Said said) { return figures(rows, said).recall(); }},
      {"matthews", [&](Rows rows, Said said) { return figures(rows, said).matthews(); }},
      {"average_precision",
       [&](Rows rows, Said said) { return average_precision(said, answers_of(rows)); }},
      {"roc_auc", [&](Rows rows, Said said) { return order_agreement(said, answers_of(rows)); }}};
  int done = 0;
  const int steps =
      static_cast<int>(splits_of(table, split).size() * options.seeds.size()) * options.folds;
  return score_by_splits(table, split, options.seeds, metrics,
                         [&](const Fold& fold, uint64_t seed) -> Result<std::vector<double>> {
                           FailureOptions mine = options;
                           mine.seeds = {seed};
                           MW_ASSIGN(const FailureModel model,
                                     train(rows_of_table(table, fold.train), mine, pool));
                           MW_ASSIGN(const std::vector<FailureAnswer> answers,
                                     model.answers(rows_of_table(table, fold.test)));
                           std::vector<double> said;
                           for (const FailureAnswer& each : answers) {
                             said.push_back((each.fails ? 1 : 0) + std::min(each.chance, 0.999999));
                           }
                           if (progress) progress(std::min(++done, steps), steps);
                           return said;
                         });
}

Json FailureModel::to_json() const {
  Json out = {{"format", kFormat}, {"threshold", parts_->threshold}};
  for (const Column& each : parts_->inputs) {
    out["inputs"].push_back(
        {{"name", each.name}, {"unit", each.unit}, {"categories", each.categories}});
  }
  for (const auto& [key, list] :
       {std::pair{"derived", &parts_->derived}, {"confirmed", &parts_->confirmed}}) {
    Json& listed = out[key] = Json::array();
    for (const Derived& each : *list) listed.push_back(maintenance::to_json(each));
  }
  Json& rules = out["rules"] = Json::array();
  for (std::size_t i = 0; i < parts_->rules.size(); ++i) {
    Json rule = maintenance::to_json(parts_->rules[i]);
    rule["mode"] = parts_->rule_modes[i];
    rules.push_back(std::move(rule));
  }
  Json& modes = out["modes"] = Json::array();
  for (const ModeCard& each : modes_) {
    modes.push_back({{"mode", each.mode},
                     {"failures", each.failures},
                     {"has_rule", each.has_rule},
                     {"rule", {{"en", each.rule.en}, {"zh", each.rule.zh}}},
                     {"exactness", {{"en", each.exactness.en}, {"zh", each.exactness.zh}}}});
  }
  out["trees"] = parts_->trees.to_json();
  return out;
}

namespace {

Result<const Json*> list_of(const Json& json, const char* key) {
  const auto at = json.find(key);
  if (at == json.end() || !at->is_array() || at->size() > 10'000) {
    return damaged_model(std::string("no list '") + key + "'");
  }
  return &*at;
}

Result<Text> text_of(const Json& json, const char* key) {
  MW_ASSIGN(const Json* both, json_member(json, key));
  Text out;
  MW_ASSIGN(out.en, json_string(*both, "en"));
  MW_ASSIGN(out.zh, json_string(*both, "zh"));
  return out;
}

}  // namespace

Result<FailureModel> FailureModel::from_json(const Json& json) {
  MW_ASSIGN(const std::string format, json_string(json, "format"));
  if (format != kFormat) return damaged_model("it is no model of failures of this version");
  FailureModel model;
  auto parts = std::make_shared<Parts>();
  MW_ASSIGN(parts->threshold, json_number(json, "threshold", kNoAlarm));
  MW_ASSIGN(const Json* inputs, list_of(json, "inputs"));
  for (const Json& each : *inputs) {
    if (!each.is_object()) return damaged_model("an input is no object");
    Column column;
    MW_ASSIGN(column.name, json_string(each, "name"));
    MW_ASSIGN(column.unit, json_string(each, "unit"));
    MW_ASSIGN(column.categories, json_strings(each, "categories", 64));
    parts->inputs.push_back(std::move(column));
  }
  for (const auto& [key, list] :
       {std::pair{"derived", &parts->derived}, {"confirmed", &parts->confirmed}}) {
    MW_ASSIGN(const Json* listed, list_of(json, key));
    for (const Json& each : *listed) {
      MW_ASSIGN(Derived one, derived_from_json(each));
      list->push_back(std::move(one));
    }
  }
  MW_ASSIGN(const Json* rules, list_of(json, "rules"));
  for (const Json& each : *rules) {
    const std::size_t columns = parts->inputs.size() + parts->derived.size();
    MW_ASSIGN(ThresholdRule rule, rule_from_json(each, columns));
    // One list of comparisons for each category, and categories are of an input.
    const bool fits =
        rule.category_column
            ? *rule.category_column < parts->inputs.size() &&
                  parts->inputs[*rule.category_column].categories.size() == rule.by_category.size()
            : rule.by_category.size() == 1;
    if (!fits) return damaged_model("a rule does not fit its categories");
    parts->rules.push_back(std::move(rule));
    MW_ASSIGN(std::string mode, json_string(each, "mode"));
    parts->rule_modes.push_back(std::move(mode));
  }
  MW_ASSIGN(const Json* modes, list_of(json, "modes"));
  for (const Json& each : *modes) {
    if (!each.is_object()) return damaged_model("a mode is no object");
    ModeCard card;
    MW_ASSIGN(card.mode, json_string(each, "mode"));
    MW_ASSIGN(card.failures, json_integer(each, "failures", 0));
    MW_ASSIGN(card.has_rule, json_bool(each, "has_rule", false));
    MW_ASSIGN(card.rule, text_of(each, "rule"));
    MW_ASSIGN(card.exactness, text_of(each, "exactness"));
    model.modes_.push_back(std::move(card));
  }
  MW_ASSIGN(const Json* trees, json_member(json, "trees"));
  MW_ASSIGN(parts->trees, BoostedTrees::from_json(*trees));
  if (parts->trees.columns() != parts->inputs.size() + parts->confirmed.size()) {
    return damaged_model("its trees are for other columns");
  }
  model.parts_ = std::move(parts);
  return model;
}

}  // namespace mw::maintenance
