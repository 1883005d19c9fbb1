#include "maintenance/remaining_life.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>
#include <numeric>
#include <optional>

#include "core/check.h"
#include "maintenance/boost/train_trees.h"
#include "maintenance/data/column_facts.h"
#include "maintenance/data/json_lists.h"
#include "maintenance/data/shuffle.h"
#include "maintenance/data_report.h"
#include "maintenance/remaining_life/life_bands.h"
#include "maintenance/remaining_life/life_rows.h"
#include "maintenance/remaining_life/life_text.h"
#include "maintenance/remaining_life/novelty.h"
#include "maintenance/remaining_life/prefix_features.h"
#include "maintenance/remaining_life/regimes.h"
#include "maintenance/splits.h"

namespace mw::maintenance {

struct LifeModel::Parts {
  Regimes regimes;
  Novelty novelty;
  std::vector<BoostedTrees> trees;
  LifeBands bands;
};

namespace {

constexpr int kBoostings = 2;  // whose mean is the prediction
constexpr std::size_t kFewestRows = 10;
constexpr std::size_t kRegimeRows = 30;  // most of these must be of a regime that was seen
constexpr std::size_t kMostReasons = 6;
// Held-out rows count up to so many caps before the failure. A healthy machine is healthy for most
// of its life: counted in whole, rows that are easily right make the interval too narrow for
// machines that do fail within the cap (C-MAPSS FD001: it held 0.81 of them instead of 0.90).
constexpr double kAskedWithin = 1.25;
constexpr const char* kFormat = "millwright-life-1";

BoostOptions boost_options(const LifeOptions& options, uint64_t number) {
  BoostOptions out;
  out.trees = options.trees;
  out.learning_rate = 12.0 / options.trees;
  out.seed = options.seed * 1000 + number;
  out.stop = options.stop;
  return out;
}

RunTable table_of_assets(const RunTable& table, std::span<const std::size_t> assets) {
  std::vector<std::size_t> rows;
  for (const std::size_t asset : assets) {
    const auto [first, last] = table.rows_of(asset);
    for (std::size_t row = first; row < last; ++row) rows.push_back(row);
  }
  return rows_of_table(table, rows);
}

std::vector<std::size_t> all_assets(const RunTable& table) {
  std::vector<std::size_t> out(table.assets.size());
  std::iota(out.begin(), out.end(), std::size_t{0});
  return out;
}

/// What one training sees: regimes and rows of its own assets only.
struct Taught {
  Regimes regimes;
  Regimes::Places places;
  LifeRows rows;
};

Result<Taught> taught_by(const RunTable& table, const LifeOptions& options) {
  MW_ASSIGN(Regimes regimes, Regimes::find(table, options.settings, options.regimes));
  MW_ASSIGN(Regimes::Places places, regimes.places_in(table));
  LifeRows rows =
      life_rows(table, all_assets(table), regimes, places, options.stride_rows, options.cap);
  return Taught{std::move(regimes), std::move(places), std::move(rows)};
}

/// The median of the times from row to row.
double usual_step(const RunTable& table) {
  std::vector<double> steps;
  for (std::size_t row = 1; row < table.rows(); ++row) {
    if (table.asset_of_row[row] != table.asset_of_row[row - 1]) continue;
    steps.push_back(table.time_of_row[row] - table.time_of_row[row - 1]);
  }
  if (steps.empty()) return 0;
  const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
  std::nth_element(steps.begin(), middle, steps.end());
  return *middle;
}

double capped(double prediction, double cap) { return std::clamp(prediction, 0.0, cap); }

/// Assets dealt out to folds by chance.
std::vector<std::vector<std::size_t>> asset_folds(const RunTable& table,
                                                  const LifeOptions& options) {
  const std::size_t count = std::min(static_cast<std::size_t>(options.folds), table.assets.size());
  std::vector<std::vector<std::size_t>> folds(count);
  std::size_t next = 0;
  for (const std::size_t asset : shuffled(table.assets.size(), options.seed)) {
    folds[next++ % count].push_back(asset);
  }
  for (auto& fold : folds) std::sort(fold.begin(), fold.end());
  return folds;
}

struct HeldOut {
  std::vector<double> predicted, actual;
};

Result<HeldOut> hold_out(const RunTable& table, std::span<const std::size_t> fold,
                         const LifeOptions& options, uint64_t number,
                         const std::function<void(int)>& on_tree) {
  std::vector<std::size_t> others;
  for (std::size_t asset = 0; asset < table.assets.size(); ++asset) {
    if (!std::binary_search(fold.begin(), fold.end(), asset)) others.push_back(asset);
  }
  MW_ASSIGN(const Taught taught, taught_by(table_of_assets(table, others), options));
  MW_ASSIGN(const BoostedTrees trees, train_trees(taught.rows.features, taught.rows.answers, {},
                                                  boost_options(options, number), on_tree));
  const LifeRows rows =
      life_rows(table, fold, taught.regimes, taught.places, options.stride_rows, options.cap);
  HeldOut out;
  for (std::size_t i = 0; i < rows.answers.size(); ++i) {
    if (rows.remaining[i] > kAskedWithin * options.cap) continue;
    out.predicted.push_back(capped(trees.predict(rows.features.row(i)), options.cap));
    out.actual.push_back(double{rows.answers[i]});
  }
  return out;
}

/// Share of the truth inside the interval, of each fold by what the other folds calibrated.
Result<double> held_out_coverage(const std::vector<HeldOut>& parts, int64_t assets,
                                 const LifeOptions& options) {
  int64_t inside = 0, all = 0;
  for (std::size_t mine = 0; mine < parts.size(); ++mine) {
    HeldOut others;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (i == mine) continue;
      others.predicted.insert(others.predicted.end(), parts[i].predicted.begin(),
                              parts[i].predicted.end());
      others.actual.insert(others.actual.end(), parts[i].actual.begin(), parts[i].actual.end());
    }
    MW_ASSIGN(const LifeBands bands,
              LifeBands::fit(others.predicted, others.actual, assets, options.cap, options.level));
    for (std::size_t i = 0; i < parts[mine].actual.size(); ++i) {
      const LifeBands::Range range = bands.around(parts[mine].predicted[i]);
      const double actual = parts[mine].actual[i];
      inside += actual >= range.low && actual <= range.high ? 1 : 0;
      ++all;
    }
  }
  return static_cast<double>(inside) / static_cast<double>(std::max<int64_t>(all, 1));
}

/// Trained on the rows of `fold.train`, the prediction for each of `fold.test`; NaN between
/// strides.
Result<std::vector<double>> predict_apart(const RunTable& table, const Fold& fold,
                                          const LifeOptions& options) {
  MW_ASSIGN(const Regimes regimes,
            Regimes::find(rows_of_table(table, fold.train), options.settings, options.regimes));
  MW_ASSIGN(const Regimes::Places places, regimes.places_in(table));
  const LifeRows rows =
      life_rows(table, all_assets(table), regimes, places, options.stride_rows, options.cap);
  std::vector<int64_t> place(table.rows(), -1);
  for (std::size_t i = 0; i < rows.table_rows.size(); ++i) {
    place[rows.table_rows[i]] = static_cast<int64_t>(i);
  }
  FeatureRows taught;
  taught.columns = rows.features.columns;
  std::vector<float> answers;
  for (const std::size_t row : fold.train) {
    if (place[row] < 0) continue;
    taught.append(rows.features.row(static_cast<std::size_t>(place[row])));
    answers.push_back(rows.answers[static_cast<std::size_t>(place[row])]);
  }
  MW_ASSIGN(const BoostedTrees trees, train_trees(taught, answers, {}, boost_options(options, 0)));
  std::vector<double> out;
  for (const std::size_t row : fold.test) {
    const auto at = static_cast<std::size_t>(std::max<int64_t>(place[row], 0));
    out.push_back(place[row] < 0 ? std::nan("")
                                 : capped(trees.predict(rows.features.row(at)), options.cap));
  }
  return out;
}

/// Counts trees of trainings that run beside each other.
class SharedProgress {
 public:
  SharedProgress(const LifeModel::Progress& progress, int total)
      : progress_(progress), total_(total) {}
  void one_more() {
    if (!progress_) return;
    const std::lock_guard lock(mutex_);
    progress_(++done_, total_);
  }

 private:
  const LifeModel::Progress& progress_;
  const int total_;
  std::mutex mutex_;
  int done_ = 0;
};

Novelty novelty_of(const RunTable& table, const Taught& taught) {
  std::vector<double> means;
  const std::size_t sensors = taught.places.sensors.size();
  for (std::size_t asset = 0; asset < table.assets.size(); ++asset) {
    const History history = history_of(table, asset, taught.regimes, taught.places);
    for (std::size_t end = 0; end < history.age.size(); ++end) {
      const std::vector<double> recent = recent_means(history, sensors, end);
      means.insert(means.end(), recent.begin(), recent.end());
    }
  }
  return Novelty::fit(means, sensors);
}

std::vector<LifeAnswer::Reason> reasons_of(const std::vector<BoostedTrees>& trees,
                                           const std::vector<std::string>& sensors,
                                           std::span<const float> row) {
  const std::vector<PrefixFeature> features = prefix_features(sensors);
  std::vector<LifeAnswer::Reason> reasons;
  for (const std::string& sensor : sensors) reasons.push_back({sensor, 0});
  reasons.push_back({"age", 0});
  for (const BoostedTrees& each : trees) {
    const std::vector<double> added = each.contributions(row);
    for (std::size_t i = 0; i < features.size(); ++i) {
      reasons[features[i].sensor].added += added[i + 1] / static_cast<double>(trees.size());
    }
  }
  std::stable_sort(reasons.begin(), reasons.end(), [](const auto& a, const auto& b) {
    return std::abs(a.added) > std::abs(b.added);
  });
  reasons.resize(std::min(reasons.size(), kMostReasons));
  return reasons;
}

}  // namespace

std::string_view name(LifeAnswerKind kind) {
  constexpr std::array<std::string_view, 3> kNames = {"range", "too_early", "unseen_regime"};
  return kNames[static_cast<std::size_t>(kind)];
}

Result<LifeModel> LifeModel::train(const RunTable& full, const LifeOptions& options,
                                   ThreadPool& pool, const Progress& progress) {
  MW_CHECK(options.trees > 0 && options.folds >= 2);
  const DataReport report = make_data_report(full);
  MW_TRY(report.check_trainable());
  if (full.label || !full.has_assets) {
    return Error::make(Code::kInvalidArgument,
                       "remaining life is learnt from assets that ran until they failed: name the "
                       "asset's column and no label",
                       "剩余寿命需从运行至故障的设备中学习：请指定设备列，且不要指定标签列",
                       "asset");
  }
  const RunTable table = cleaned(full, report);
  LifeOptions mine = options;  // settings that never change are none
  std::erase_if(mine.settings, [&](const std::string& name) {
    return table.column(name) == nullptr && full.column(name) != nullptr;
  });
  const auto folds = asset_folds(table, mine);
  MW_ASSIGN(const Taught taught, taught_by(table, mine));
  const int jobs = kBoostings + static_cast<int>(folds.size());
  SharedProgress shared(progress, jobs * mine.trees);
  const auto on_tree = [&](int) { shared.one_more(); };
  std::vector<std::optional<Result<BoostedTrees>>> trees(kBoostings);
  std::vector<std::optional<Result<HeldOut>>> held_out(folds.size());
  pool.run(jobs, [&](int job) {
    const auto number = static_cast<std::size_t>(job);
    if (job < kBoostings) {
      trees[number] = train_trees(taught.rows.features, taught.rows.answers, {},
                                  boost_options(mine, number), on_tree);
    } else {
      const std::size_t fold = number - kBoostings;
      held_out[fold] = hold_out(table, folds[fold], mine, number, on_tree);
    }
  });
  auto parts = std::make_shared<Parts>();
  for (auto& each : trees) {
    MW_ASSIGN(BoostedTrees one, std::move(*each));
    parts->trees.push_back(std::move(one));
  }
  std::vector<HeldOut> apart;
  HeldOut together;
  for (auto& each : held_out) {
    MW_ASSIGN(HeldOut one, std::move(*each));
    together.predicted.insert(together.predicted.end(), one.predicted.begin(), one.predicted.end());
    together.actual.insert(together.actual.end(), one.actual.begin(), one.actual.end());
    apart.push_back(std::move(one));
  }
  const auto assets = static_cast<int64_t>(table.assets.size());
  MW_ASSIGN(parts->bands,
            LifeBands::fit(together.predicted, together.actual, assets, mine.cap, mine.level));
  MW_ASSIGN(const double coverage, held_out_coverage(apart, assets, mine));
  parts->novelty = novelty_of(table, taught);
  parts->regimes = taught.regimes;
  LifeModel model;
  model.options_ = mine;
  model.options_.stop = {};
  model.trained_assets_ = assets;
  model.trained_rows_ = static_cast<int64_t>(table.rows());
  model.row_step_ = usual_step(table);
  const auto counted = static_cast<int64_t>(together.actual.size());
  model.held_out_scores_ = {
      Score("rmse", root_mean_square(together.predicted, together.actual), Split::kAssetWise,
            counted, {mine.seed}),
      Score("interval_coverage", coverage, Split::kAssetWise, counted, {mine.seed})};
  model.parts_ = std::move(parts);
  return model;
}

Result<LifeAnswer> LifeModel::answer(const RunTable& table, std::size_t asset,
                                     std::optional<std::size_t> rows) const {
  const Regimes& regimes = parts_->regimes;
  MW_ASSIGN(const Regimes::Places places, regimes.places_in(table));
  const std::size_t sensors = places.sensors.size();
  const History history = history_of(table, asset, regimes, places);
  MW_CHECK(!rows || (*rows >= 1 && *rows <= history.age.size()));
  const std::size_t seen = rows.value_or(history.age.size());
  const std::size_t end = seen - 1;
  FeatureRows row;
  append_prefix_features(history.z, sensors, history.age, std::array{end}, row);
  LifeAnswer answer;
  answer.asset = table.assets[asset];
  answer.age = history.age[end];
  answer.level = options_.level;
  answer.regime = history.regime[end];
  double sum = 0;
  for (const BoostedTrees& each : parts_->trees) sum += each.predict(row.row(0));
  answer.point = capped(sum / static_cast<double>(parts_->trees.size()), options_.cap);
  const LifeBands::Range range = parts_->bands.around(answer.point);
  answer.low = range.low;
  answer.high = range.high;
  answer.reasons = reasons_of(parts_->trees, regimes.sensors(), row.row(0));
  const std::size_t recent = std::min(kRegimeRows, seen);
  const auto foreign = static_cast<std::size_t>(
      std::accumulate(history.foreign.begin() + static_cast<std::ptrdiff_t>(seen - recent),
                      history.foreign.begin() + static_cast<std::ptrdiff_t>(seen), std::size_t{0}));
  const bool unlike =
      parts_->novelty.distance(recent_means(history, sensors, end)) > parts_->novelty.limit();
  if (foreign * 2 > recent || unlike) {
    answer.kind = LifeAnswerKind::kUnseenRegime;
  } else if (seen < kFewestRows || answer.high >= options_.cap * 0.995) {
    answer.kind = LifeAnswerKind::kTooEarly;
  } else {
    answer.kind = LifeAnswerKind::kRange;
  }
  answer.text = life_text(answer, foreign * 2 > recent, table.time_name);
  return answer;
}

Result<std::vector<LifeAnswer>> LifeModel::answers(const RunTable& table, ThreadPool& pool) const {
  std::vector<std::optional<Result<LifeAnswer>>> found(table.assets.size());
  constexpr std::size_t kPart = 60'000;  // a loop of the pool has fewer chunks than 65,536
  for (std::size_t begin = 0; begin < found.size(); begin += kPart) {
    pool.run(static_cast<int>(std::min(kPart, found.size() - begin)), [&](int chunk) {
      const std::size_t asset = begin + static_cast<std::size_t>(chunk);
      found[asset] = answer(table, asset);
    });
  }
  std::vector<LifeAnswer> out;
  for (auto& each : found) {
    MW_ASSIGN(LifeAnswer one, std::move(*each));
    out.push_back(std::move(one));
  }
  return out;
}

Result<std::vector<Score>> LifeModel::scores(const RunTable& full, const LifeOptions& options,
                                             std::span<const uint64_t> seeds,
                                             const Progress& progress) {
  const DataReport report = make_data_report(full);
  MW_TRY(report.check_trainable());
  const RunTable table = cleaned(full, report);
  LifeOptions mine = options;
  std::erase_if(mine.settings, [&](const std::string& name) {
    return table.column(name) == nullptr && full.column(name) != nullptr;
  });
  const std::vector<double> remaining = remaining_time(table);
  SplitOptions split;
  split.folds = mine.folds;
  split.only = {Split::kRandom, Split::kAssetWise};
  const Metric error{"rmse", [&](std::span<const std::size_t> rows, std::span<const double> said) {
                       std::vector<double> predicted, actual;
                       for (std::size_t i = 0; i < rows.size(); ++i) {
                         if (std::isnan(said[i]) || remaining[rows[i]] > kAskedWithin * mine.cap) {
                           continue;
                         }
                         predicted.push_back(said[i]);
                         actual.push_back(std::min(mine.cap, remaining[rows[i]]));
                       }
                       return root_mean_square(predicted, actual);
                     }};
  int done = 0;
  const int steps = static_cast<int>(seeds.size()) * mine.folds * 2;
  return score_by_splits(table, split, seeds, {&error, 1},
                         [&](const Fold& fold, uint64_t seed) -> Result<std::vector<double>> {
                           LifeOptions of_seed = mine;
                           of_seed.seed = seed;
                           auto said = predict_apart(table, fold, of_seed);
                           if (progress) progress(std::min(++done, steps), steps);
                           return said;
                         });
}

std::vector<RefusedSplit> LifeModel::refused_splits() const {
  const bool one_way = regimes() < 2;
  return {
      {Split::kTimeBlock,
       {"leakage: what is known of a row is taken from its asset's whole history, so rows that "
        "teach would reach into those that are scored",
        "泄漏：每行的特征取自该设备的全部历史，训练行会触及评估行"}},
      {Split::kGroupWise,
       one_way ? Text{"it is run in one way only: there are no loads to keep apart",
                      "只有一种工况，没有可区分的负载"}
               : Text{"leakage: an asset is run in several ways in turn, and what is known of a "
                      "row is taken from all of them",
                      "泄漏：设备在多种工况间切换，每行的特征取自所有工况"}}};
}

int LifeModel::regimes() const { return parts_->regimes.count(); }

std::vector<std::string> LifeModel::sensors() const { return parts_->regimes.sensors(); }

Json LifeModel::to_json() const {
  Json trees = Json::array();
  for (const BoostedTrees& each : parts_->trees) trees.push_back(each.to_json());
  return {{"format", kFormat},
          {"options",
           {{"settings", options_.settings},
            {"regimes", options_.regimes},
            {"cap", options_.cap},
            {"level", options_.level},
            {"stride_rows", options_.stride_rows},
            {"trees", options_.trees},
            {"folds", options_.folds},
            {"seed", options_.seed}}},
          {"trained_assets", trained_assets_},
          {"trained_rows", trained_rows_},
          {"row_step", row_step_},
          {"regimes", parts_->regimes.to_json()},
          {"novelty", parts_->novelty.to_json()},
          {"bands", parts_->bands.to_json()},
          {"trees", std::move(trees)}};
}

Result<LifeModel> LifeModel::from_json(const Json& json) {
  MW_ASSIGN(const std::string format, json_string(json, "format"));
  if (format != kFormat) return damaged_model("it is no model of remaining life of this version");
  LifeModel model;
  MW_ASSIGN(const Json* options, json_member(json, "options"));
  MW_ASSIGN(model.options_.settings, json_strings(*options, "settings", 1000));
  MW_ASSIGN(model.options_.cap, json_number(*options, "cap", 0));
  MW_ASSIGN(model.options_.level, json_number(*options, "level", 0));
  MW_ASSIGN(const int64_t seed, json_integer(*options, "seed", 1));
  model.options_.seed = static_cast<uint64_t>(seed);
  MW_ASSIGN(const int64_t trees_wanted, json_integer(*options, "trees", 1));
  model.options_.trees = static_cast<int>(std::clamp<int64_t>(trees_wanted, 1, 100'000));
  MW_ASSIGN(model.trained_assets_, json_integer(json, "trained_assets", 0));
  MW_ASSIGN(model.trained_rows_, json_integer(json, "trained_rows", 0));
  MW_ASSIGN(model.row_step_, json_number(json, "row_step", 0));
  if (!(model.options_.cap > 0)) return damaged_model("its cap is not above zero");
  auto parts = std::make_shared<Parts>();
  MW_ASSIGN(const Json* regimes, json_member(json, "regimes"));
  MW_ASSIGN(parts->regimes, Regimes::from_json(*regimes));
  const std::size_t sensors = parts->regimes.sensors().size();
  MW_ASSIGN(const Json* novelty, json_member(json, "novelty"));
  MW_ASSIGN(parts->novelty, Novelty::from_json(*novelty, sensors));
  MW_ASSIGN(const Json* bands, json_member(json, "bands"));
  MW_ASSIGN(parts->bands, LifeBands::from_json(*bands));
  const auto trees = json.find("trees");
  if (trees == json.end() || !trees->is_array() || trees->empty() || trees->size() > 100) {
    return damaged_model("no list 'trees'");
  }
  const std::size_t columns = prefix_features(parts->regimes.sensors()).size();
  for (const Json& each : *trees) {
    MW_ASSIGN(BoostedTrees one, BoostedTrees::from_json(each));
    if (one.columns() != columns) return damaged_model("its trees are for other columns");
    parts->trees.push_back(std::move(one));
  }
  model.parts_ = std::move(parts);
  return model;
}

double root_mean_square(std::span<const double> predicted, std::span<const double> actual) {
  MW_CHECK(predicted.size() == actual.size() && !actual.empty());
  double sum = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    sum += (predicted[i] - actual[i]) * (predicted[i] - actual[i]);
  }
  return std::sqrt(sum / static_cast<double>(actual.size()));
}

double late_penalty(std::span<const double> predicted, std::span<const double> actual) {
  MW_CHECK_EQ(predicted.size(), actual.size());
  double sum = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const double off = predicted[i] - actual[i];
    sum += off < 0 ? std::exp(-off / 13) - 1 : std::exp(off / 10) - 1;
  }
  return sum;
}

}  // namespace mw::maintenance
