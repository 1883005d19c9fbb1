#include "maintenance/model_card.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/file.h"
#include "maintenance/testing/made_runs.h"
#include "tests/support/temporary_folder.h"

namespace mw::maintenance {
namespace {

using testing::HasSubstr;

LifeModel small_model() {
  LifeOptions options;
  options.settings = {"load"};
  options.trees = 5;
  ThreadPool pool(2);
  return *LifeModel::train(made_runs(10), options, pool);
}

ModelCard made_card() {
  ModelCard card;
  card.data_file = "mill.csv";
  card.data_sha256 = "ab";
  card.mapping.asset = "machine";
  card.mapping.ignored = {"operator"};
  card.report = Json::object();
  card.scores = {Score("rmse", 9.5, Split::kAssetWise, 300, {1})};
  return card;
}

TEST(ModelCard, StandsBesideTheModelAndNamesSplitsAndLimits) {
  const testing_support::TemporaryFolder folder;
  const LifeModel model = small_model();
  ModelCard card = made_card();
  card.splits_refused = model.refused_splits();
  card.lines = {"line-1"};
  ASSERT_TRUE(save_model(folder.path() / "m", card, model, false));
  const auto read = open_model(folder.path() / "m");
  ASSERT_TRUE(read) << read.error().message.en;
  EXPECT_EQ(read->card.mapping.asset, "machine");
  EXPECT_EQ(read->card_json["scores"][0]["split"], "asset_wise");
  EXPECT_THAT(read->card_json["limits"]["en"].get<std::string>(), HasSubstr("125"));
  const Json& refused = read->card_json["splits_refused"];
  ASSERT_EQ(refused.size(), 2u);
  EXPECT_EQ(refused[0]["split"], "time_block");
  EXPECT_THAT(refused[0]["why"]["en"].get<std::string>(), HasSubstr("leakage"));
  EXPECT_EQ(read->card_json["lines"], Json({"line-1"}));
  ASSERT_TRUE(std::holds_alternative<LifeModel>(read->model));
  EXPECT_EQ(std::get<LifeModel>(read->model).to_json(), model.to_json());
}

TEST(ModelCard, KeepsAModelThatIsThereUnlessTold) {
  const testing_support::TemporaryFolder folder;
  const LifeModel model = small_model();
  ASSERT_TRUE(save_model(folder.path(), made_card(), model, false));
  EXPECT_EQ(save_model(folder.path(), made_card(), model, false).error().code, Code::kConflict);
  EXPECT_TRUE(save_model(folder.path(), made_card(), model, true));
}

TEST(ModelCard, RefusesAModelThatIsNotItsOwn) {
  const testing_support::TemporaryFolder folder;
  EXPECT_EQ(open_model(folder.path()).error().code, Code::kNotFound);
  ASSERT_TRUE(save_model(folder.path(), made_card(), small_model(), false));
  ASSERT_TRUE(write_file_atomically(folder.path() / "model.json", "{}"));
  EXPECT_EQ(open_model(folder.path()).error().code, Code::kCorrupt);
  ASSERT_TRUE(write_file_atomically(folder.path() / "card.json", "[1]"));
  EXPECT_FALSE(open_model(folder.path()));
}

}  // namespace
}  // namespace mw::maintenance
