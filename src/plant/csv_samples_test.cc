// Files as people and machines write them, and files that are broken: which readings come of them,
// and what is said about the rest.
#include "plant/csv_samples.h"

#include <gtest/gtest.h>

#include "plant/internal/test_plant.h"

namespace mw::plant {
namespace {

struct Taken {
  Result<CsvReport> report;
  std::vector<Reading> readings;
};

Taken take(std::string_view text, const CsvOptions& options = {}) {
  Taken out{CsvReport{}, {}};
  out.report =
      read_csv_samples(text, options, *test_catalogue(), 1'800'000'000 * kNsPerSecond,
                       [&](std::span<const Reading> readings) -> Result<void> {
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

TEST(CsvSamples, DoesNotTakeALastLineThatHasNoEndForGood) {
  const std::string whole =
      "time,m1/temperature\n2026-01-31T08:15:30Z,40.5\n2026-01-31T08:15:31Z,41.5\n";
  ASSERT_EQ(take(whole).readings.size(), 2u);
  const Taken cut = take(std::string_view(whole).substr(0, whole.size() - 3));  // "41" of "41.5"
  ASSERT_TRUE(cut.report);
  ASSERT_EQ(cut.readings.size(), 1u);
  EXPECT_EQ(std::get<double>(cut.readings[0].value), 40.5);
  ASSERT_EQ(cut.report->problem_count, 1u);
  EXPECT_EQ(cut.report->problems[0].line, 3u);
  EXPECT_NE(cut.report->problems[0].what.en.find("line end"), std::string::npos);
  EXPECT_EQ(cut.report->open_line, 3u);
  EXPECT_EQ(cut.report->rows, 2u);
}

TEST(CsvSamples, TakesALastLineThatHasNoEndWhenToldThatItIsWhole) {
  const std::string text =
      "time,m1/temperature\r\n2026-01-31T08:15:30Z,40.5\r\n2026-01-31T08:15:31Z,41.5";
  CsvOptions options;
  options.take_last_line = true;
  const Taken taken = take(text, options);
  ASSERT_EQ(taken.readings.size(), 2u);
  EXPECT_EQ(taken.report->problem_count, 0u);
  EXPECT_EQ(taken.report->open_line, 3u) << "so that the question can be asked again";
  const Taken ended = take(text + "\n");
  EXPECT_EQ(ended.readings.size(), 2u);
  EXPECT_EQ(ended.report->open_line, 0u);
}

TEST(CsvSamples, RefusesTimesThatCannotBeRatherThanMovingThem) {
  const Taken taken = take(
      "time,m1/temperature\n2030-01-01T00:00:00Z,1\n1976-05-04T00:00:00Z,2\n"
      "2026-01-31T08:15:30Z,3\n");
  ASSERT_TRUE(taken.report);
  EXPECT_EQ(taken.report->problem_count, 2u);
  ASSERT_EQ(taken.readings.size(), 1u);
  EXPECT_EQ(std::get<double>(taken.readings[0].value), 3);
}

TEST(CsvSamples, AStateIsWhatItSaysEvenWhereItLooksLikeANumber) {
  const Taken taken = take(
      "time,m1/state\n2026-01-31T08:15:30Z,0\n2026-01-31T08:15:31Z,none\n"
      "2026-01-31T08:15:32Z,TRUE\n");
  ASSERT_TRUE(taken.report);
  std::vector<std::string> states;
  for (const Reading& each : taken.readings) states.push_back(std::get<std::string>(each.value));
  EXPECT_EQ(states, (std::vector<std::string>{"0", "none", "TRUE"}));
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
