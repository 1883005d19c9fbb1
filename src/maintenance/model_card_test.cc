#include "maintenance/model_card.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/file.h"
#include "maintenance/data/model_pair.h"
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

TEST(ModelCard, StoppedBetweenAnyTwoStepsIsTheOlderPairOrTheNewer) {
  const testing_support::TemporaryFolder folder, other;
  ModelCard older = made_card();
  older.trained_at = "older";
  ModelCard newer = made_card();
  newer.trained_at = "newer";
  LifeOptions options;
  options.settings = {"load"};
  options.trees = 3;
  ThreadPool pool(2);
  const LifeModel next = *LifeModel::train(made_runs(12), options, pool);
  ASSERT_TRUE(save_model(folder.path(), older, small_model(), false));
  ASSERT_TRUE(save_model(other.path(), newer, next, false));
  const auto pair = read_pair(other.path());
  ASSERT_TRUE(pair) << pair.error().message.en;
  const auto opened = [&] {
    const auto model = open_model(folder.path());
    EXPECT_TRUE(model) << model.error().message.en;
    return model ? model->card.trained_at : "";
  };
  const auto models = [&] {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      count += entry.path().filename().string().starts_with("model") ? 1 : 0;
    }
    return count;
  };
  ASSERT_TRUE(put_model(folder.path(), pair->model));
  EXPECT_EQ(opened(), "older") << "killed before the card";
  ASSERT_TRUE(put_card(folder.path(), pair->card));
  EXPECT_EQ(opened(), "newer") << "killed before the older model went";
  EXPECT_EQ(models(), 2);
  ASSERT_TRUE(save_model(folder.path(), older, small_model(), true));
  EXPECT_EQ(opened(), "older");
  EXPECT_EQ(models(), 1) << "what was left behind goes with the next save";
}

TEST(ModelCard, OpensAPairOfTheFirstFormat) {
  const testing_support::TemporaryFolder folder;
  ASSERT_TRUE(save_model(folder.path(), made_card(), small_model(), false));
  const auto pair = read_pair(folder.path());
  ASSERT_TRUE(pair);
  Json card = pair->card_json;
  card["format"] = "millwright-maintenance-card-1";
  drop_other_models(folder.path(), "none");
  ASSERT_TRUE(write_file_atomically(folder.path() / "model.json", pair->model));
  ASSERT_TRUE(put_card(folder.path(), to_text(card)));
  EXPECT_TRUE(open_model(folder.path()));
  ASSERT_TRUE(save_model(folder.path(), made_card(), small_model(), true));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "model.json"));
  EXPECT_TRUE(open_model(folder.path()));
}

TEST(ModelCard, RefusesAModelThatIsNotItsOwn) {
  const testing_support::TemporaryFolder folder;
  EXPECT_EQ(open_model(folder.path()).error().code, Code::kNotFound);
  ASSERT_TRUE(save_model(folder.path(), made_card(), small_model(), false));
  const Json card = *parse_json(*read_file(folder.path() / "card.json", 1 << 20));
  const auto model = folder.path() / model_file_name(card["model_sha256"].get<std::string>());
  ASSERT_TRUE(write_file_atomically(model, "{}"));
  EXPECT_EQ(open_model(folder.path()).error().code, Code::kCorrupt);
  std::filesystem::remove(model);
  EXPECT_EQ(open_model(folder.path()).error().code, Code::kCorrupt);
  ASSERT_TRUE(write_file_atomically(folder.path() / "card.json", "[1]"));
  EXPECT_FALSE(open_model(folder.path()));
}

}  // namespace
}  // namespace mw::maintenance
