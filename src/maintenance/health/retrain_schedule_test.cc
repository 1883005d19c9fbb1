#include "maintenance/health/retrain_schedule.h"

#include <gtest/gtest.h>

#include "maintenance/health/retrain_store.h"
#include "tests/support/temporary_folder.h"

namespace mw::maintenance {
namespace {

const TimeZone kBerlin = TimeZone::load("CET-1CEST,M3.5.0,M10.5.0/3").value();

TimeNs berlin(int month, int day, int hour, int minute = 0) {
  return kBerlin.from_civil({2026, month, day, hour, minute, 0}).first;
}

RetrainSchedule weekly_at_two() {
  RetrainSchedule out;
  out.asset = "m1";
  out.by = "li";
  return out;
}

TEST(RetrainSchedule, BeginsAtItsTimeOfDayInThePlantsZone) {
  const RetrainSchedule one = weekly_at_two();
  EXPECT_EQ(first_run_ns(one, kBerlin, berlin(11, 4, 1)), berlin(11, 4, 2));
  EXPECT_EQ(first_run_ns(one, kBerlin, berlin(11, 4, 2)), berlin(11, 5, 2));
}

TEST(RetrainSchedule, KeepsItsTimeOfDayWhereTheClocksChange) {
  RetrainSchedule one = weekly_at_two();
  one.minute = 240;
  one.next_ns = berlin(10, 21, 4);
  EXPECT_EQ(next_run_ns(one, kBerlin, one.next_ns), berlin(10, 28, 4));  // summer time ended
  one.minute = 150;  // 02:30 is skipped on March 29th
  one.next_ns = berlin(3, 22, 2, 30);
  EXPECT_EQ(next_run_ns(one, kBerlin, one.next_ns), berlin(3, 29, 3, 30));
}

TEST(RetrainSchedule, LeavesOutTimesThatWentByAndKeepsItsRhythm) {
  RetrainSchedule one = weekly_at_two();
  one.next_ns = berlin(11, 4, 2);
  EXPECT_EQ(next_run_ns(one, kBerlin, berlin(11, 20, 9)), berlin(11, 25, 2));
  EXPECT_EQ(next_run_ns(one, kBerlin, berlin(11, 18, 1)), berlin(11, 18, 2));
}

TEST(RetrainSchedule, ReadsATimeOfDayAndNothingElse) {
  EXPECT_EQ(*minute_of_day("02:30"), 150);
  EXPECT_EQ(time_of_day(150), "02:30");
  for (const char* bad : {"", "2:30", "24:00", "02:60", "02.30", "0a:30", "02:301"}) {
    EXPECT_EQ(minute_of_day(bad).error().param, "at") << bad;
  }
}

TEST(RetrainSchedule, NamesTheFieldThatIsWrong) {
  const auto wrong = [](auto change) {
    RetrainSchedule one = weekly_at_two();
    change(one);
    return check_schedule(one).error().param;
  };
  EXPECT_TRUE(check_schedule(weekly_at_two()));
  EXPECT_EQ(wrong([](RetrainSchedule& one) { one.every_days = 0; }), "every_days");
  EXPECT_EQ(wrong([](RetrainSchedule& one) { one.history_days = 401; }), "history_days");
  EXPECT_EQ(wrong([](RetrainSchedule& one) { one.minute = 1440; }), "at");
  EXPECT_EQ(wrong([](RetrainSchedule& one) { one.contract.most_false = 0; }), "most_false");
  EXPECT_EQ(wrong([](RetrainSchedule& one) { one.contract.days = -1; }), "days");
}

TEST(RetrainSchedule, LearnsFromNoStretchOfAConfirmedOrOpenCase) {
  HealthCase confirmed, open, nothing;
  confirmed.opened_ns = 100 * kNsPerHour;
  confirmed.decided_ns = 104 * kNsPerHour;
  confirmed.outcome = CaseOutcome::kConfirmed;
  nothing.opened_ns = 200 * kNsPerHour;
  nothing.decided_ns = 201 * kNsPerHour;
  nothing.outcome = CaseOutcome::kNothingFound;
  open.opened_ns = 300 * kNsPerHour;
  const auto left_out =
      stretches_of_cases({open, nothing, confirmed}, {90 * kNsPerHour, 310 * kNsPerHour});
  ASSERT_EQ(left_out.size(), 2u);
  EXPECT_EQ(left_out[0].start_ns, 99 * kNsPerHour);
  EXPECT_EQ(left_out[0].end_ns, 104 * kNsPerHour);
  EXPECT_EQ(left_out[1].start_ns, 299 * kNsPerHour);
  EXPECT_EQ(left_out[1].end_ns, 310 * kNsPerHour);
  HealthCase again = confirmed;
  again.opened_ns = 103 * kNsPerHour;
  again.decided_ns = 110 * kNsPerHour;
  const auto one = stretches_of_cases({again, confirmed}, {0, 310 * kNsPerHour});
  ASSERT_EQ(one.size(), 1u);
  EXPECT_EQ(one[0].end_ns, 110 * kNsPerHour);
}

TEST(RetrainStore, KeepsASchedulePutsItInPlaceAndForgetsWhoSetIt) {
  const testing_support::TemporaryFolder folder;
  const std::string path = (folder.path() / "maintenance.db").string();
  RetrainSchedule one = weekly_at_two();
  one.promote = true;
  one.by_kind = Identity::Kind::kApiKey;
  one.next_ns = 77;
  one.last = {RetrainResult::kRefused, 3, 9, {"too little", "不足"}};
  ASSERT_TRUE(RetrainStore::open(path)->put(one));
  one.every_days = 9;
  auto store = RetrainStore::open(path);
  ASSERT_TRUE(store->put(one));
  ASSERT_TRUE(store->forget("LI"));
  const auto kept = *store->all();
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].by, "?");
  EXPECT_EQ(kept[0].every_days, 9);
  EXPECT_EQ(kept[0].by_kind, Identity::Kind::kApiKey);
  EXPECT_TRUE(kept[0].promote);
  EXPECT_EQ(kept[0].last.why.zh, "不足");
  ASSERT_TRUE(store->remove("m1"));
  EXPECT_TRUE(store->all()->empty());
}

}  // namespace
}  // namespace mw::maintenance
