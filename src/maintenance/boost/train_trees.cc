#include "maintenance/boost/train_trees.h"

#include <xgboost/c_api.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <string>

#include "core/check.h"

namespace mw::maintenance {
namespace {

struct MatrixEnd {
  void operator()(void* handle) const { XGDMatrixFree(handle); }
};
struct BoosterEnd {
  void operator()(void* handle) const { XGBoosterFree(handle); }
};
using Matrix = std::unique_ptr<void, MatrixEnd>;
using Booster = std::unique_ptr<void, BoosterEnd>;

Result<void> said(int status) {
  if (status == 0) return {};
  return Error::make(Code::kInternal, std::string("XGBoost: ") + XGBGetLastError(),
                     std::string("XGBoost：") + XGBGetLastError());
}

Result<Matrix> matrix_of(const FeatureRows& rows, std::span<const float> answers,
                         std::span<const float> weights) {
  DMatrixHandle handle = nullptr;
  MW_TRY(said(XGDMatrixCreateFromMat(rows.values.data(), rows.rows(), rows.columns,
                                     std::numeric_limits<float>::quiet_NaN(), &handle)));
  Matrix matrix(handle);
  MW_TRY(said(XGDMatrixSetFloatInfo(handle, "label", answers.data(), answers.size())));
  if (!weights.empty()) {
    MW_TRY(said(XGDMatrixSetFloatInfo(handle, "weight", weights.data(), weights.size())));
  }
  return matrix;
}

/// What XGBoost starts from: the weighted mean, which for odds is kept off 0 and 1.
double mean_answer(std::span<const float> answers, std::span<const float> weights) {
  double sum = 0, total = 0;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const double weight = weights.empty() ? 1.0 : double{weights[i]};
    sum += weight * double{answers[i]};
    total += weight;
  }
  return total > 0 ? sum / total : 0;
}

Result<void> set_options(BoosterHandle booster, const BoostOptions& options, double base) {
  const bool odds = options.aim == BoostOptions::Aim::kLogOdds;
  const std::pair<const char*, std::string> values[] = {
      {"objective", odds ? "binary:logistic" : "reg:squarederror"},
      {"tree_method", "hist"},
      {"grow_policy", "lossguide"},
      {"max_depth", "0"},
      {"max_leaves", std::to_string(options.leaves)},
      {"eta", std::to_string(options.learning_rate)},
      {"subsample", std::to_string(options.row_share)},
      {"colsample_bytree", std::to_string(options.column_share)},
      {"min_child_weight", std::to_string(options.least_weight)},
      {"max_bin", std::to_string(options.bins)},
      {"lambda", std::to_string(options.l2)},
      {"base_score", std::to_string(base)},
      {"seed", std::to_string(options.seed & 0x7FFFFFFFU)},
      {"nthread", "1"},
      {"verbosity", "0"}};
  for (const auto& [name, value] : values) {
    MW_TRY(said(XGBoosterSetParam(booster, name, value.c_str())));
  }
  return {};
}

Error other_form() {
  return Error::make(Code::kInternal, "XGBoost: its model has another form than version 1.7's",
                     "XGBoost：模型格式与 1.7 版不同");
}

/// XGBoost's tree in its JSON form as ours: a leaf's value stands where a split's threshold does.
/// Empty where the lists do not fit together; throws nlohmann's exceptions.
BoostedTrees::Tree tree_of(const Json& json) {
  BoostedTrees::Tree tree;
  json.at("left_children").get_to(tree.left);
  json.at("right_children").get_to(tree.right);
  json.at("split_indices").get_to(tree.column);
  json.at("split_conditions").get_to(tree.threshold);
  json.at("sum_hessian").get_to(tree.cover);
  const auto missing = json.at("default_left").get<std::vector<int32_t>>();
  const std::size_t nodes = tree.left.size();
  if (tree.right.size() != nodes || tree.column.size() != nodes || tree.threshold.size() != nodes ||
      tree.cover.size() != nodes || missing.size() != nodes) {
    return {};
  }
  tree.value.assign(nodes, 0.0F);
  for (std::size_t node = 0; node < nodes; ++node) {
    tree.missing_left.push_back(missing[node] != 0 ? 1 : 0);
    if (tree.left[node] >= 0) {
      const auto parent = static_cast<int64_t>(node);
      if (std::min(tree.left[node], tree.right[node]) <= parent ||
          std::max(tree.left[node], tree.right[node]) >= static_cast<int64_t>(nodes)) {
        return {};
      }
      continue;
    }
    tree.value[node] = tree.threshold[node];
    tree.threshold[node] = 0;
    tree.column[node] = 0;
  }
  return tree;
}

Result<BoostedTrees> taken_out(BoosterHandle booster, std::size_t columns, double base) {
  bst_ulong length = 0;
  const char* bytes = nullptr;
  MW_TRY(said(XGBoosterSaveModelToBuffer(booster, R"({"format":"json"})", &length, &bytes)));
  MW_ASSIGN(const Json model, parse_json(std::string_view(bytes, length)));
  std::vector<BoostedTrees::Tree> trees;
  try {  // nlohmann's look-ups throw where the form is another
    for (const Json& each : model.at("learner").at("gradient_booster").at("model").at("trees")) {
      trees.push_back(tree_of(each));
    }
  } catch (const Json::exception&) {
    return other_form();
  }
  for (const BoostedTrees::Tree& tree : trees) {
    if (tree.value.empty()) return other_form();
  }
  return BoostedTrees(base, columns, std::move(trees));
}

}  // namespace

Error training_given_up() {
  return Error::make(Code::kCancelled, "the training was given up: nothing of it is kept",
                     "训练已中止，未保留任何结果");
}

Result<BoostedTrees> train_trees(const FeatureRows& rows, std::span<const float> answers,
                                 std::span<const float> weights, const BoostOptions& options,
                                 const std::function<void(int trees)>& on_tree) {
  MW_CHECK_EQ(rows.rows(), answers.size());
  MW_CHECK(weights.empty() || weights.size() == answers.size());
  if (answers.empty()) {
    return Error::make(Code::kInvalidArgument, "there are no rows to learn from",
                       "没有可供学习的数据行");
  }
  const bool odds = options.aim == BoostOptions::Aim::kLogOdds;
  double base = mean_answer(answers, weights);
  if (odds) base = std::min(std::max(base, 1e-4), 1 - 1e-4);
  base = std::stod(std::to_string(base));  // as XGBoost is told it
  MW_ASSIGN(const Matrix matrix, matrix_of(rows, answers, weights));
  const DMatrixHandle handles[] = {matrix.get()};
  BoosterHandle handle = nullptr;
  MW_TRY(said(XGBoosterCreate(handles, 1, &handle)));
  const Booster booster(handle);
  MW_TRY(set_options(handle, options, base));
  for (int tree = 0; tree < options.trees; ++tree) {
    if (options.stop.stop_requested()) return training_given_up();
    MW_TRY(said(XGBoosterUpdateOneIter(handle, tree, matrix.get())));
    if (on_tree) on_tree(tree + 1);
  }
  return taken_out(handle, rows.columns, odds ? std::log(base / (1 - base)) : base);
}

}  // namespace mw::maintenance
