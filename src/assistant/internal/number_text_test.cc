#include "assistant/internal/number_text.h"

#include <gtest/gtest.h>

namespace mw::assistant {
namespace {

constexpr TimeNs kTen = (20781LL * 86400 + 9 * 3600) * kNsPerSecond;  // 2026-11-24 10:00 CET

TEST(NumberText, RoundsToNearestAndNeverShowsMinusZero) {
  EXPECT_EQ(fixed_text(61.25, 1), "61.2");  // a tie lies where its binary value does: to even
  EXPECT_EQ(fixed_text(61.35, 1), "61.4");
  EXPECT_EQ(fixed_text(-0.04, 1), "0.0");
  EXPECT_EQ(fixed_text(-0.06, 1), "-0.1");
  EXPECT_EQ(fixed_text(1234567, 0), "1234567");
}

TEST(NumberText, SlopesKeepTwoSignificantDigits) {
  EXPECT_EQ(significant_text(0.1834), "0.18");
  EXPECT_EQ(significant_text(-12.34), "-12");
  EXPECT_EQ(significant_text(0.00432), "0.0043");
  EXPECT_EQ(significant_text(0.0000004), "0.0000");
  EXPECT_EQ(significant_text(0), "0.00");
}

TEST(NumberText, DurationsShowTheirTwoLargestUnits) {
  EXPECT_EQ(duration_text(0.4, Language::kEn), "0 s");
  EXPECT_EQ(duration_text(59.9, Language::kEn), "59 s");
  EXPECT_EQ(duration_text(4120, Language::kEn), "1 h 8 min");
  EXPECT_EQ(duration_text(4120, Language::kZh), "1 小时 8 分钟");
  EXPECT_EQ(duration_text(86400 + 300, Language::kEn), "1 d");
  EXPECT_EQ(duration_text(600, Language::kEn), "10 min");
  EXPECT_EQ(duration_text(-5, Language::kEn), "0 s");
}

TEST(NumberText, TimesStandOnThePlantsClockWithTheirZone) {
  const TimeZone zone = *TimeZone::parse_posix("CET-1CEST,M3.5.0,M10.5.0/3");
  EXPECT_EQ(moment_text(kTen, kTen, zone, false), "10:00");
  EXPECT_EQ(moment_text(kTen + 28 * kNsPerSecond, kTen, zone, false), "10:00:28");
  EXPECT_EQ(moment_text(kTen - kNsPerDay, kTen, zone, true), "2026-11-23 10:00:00");
  EXPECT_EQ(window_text({kTen, kTen + kNsPerHour}, kTen, zone, Language::kEn),
            "from 10:00 to 11:00 CET");
  EXPECT_EQ(window_text({kTen, kTen + kNsPerHour}, kTen, zone, Language::kZh),
            "10:00 至 11:00（CET）");
  EXPECT_EQ(zone_text(kTen, *TimeZone::parse_posix("<+0330>-3:30")), "UTC+3:30");
}

TEST(NumberText, UnitsAreShownAsPeopleWriteThem) {
  EXPECT_EQ(quantity_text("61.2", "degC"), "61.2 °C");
  EXPECT_EQ(quantity_text("3", ""), "3");
  EXPECT_EQ(quantity_text("0.18", "mm/s"), "0.18 mm/s");
}

}  // namespace
}  // namespace mw::assistant
