// Files as people and machines write them, and files that are broken: which readings come of them,
// and what is said about the rest.
#include "plant/csv_samples.h"

#include <gtest/gtest.h>

#include "plant/csv/csv_reader.h"
#include "plant/csv/csv_values.h"
#include "plant/internal/test_plant.h"

namespace mw::plant {
namespace {

using Row = std::vector<std::string>;

std::vector<Row> rows_of(std::string_view text) {
  CsvReader reader(text);
  std::vector<Row> rows;
  Row row;
  for (auto got = reader.next(row); got != CsvReader::Got::kEnd; got = reader.next(row)) {
    rows.push_back(got == CsvReader::Got::kRow ? row : Row{"BROKEN"});
  }
  return rows;
}

TEST(CsvReader, ReadsQuotesSeparatorsAndLineEnds) {
  EXPECT_EQ(rows_of("a,b\r\n1,\n\n\"x,\"\"y\"\"\n2\",3"),
            (std::vector<Row>{{"a", "b"}, {"1", ""}, {"x,\"y\"\n2", "3"}}));
  EXPECT_EQ(rows_of("\xEF\xBB\xBFtime;a,b\n1;2,5\n"),
            (std::vector<Row>{{"time", "a,b"}, {"1", "2,5"}}));
  EXPECT_EQ(rows_of("a\tb\n1\t2"), (std::vector<Row>{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(rows_of("a\rb\n"), (std::vector<Row>{{"a\rb"}})) << "a lone CR is no line end";
  EXPECT_TRUE(rows_of("").empty());
  EXPECT_TRUE(rows_of("\r\n\n").empty());
}

TEST(CsvReader, GoesOnAfterABrokenRowAndKnowsItsLine) {
  EXPECT_EQ(rows_of("a,b\n\"x\"y,1\n2,3\n"),
            (std::vector<Row>{{"a", "b"}, {"BROKEN"}, {"2", "3"}}));
  EXPECT_EQ(rows_of("a\n\"never closed\n1\n"), (std::vector<Row>{{"a"}, {"BROKEN"}}));
  EXPECT_EQ(rows_of("a\n" + std::string((64 << 10) + 1, 'x') + "\n1\n"),
            (std::vector<Row>{{"a"}, {"BROKEN"}, {"1"}}));
  EXPECT_EQ(rows_of(std::string(10'000, ',') + "\n1\n"), (std::vector<Row>{{"BROKEN"}, {"1"}}));
  CsvReader reader("a\n\n\"x\ny\"\nz\n");
  Row row;
  std::vector<uint64_t> lines;
  while (reader.next(row) == CsvReader::Got::kRow) lines.push_back(reader.line());
  EXPECT_EQ(lines, (std::vector<uint64_t>{1, 3, 5}));
}

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

struct Taken {
  Result<CsvReport> report;
  std::vector<Reading> readings;
};

Taken take(std::string_view text, const CsvOptions& options = {}) {
  Taken out{CsvReport{}, {}};
  out.report = read_csv_samples(
      text, options, *test_catalogue(), [&](std::span<const Reading> readings) -> Result<void> {
        out.readings.insert(out.readings.end(), readings.begin(), readings.end());
        return {};
      });
  return out;
}

TEST(CsvSamples, ReadsOneReadingARow) {
  const Taken taken = take(
      "timestamp,tag,value,quality,unit\n"
      "2026-01-31T08:15:30Z,m1/temperature,21.5,good,degC\n"
      "2026-01-31T08:15:31Z,m1/state,running,,\n"
      "2026-01-31T08:15:32Z,m1/temperature,,bad,\n");
  ASSERT_TRUE(taken.report) << taken.report.error().message.en;
  EXPECT_EQ(taken.report->problem_count, 0u);
  ASSERT_EQ(taken.readings.size(), 3u);
  EXPECT_EQ(taken.readings[0].unit, "degC");
  EXPECT_EQ(std::get<std::string>(taken.readings[1].value), "running");
  EXPECT_EQ(taken.readings[2].quality, Quality::kBad);
}

TEST(CsvSamples, ReadsOneColumnATagWithUnitsInItsHeader) {
  CsvOptions options;
  options.prefix = "m1/";
  options.utc_offset_min = 60;
  options.columns = {{"Stück", "m1/parts"}};
  options.ignore = {"Bemerkung"};
  const Taken taken = take(
      "Zeit;temperature [degC];Stück;Bemerkung\n31.01.2026 09:15:30;21,5;7;gut\n"
      "31.01.2026 09:15:31;;8;\n",
      options);
  ASSERT_TRUE(taken.report) << taken.report.error().message.en;
  EXPECT_EQ(taken.report->problem_count, 0u);
  ASSERT_EQ(taken.readings.size(), 3u) << "an empty field was not measured";
  EXPECT_EQ(taken.readings[0].tag, "m1/temperature");
  EXPECT_EQ(taken.readings[0].unit, "degC");
  EXPECT_EQ(std::get<double>(taken.readings[0].value), 21.5);
  EXPECT_EQ(taken.readings[0].ts_ns, 1'769'847'330 * kNsPerSecond);
  EXPECT_EQ(taken.readings[2].tag, "m1/parts");
}

TEST(CsvSamples, SaysLineByLineWhatItCouldNotReadAndTakesTheRest) {
  const Taken taken = take(
      "time,m1/temperature,m1/renamed\n"
      "2026-01-31T08:15:30Z,21.5,1\n"
      "2026-01-31 08:15:31,21.5,1\n"
      "2026-01-31T08:15:32Z,21.5\n"
      "2026-01-31T08:15:33Z,\"21\"x,1\n"
      "2026-01-31T08:15:34Z,22,1\n"
      "2026-01-31T08:1");
  ASSERT_TRUE(taken.report);
  EXPECT_EQ(taken.readings.size(), 2u);
  std::vector<uint64_t> lines;
  for (const CsvProblem& problem : taken.report->problems) {
    lines.push_back(problem.line);
    EXPECT_FALSE(problem.what.zh.empty());
  }
  EXPECT_EQ(lines, (std::vector<uint64_t>{1, 3, 4, 5, 7}));
  EXPECT_NE(taken.report->problems[1].what.en.find("utc_offset"), std::string::npos);
}

TEST(CsvSamples, RefusesAFileOfWhichItCanMakeNothing) {
  const std::pair<const char*, const char*> rows[] = {
      {"", "empty"},          {"\n\n", "empty"},
      {"a,b\n1,2\n", "time"}, {"time,pressure\n1,2\n", "no column names a tag"},
      {"\"time", "line 1"},
  };
  for (const auto& [text, word] : rows) {
    const Taken taken = take(text);
    ASSERT_FALSE(taken.report) << text;
    EXPECT_NE(taken.report.error().message.en.find(word), std::string::npos)
        << taken.report.error().message.en;
    EXPECT_FALSE(taken.report.error().message.zh.empty());
  }
}

TEST(CsvSamples, KeepsAHundredProblemsAndCountsAll) {
  std::string text = "time,tag,value\n";
  for (int i = 0; i < 500; ++i) text += "never,m1/temperature,1\n";
  const Taken taken = take(text);
  EXPECT_EQ(taken.report->problem_count, 500u);
  EXPECT_EQ(taken.report->problems.size(), 100u);
}

}  // namespace
}  // namespace mw::plant
