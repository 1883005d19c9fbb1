#include "plant/upkeep_calendar.h"

#include <gtest/gtest.h>

namespace mw::plant {
namespace {

constexpr TimeNs kHour = kNsPerHour;

class UpkeepCalendar : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto parsed = Catalogue::parse(R"({
      "site": "s", "lines": [{"id": "a"}, {"id": "b"}],
      "shifts": [{"id": "day", "start": "06:00", "end": "22:00", "lines": ["a"],
                  "days": ["mon", "tue", "wed", "thu", "fri"]}],
      "upkeep": {"standstill": [{"assets": ["p2"], "per_hour": 7},
                                {"shifts": ["day"], "per_hour": 1000},
                                {"outside_shifts": true, "per_hour": 0}],
        "planned_stops": [
          {"id": "clean", "days": ["fri"], "start": "20:00", "end": "02:00"},
          {"id": "leave", "lines": ["a"], "from": "2026-12-05T00:00", "to": "2026-12-07T00:00"}]},
      "kinds": [{"id": "pump"}],
      "assets": [{"id": "p1", "kind": "pump", "line": "a"}, {"id": "p2", "kind": "pump", "line": "a"},
                 {"id": "p3", "kind": "pump", "line": "b"}]})");
    ASSERT_TRUE(parsed) << parsed.error().message.en;
    plant_ = *parsed;
  }
  std::vector<RatedTime> rated(const char* asset, TimeWindow window) const {
    return rated_time(zone_, *plant_, plant_->upkeep().standstill, *plant_->asset(asset), window);
  }
  const TimeZone zone_ = TimeZone::utc();
  std::shared_ptr<const Catalogue> plant_;
  // Friday, 2026-12-04, 18:00.
  const TimeNs friday_ = days_from_civil(2026, 12, 4) * 24 * kHour + 18 * kHour;
};

TEST_F(UpkeepCalendar, CutsTimeWhereTheCostOfAnHourChanges) {
  const std::vector<RatedTime> expected = {{{friday_, friday_ + 4 * kHour}, 1000},
                                           {{friday_ + 4 * kHour, friday_ + 8 * kHour}, 0}};
  EXPECT_EQ(rated("p1", {friday_, friday_ + 8 * kHour}), expected);
}

TEST_F(UpkeepCalendar, TakesTheFirstRateThatHolds) {
  const std::vector<RatedTime> expected = {{{friday_, friday_ + 8 * kHour}, 7}};
  EXPECT_EQ(rated("p2", {friday_, friday_ + 8 * kHour}), expected);
}

TEST_F(UpkeepCalendar, KnowsNoCostOfALineWithoutShifts) {
  const std::vector<RatedTime> expected = {{{friday_, friday_ + kHour}, std::nullopt}};
  EXPECT_EQ(rated("p3", {friday_, friday_ + kHour}), expected);
}

TEST_F(UpkeepCalendar, FindsStopsOfEachWeekAndOfADateWhole) {
  const auto runs =
      planned_stop_runs(zone_, *plant_, "a", {friday_ + 3 * kHour, friday_ + 9 * kHour});
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[0].stop->id, "clean");
  EXPECT_EQ(runs[0].window, (TimeWindow{friday_ + 2 * kHour, friday_ + 8 * kHour}));
  EXPECT_EQ(runs[1].stop->id, "leave");
  EXPECT_EQ(runs[1].window, (TimeWindow{friday_ + 6 * kHour, friday_ + 54 * kHour}));
  EXPECT_EQ(planned_stop_runs(zone_, *plant_, "b", {friday_, friday_ + 9 * kHour}).size(), 1u);
}

TEST_F(UpkeepCalendar, ListsTheShiftsOfALine) {
  const auto runs = shift_runs_of(zone_, *plant_, "a", {friday_, friday_ + 72 * kHour});
  ASSERT_EQ(runs.size(), 2u) << "Friday and Monday";
  EXPECT_EQ(runs[1].window.start_ns, friday_ + 60 * kHour);
  EXPECT_TRUE(shift_runs_of(zone_, *plant_, "b", {friday_, friday_ + 72 * kHour}).empty());
}

}  // namespace
}  // namespace mw::plant
