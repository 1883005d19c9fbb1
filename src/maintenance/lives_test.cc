#include "maintenance/lives.h"

#include <gmock/gmock.h>

#include "maintenance/health/health_machine.h"
#include "maintenance/testing/lived_plant.h"

namespace mw::maintenance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class CutLivesTest : public LivedPlant {
 protected:
  TimeNs at(int hours) const { return kBegan + hours * kNsPerHour; }
  LivesOrder order() const {
    return {{"p1"}, {"heat"}, {}, 3600, 3600, "hour", "", "failed", {kBegan, at(100)}};
  }
};

TEST_F(CutLivesTest, ALifeGoesFromOneFailureToTheNext) {
  clock_.set(at(100));
  for (const int hour : {10, 30, 60}) tell("p1", "failed", at(hour));
  tell("p1", "inspected", at(40));
  const auto spans = life_spans(*plant_, everybody(), "p1", "", "failed", {kBegan, at(100)});
  ASSERT_TRUE(spans) << spans.error().message.en;
  ASSERT_EQ(spans->lives.size(), 2u);
  EXPECT_EQ(spans->lives[0].start_ns, at(10));
  EXPECT_EQ(spans->lives[0].end_ns, at(30));
  EXPECT_EQ(spans->lives[1].end_ns, at(60));
  EXPECT_EQ(spans->without_beginning, 1) << "nobody told when the first life began";
}

TEST_F(CutLivesTest, AReplacementBeginsALifeAndIsNoFailure) {
  clock_.set(at(100));
  tell("p1", "replaced", at(5));
  tell("p1", "failed", at(30));
  tell("p1", "replaced", at(33));
  tell("p1", "replaced", at(50));  // before it failed: that life is no run to failure
  tell("p1", "failed", at(80));
  const auto spans =
      life_spans(*plant_, everybody(), "p1", "replaced", "failed", {kBegan, at(100)});
  ASSERT_TRUE(spans);
  ASSERT_EQ(spans->lives.size(), 2u);
  EXPECT_EQ(spans->lives[0].start_ns, at(5));
  EXPECT_EQ(spans->lives[0].end_ns, at(30));
  EXPECT_EQ(spans->lives[1].start_ns, at(50));
  const auto latest = latest_beginning(*plant_, everybody(), "p1", "replaced", {kBegan, at(100)});
  EXPECT_EQ(*latest, at(50));
}

TEST_F(CutLivesTest, TheTableIsWhatTrainingReads) {
  clock_.set(at(100));
  for (int hour = 0; hour < 80; ++hour) store("p1/heat", at(hour), 1.0 + hour);
  stored();
  for (const int hour : {10, 13, 80}) tell("p1", "failed", at(hour));
  const auto cut = cut_lives(*plant_, everybody(), order());
  ASSERT_TRUE(cut) << cut.error().message.en;
  EXPECT_THAT(cut->csv,
              StartsWith("life,hour,heat [K]\np1-1,1,11\np1-1,2,12\np1-1,3,13\np1-2,1,14\n"));
  EXPECT_EQ(cut->lives, 2);
  EXPECT_EQ(cut->rows, 70u);
  EXPECT_EQ(cut->without_beginning, 1);
  TableMapping mapping;
  mapping.asset = "life";
  mapping.time = "hour";
  const auto table = read_run_table(cut->csv, mapping);
  ASSERT_TRUE(table) << table.error().message.en;
  EXPECT_THAT(table->assets, ElementsAre("p1-1", "p1-2"));
  EXPECT_EQ(table->column("heat")->unit, "K");
}

TEST_F(CutLivesTest, WhatCannotBeCutIsNamed) {
  clock_.set(at(100));
  LivesOrder wrong = order();
  wrong.columns = {"smell"};
  EXPECT_THAT(cut_lives(*plant_, everybody(), wrong).error().message.en, HasSubstr("p1/smell"));
  wrong = order();
  wrong.ends = "";
  EXPECT_EQ(cut_lives(*plant_, everybody(), wrong).error().param, "ends");
  wrong = order();
  wrong.assets = {"p1", "p9"};
  EXPECT_EQ(cut_lives(*plant_, everybody(), wrong).error().code, Code::kNotFound);
  wrong = order();
  wrong.row_s = 0;
  EXPECT_EQ(cut_lives(*plant_, everybody(), wrong).error().param, "row");
  const Identity of_b{Identity::Kind::kPerson, "bo", {{Role::kEngineer, {"b"}, {}}}};
  EXPECT_EQ(cut_lives(*plant_, of_b, order()).error().code, Code::kNotFound);
}

}  // namespace
}  // namespace mw::maintenance
