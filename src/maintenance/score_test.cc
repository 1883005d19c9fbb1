#include "maintenance/score.h"

#include <gtest/gtest.h>

namespace mw::maintenance {
namespace {

TEST(Score, IsPrintedWithItsSplitInBothLanguages) {
  const Score score("rmse_cycles", 12.3149, Split::kAssetWise, 100, {1, 2, 3});
  EXPECT_EQ(score.to_text(Language::kEn), "rmse_cycles 12.31 (asset-wise, n = 100, 3 seeds)");
  EXPECT_EQ(score.to_text(Language::kZh), "rmse_cycles 12.31（按设备划分，n = 100，3 个随机种子）");
}

TEST(Score, CarriesItsSplitAndSeedsIntoJson) {
  const Score score("f1", 0.5, Split::kRandom, 40, {7});
  EXPECT_EQ(score.to_json().dump(),
            R"({"metric":"f1","value":0.5,"split":"random","n":40,"seeds":[7]})");
}

TEST(Score, TellsHowFarApartSingleFoldsLie) {
  const Score score("f1", 0.5, Split::kTimeBlock, 40, {7}, ScoreRange{0.25, 0.75, 5});
  EXPECT_EQ(score.to_text(Language::kEn),
            "f1 0.5 (blocks of time, n = 40, 1 seed, folds 0.25 to 0.75)");
  EXPECT_EQ(score.to_text(Language::kZh),
            "f1 0.5（按时间段划分，n = 40，1 个随机种子，各折 0.25 至 0.75）");
  EXPECT_EQ(score.to_json()["low"], 0.25);
  EXPECT_EQ(score.to_json()["high"], 0.75);
  EXPECT_EQ(score.to_json()["folds"], 5);
}

}  // namespace
}  // namespace mw::maintenance
