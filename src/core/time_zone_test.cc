#include "core/time_zone.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace mw {
namespace {

constexpr const char* kBerlin = "CET-1CEST,M3.5.0,M10.5.0/3";

TimeNs utc(int year, int month, int day, int hour, int minute = 0, int second = 0) {
  return (days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second) *
         kNsPerSecond;
}

TEST(TimeZone, CivilDaysAndWeekdaysAreThoseOfTheCalendar) {
  EXPECT_EQ(days_from_civil(1970, 1, 1), 0);
  EXPECT_EQ(days_from_civil(2000, 3, 1), 11017);
  EXPECT_EQ(weekday_of_days(0), 3);
  EXPECT_EQ(weekday_of_days(days_from_civil(2026, 11, 24)), 1);
  EXPECT_EQ(weekday_of_days(-1), 2);
  EXPECT_TRUE(is_valid_date(2024, 2, 29));
  EXPECT_FALSE(is_valid_date(2026, 2, 29));
  EXPECT_FALSE(is_valid_date(2026, 13, 1));
  EXPECT_FALSE(is_valid_date(9999, 1, 1));
}

TEST(TimeZone, APosixRuleChangesTheClocksTwiceAYear) {
  const TimeZone zone = *TimeZone::parse_posix(kBerlin);
  EXPECT_EQ(zone.offset_at(utc(2026, 3, 29, 0, 59, 59)).seconds, 3600);
  EXPECT_EQ(zone.offset_at(utc(2026, 3, 29, 1)).seconds, 7200);
  EXPECT_EQ(zone.offset_at(utc(2026, 3, 29, 1)).abbreviation, "CEST");
  EXPECT_EQ(zone.offset_at(utc(2026, 10, 25, 0, 59, 59)).seconds, 7200);
  EXPECT_EQ(zone.offset_at(utc(2026, 10, 25, 1)).seconds, 3600);
  EXPECT_EQ(zone.to_civil(utc(2026, 7, 1, 22, 30)), (CivilTime{2026, 7, 2, 0, 30, 0}));
}

TEST(TimeZone, SouthOfTheEquatorSummerSpansNewYear) {
  const TimeZone zone = *TimeZone::parse_posix("AEST-10AEDT,M10.1.0,M4.1.0/3");
  EXPECT_EQ(zone.offset_at(utc(2026, 1, 1, 0)).seconds, 11 * 3600);
  EXPECT_EQ(zone.offset_at(utc(2026, 6, 1, 0)).seconds, 10 * 3600);
}

TEST(TimeZone, ATimeThatIsSkippedOrRepeatedSaysSo) {
  const TimeZone zone = *TimeZone::parse_posix(kBerlin);
  using Kind = TimeZone::Instants::Kind;
  const auto skipped = zone.from_civil({2026, 3, 29, 2, 30, 0});
  EXPECT_EQ(skipped.kind, Kind::kSkipped);
  EXPECT_EQ(skipped.first, utc(2026, 3, 29, 1, 30));
  const auto repeated = zone.from_civil({2026, 10, 25, 2, 30, 0});
  EXPECT_EQ(repeated.kind, Kind::kRepeated);
  EXPECT_EQ(repeated.first, utc(2026, 10, 25, 0, 30));
  EXPECT_EQ(repeated.second, utc(2026, 10, 25, 1, 30));
  EXPECT_EQ(zone.from_civil({2026, 11, 24, 2, 30, 0}).kind, Kind::kUnique);
}

TEST(TimeZone, CivilTimeSurvivesTheWayThereAndBack) {
  const TimeZone zone = *TimeZone::parse_posix(kBerlin);
  for (TimeNs at = utc(2026, 1, 1, 0); at < utc(2027, 1, 1, 0); at += 1801 * kNsPerSecond) {
    const auto back = zone.from_civil(zone.to_civil(at));
    EXPECT_TRUE(back.first == at || back.second == at) << at;
  }
}

TEST(TimeZone, TheSystemsFilesAgreeWithTheRule) {
  if (!std::filesystem::exists("/usr/share/zoneinfo/Europe/Berlin")) GTEST_SKIP() << "no tzdata";
  const TimeZone rule = *TimeZone::parse_posix(kBerlin);
  const TimeZone file = *TimeZone::load("Europe/Berlin");
  for (int year : {1999, 2026, 2060}) {
    for (int day = 0; day < 365; ++day) {
      const TimeNs at = utc(year, 1, 1, 1) + day * kNsPerDay;
      EXPECT_EQ(rule.offset_at(at).seconds, file.offset_at(at).seconds) << year << " day " << day;
    }
  }
  const TimeZone shanghai = *TimeZone::load("Asia/Shanghai");
  EXPECT_EQ(shanghai.offset_at(utc(2026, 7, 1, 0)).seconds, 8 * 3600);
  EXPECT_EQ(shanghai.offset_at(utc(2026, 7, 1, 0)).abbreviation, "CST");
}

TEST(TimeZone, AnUnknownOrHostileNameIsAnErrorThatNamesIt) {
  for (const char* name : {"Mars/Olympus", "../../etc/passwd", "/etc/passwd", "CET-1CEST", "A-1",
                           "CET-1CEST,M13.1.0,M10.5.0", "CET-999", "CET-1CEST,M3.5.0,M10.5.0/3x"}) {
    const auto zone = TimeZone::load(name);
    ASSERT_FALSE(zone) << name;
    EXPECT_EQ(zone.error().param, "time_zone") << name;
  }
  EXPECT_TRUE(TimeZone::load(""));
  EXPECT_TRUE(TimeZone::load("UTC"));
  EXPECT_TRUE(TimeZone::load("<+0330>-3:30"));
}

// A minimal version-2 file: no transition, one type, rule CST-8.
std::string small_file() {
  std::string header = std::string("TZif2") + std::string(15, '\0');
  const std::string counts("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4", 24);
  const std::string body("\0\0\x70\x80\0\0CST\0", 10);
  return header + counts + body + header + counts + body + "\nCST-8\n";
}

TEST(TimeZone, BrokenFilesAreErrors) {
  const std::string good = small_file();
  ASSERT_TRUE(TimeZone::parse("t", good));
  EXPECT_EQ(TimeZone::parse("t", good)->offset_at(utc(2026, 1, 1, 0)).seconds, 8 * 3600);
  for (size_t length = 0; length + 8 < good.size(); ++length) {
    EXPECT_FALSE(TimeZone::parse("t", good.substr(0, length))) << "cut at " << length;
  }
  const auto with = [&](size_t at, char value) {
    std::string bad = good;
    bad[at] = value;
    return bad;
  };
  const size_t second = 20 + 24 + 10;  // where the 64-bit block begins
  EXPECT_FALSE(TimeZone::parse("t", with(0, 'X')));
  EXPECT_FALSE(TimeZone::parse("t", with(second + 20 + 12, '\x7f')));  // 2 billion transitions
  EXPECT_FALSE(TimeZone::parse("t", with(second + 20 + 19, '\0')));    // no type
  EXPECT_FALSE(TimeZone::parse("t", with(second + 44, '\x7f')));       // an offset of 68 years
  EXPECT_FALSE(TimeZone::parse("t", with(second + 49, '\x09')));       // letters out of range
  EXPECT_FALSE(TimeZone::parse("t", with(good.size() - 2, '!')));      // a bad rule
}

}  // namespace
}  // namespace mw
