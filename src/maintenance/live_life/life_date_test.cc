#include "maintenance/live_life/life_date.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mw::maintenance {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// A pump of which the model says 40 to 90 hours.
LifeView told() {
  LifeView out;
  out.model.name = "pumps";
  out.model.card = {
      {"scores", {{{"metric", "interval_coverage"}, {"split", "asset_wise"}, {"value", 0.912}}}}};
  out.row_ns = 100 * kNsPerDay;
  out.answer.emplace();
  out.answer->kind = LifeAnswerKind::kRange;
  out.answer->level = 0.9;
  out.earliest_ns = out.row_ns + 40 * kNsPerHour;
  out.latest_ns = out.row_ns + 90 * kNsPerHour;
  return out;
}

TEST(LifeDate, IsTheBeginningOfTheRangeWithItsCertainty) {
  const LifeDate date = life_date(told());
  EXPECT_EQ(date.before_ns, 100 * kNsPerDay + 40 * kNsPerHour);
  EXPECT_EQ(date.certainty, 0.9);
  EXPECT_EQ(date.held_share, 0.912);
  EXPECT_EQ(date.model, "pumps");
  for (const char* each :
       {"'pumps'", "90 % certainty", "as in the last week", "91.2 % of the rows"}) {
    EXPECT_THAT(date.why.en, HasSubstr(each));
  }
  for (const char* each : {"“pumps”", "90 % 的把握", "最近一周", "91.2 %"}) {
    EXPECT_THAT(date.why.zh, HasSubstr(each));
  }
}

TEST(LifeDate, SaysWhereNothingBeyondItCanBeTold) {
  LifeView view = told();
  view.answer->kind = LifeAnswerKind::kTooEarly;
  view.latest_ns.reset();
  view.model.card = Json::object();
  const LifeDate date = life_date(view);
  EXPECT_TRUE(date.before_ns);
  EXPECT_FALSE(date.held_share);
  EXPECT_THAT(date.why.en, HasSubstr("what comes after it cannot tell yet"));
  EXPECT_THAT(date.why.en, Not(HasSubstr("held out")));
  EXPECT_THAT(date.why.zh, HasSubstr("此后的情况尚无法判断"));
}

TEST(LifeDate, IsNoneWhereTheModelClaimsNothingAndSaysWhy) {
  LifeView silent = told();
  silent.answer.reset();
  silent.problem = {"'p1/heat' has had no good value of late", "信号“p1/heat”近期没有有效数值"};
  EXPECT_EQ(life_date(silent).why.en, silent.problem.en);
  LifeView foreign = told();
  foreign.answer->kind = LifeAnswerKind::kUnseenRegime;
  foreign.answer->text = {"no number is claimed", "不给出数值"};
  EXPECT_EQ(life_date(foreign).why.zh, "不给出数值");
  LifeView standing = told();
  standing.earliest_ns.reset();
  EXPECT_THAT(life_date(standing).why.en, HasSubstr("hardly ran"));
  for (const LifeView& view : {silent, foreign, standing}) {
    EXPECT_FALSE(life_date(view).before_ns);
    EXPECT_EQ(life_date(view).certainty, 0);
  }
}

}  // namespace
}  // namespace mw::maintenance
