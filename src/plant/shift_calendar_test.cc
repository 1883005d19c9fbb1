// When shifts run: days of the week, exceptions, lines, and changes of the clocks.
#include "plant/shift_calendar.h"

#include <gtest/gtest.h>

namespace mw::plant {
namespace {

const TimeZone kBerlin = *TimeZone::parse_posix("CET-1CEST,M3.5.0,M10.5.0/3");

Shift shift(std::string id, int start_hour, int end_hour) {
  Shift out;
  out.id = std::move(id);
  out.start_minute = start_hour * 60;
  out.end_minute = end_hour * 60;
  return out;
}
double hours(const TimeWindow& window) {
  return static_cast<double>(window.end_ns - window.start_ns) / kNsPerHour;
}
TimeNs utc(int year, int month, int day, int hour) {
  return (days_from_civil(year, month, day) * 24 + hour) * kNsPerHour;
}

TEST(ShiftCalendar, AShiftOverAChangeOfTheClocksHasItsRealLength) {
  const Shift night = shift("night", 22, 6);
  // The clocks go back on 2026-10-25 and forward on 2026-03-29, both at night.
  EXPECT_EQ(hours(shift_window(kBerlin, night, days_from_civil(2026, 10, 24))), 9);
  EXPECT_EQ(hours(shift_window(kBerlin, night, days_from_civil(2026, 10, 25))), 8);
  EXPECT_EQ(hours(shift_window(kBerlin, night, days_from_civil(2026, 3, 28))), 7);
  EXPECT_EQ(shift_window(kBerlin, night, days_from_civil(2026, 10, 24)),
            (TimeWindow{utc(2026, 10, 24, 20), utc(2026, 10, 25, 5)}));
  // All of a day belongs to its three shifts, however long it is.
  for (const int month : {3, 10, 11}) {
    const int day = month == 3 ? 29 : 25;
    const int64_t first = days_from_civil(2026, month, day);
    const TimeWindow early = shift_window(kBerlin, shift("early", 6, 14), first);
    const TimeWindow before = shift_window(kBerlin, night, first - 1);
    EXPECT_EQ(before.end_ns, early.start_ns);
    EXPECT_EQ(hours(early), 8);
  }
}

TEST(ShiftCalendar, AShiftRunsOnItsDaysUnlessAnExceptionSaysOtherwise) {
  Shift day = shift("day", 8, 16);
  day.days = 0x1f;  // Monday to Friday
  Shift weekend = shift("weekend", 9, 15);
  weekend.days = 0x60;
  const int64_t friday = days_from_civil(2026, 12, 25);
  EXPECT_TRUE(shift_runs(day, {}, friday, "a"));
  EXPECT_FALSE(shift_runs(day, {}, friday + 1, "a"));
  EXPECT_TRUE(shift_runs(weekend, {}, friday + 1, "a"));
  ShiftException holiday;
  holiday.day = friday;
  holiday.lines = {"a"};
  ShiftException overtime;
  overtime.day = friday + 1;
  overtime.shifts = {"day"};
  const std::vector<ShiftException> exceptions = {holiday, overtime};
  EXPECT_FALSE(shift_runs(day, exceptions, friday, "a"));
  EXPECT_TRUE(shift_runs(day, exceptions, friday, "b"));
  EXPECT_TRUE(shift_runs(day, exceptions, friday, ""));  // of no line in particular
  EXPECT_TRUE(shift_runs(day, exceptions, friday + 1, "a"));
  EXPECT_FALSE(shift_runs(weekend, exceptions, friday + 1, "a"));
}

TEST(ShiftCalendar, ScheduledTimeIsTheUnionOfTheShiftsOfALine) {
  Shift early = shift("early", 6, 14);
  Shift late = shift("late", 14, 22);
  late.lines = {"a"};
  Shift overlap = shift("overlap", 13, 15);
  const std::vector<Shift> shifts = {early, late, overlap};
  const TimeWindow day = {utc(2026, 11, 23, 23), utc(2026, 11, 24, 23)};
  const auto a = scheduled_time(kBerlin, shifts, {}, "a", day);
  ASSERT_TRUE(a);
  ASSERT_EQ(a->size(), 1u);
  EXPECT_EQ((*a)[0], (TimeWindow{utc(2026, 11, 24, 5), utc(2026, 11, 24, 21)}));
  const auto b = scheduled_time(kBerlin, shifts, {}, "b", day);
  ASSERT_EQ(b->size(), 1u);
  EXPECT_EQ(hours((*b)[0]), 9);
  // A night that began the day before reaches into the window, and is cut to it.
  const auto night =
      scheduled_time(kBerlin, {shift("night", 22, 6)}, {}, "a", {day.start_ns, day.end_ns});
  ASSERT_EQ(night->size(), 2u);
  EXPECT_EQ(hours((*night)[0]), 6);
  EXPECT_EQ(hours((*night)[1]), 2);
  // No shift today is not the same as no shifts at all.
  ShiftException closed;
  closed.day = days_from_civil(2026, 11, 24);
  EXPECT_TRUE(scheduled_time(kBerlin, {early}, {closed}, "a", day)->empty());
  EXPECT_FALSE(scheduled_time(kBerlin, {}, {}, "a", day));
  EXPECT_FALSE(scheduled_time(kBerlin, {late}, {}, "b", day));
}

}  // namespace
}  // namespace mw::plant
