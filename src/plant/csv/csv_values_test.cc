#include "plant/csv/csv_values.h"

#include <gtest/gtest.h>

namespace mw::plant {
namespace {

TEST(CsvValues, ReadsTimesWithAndWithoutAZone) {
  constexpr TimeNs kAt = 1'769'847'330 * kNsPerSecond;  // 2026-01-31T08:15:30Z
  for (const char* text : {"2026-01-31T08:15:30Z", "2026-01-31 16:15:30+08:00", "1769847330",
                           "1769847330000", "1769847330.000"}) {
    EXPECT_EQ(parse_csv_time(text, std::nullopt), kAt) << text;
  }
  for (const char* text : {"2026-01-31 16:15:30", "2026/01/31 16:15:30", "31.01.2026 16:15:30",
                           "2026-01-31T16:15:30.000"}) {
    EXPECT_EQ(parse_csv_time(text, 8 * 60), kAt) << text;
    EXPECT_FALSE(parse_csv_time(text, std::nullopt)) << "which zone? " << text;
  }
  EXPECT_EQ(parse_csv_time("2026-01-31 08:15", 0), kAt - 30 * kNsPerSecond);
  EXPECT_EQ(parse_csv_time("1769847330.25", {}), kAt + 250 * kNsPerMs);
  for (const char* text : {"", "now", "2026-02-30 00:00:00", "12345678", "99999999999999999999",
                           "1e12", "-1769847330", "2026-01-31 25:00:00"}) {
    EXPECT_FALSE(parse_csv_time(text, 0)) << text;
  }
}

TEST(CsvValues, ReadsNumbersWordsAndNothing) {
  const auto read = [](std::string_view text, bool comma = false) {
    Reading reading;
    read_csv_value(text, comma, reading);
    return reading.value;
  };
  EXPECT_EQ(std::get<double>(read("-21.5e1")), -215);
  EXPECT_EQ(std::get<double>(read("+3")), 3);
  EXPECT_EQ(std::get<double>(read("21,5", true)), 21.5);
  EXPECT_EQ(std::get<std::string>(read("21,5")), "21,5");
  EXPECT_EQ(std::get<double>(read("TRUE")), 1);
  EXPECT_EQ(std::get<std::string>(read("running")), "running");
  for (const char* none : {"", "-", "NaN", "null"}) {
    EXPECT_TRUE(std::holds_alternative<std::monostate>(read(none))) << none;
  }
  EXPECT_EQ(parse_csv_quality("192"), Quality::kGood);
  EXPECT_EQ(parse_csv_quality("64"), Quality::kUncertain);
  EXPECT_EQ(parse_csv_quality("0"), Quality::kBad);
  EXPECT_FALSE(parse_csv_quality("fine").has_value());
}

TEST(CsvValues, MakesTextsHarmlessThatASpreadsheetWouldComputeAndTakesThemBack) {
  for (const char* text : {"=1+1", "+1", "-", "-1+2", "@SUM(A1)", "\t=1", "'", "'=1", "''"}) {
    const std::string cell = harmless_cell(text);
    EXPECT_EQ(cell, std::string("'") + text);
    EXPECT_EQ(plain_cell(cell), text);
  }
  for (const char* text : {"", "running", "B-1041", "1=2", " =1"}) {
    EXPECT_EQ(harmless_cell(text), text);
    EXPECT_EQ(plain_cell(text), text);
  }
  EXPECT_EQ(plain_cell("'tis"), "'tis") << "of another writer: only what we mark is unmarked";
}

}  // namespace
}  // namespace mw::plant
