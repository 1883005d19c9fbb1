#include "maintenance/data_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "maintenance/testing/made_runs.h"

namespace mw::maintenance {
namespace {

using testing::HasSubstr;

const ReportLine* line_of(const DataReport& report, Finding finding,
                          const std::string& column = "") {
  for (const ReportLine& each : report.lines) {
    if (each.finding == finding && each.column == column) return &each;
  }
  return nullptr;
}

/// 400 rows of a press: it fails where it is hot; `extra` makes a further column of row and answer.
RunTable presses(const std::string& extra_name, const std::function<std::string(int, bool)>& extra,
                 const std::function<bool(int)>& fails) {
  std::string text = "number,hot,load,failed," + extra_name + "\n";
  for (int row = 0; row < 400; ++row) {
    const bool failed = fails(row);
    text += std::to_string(row + 1) + "," +
            std::to_string(20 + 10 * noise(static_cast<uint64_t>(row)) + (failed ? 8 : 0)) + "," +
            std::to_string(noise(static_cast<uint64_t>(row) + 9000)) + "," + (failed ? "1" : "0") +
            "," + extra(row, failed) + "\n";
  }
  TableMapping mapping;
  mapping.label = "failed";
  return *read_run_table(text, mapping);
}

bool every_tenth(int row) { return row % 10 == 3; }

TEST(DataReport, PassesAPlainHistoryAndNamesWhatNeverChanges) {
  const DataReport report = make_data_report(made_runs(10));
  EXPECT_TRUE(report.check_trainable());
  EXPECT_EQ(report.assets, 10);
  EXPECT_EQ(report.failures, 10);
  const ReportLine* constant = line_of(report, Finding::kConstant, "still");
  ASSERT_NE(constant, nullptr);
  EXPECT_EQ(constant->handling, Handling::kHandled);
  EXPECT_EQ(cleaned(made_runs(10), report).column("still"), nullptr);
}

TEST(DataReport, LeavesOutAColumnThatOnlyCountsRows) {
  const RunTable table = presses(
      "x", [](int, bool) { return "1"; }, every_tenth);
  const DataReport report = make_data_report(table);
  EXPECT_NE(line_of(report, Finding::kRowNumber, "number"), nullptr);
  EXPECT_EQ(cleaned(table, report).column("number"), nullptr);
}

TEST(DataReport, RefusesAColumnThatAloneTellsFailures) {
  const RunTable table = presses(
      "repair_cost",
      [](int row, bool failed) { return std::to_string(failed ? 500 + row : row % 7); },
      every_tenth);
  const DataReport report = make_data_report(table);
  ASSERT_NE(line_of(report, Finding::kLeak, "repair_cost"), nullptr);
  const Result<void> trainable = report.check_trainable();
  ASSERT_FALSE(trainable);
  EXPECT_EQ(trainable.error().param, "repair_cost");
}

TEST(DataReport, RefusesAFlagThatIsOnlySetWhereSomethingFailed) {
  const RunTable table = presses(
      "HDF", [](int row, bool failed) { return failed && row % 20 == 3 ? "1" : "0"; }, every_tenth);
  const DataReport report = make_data_report(table);
  const ReportLine* flag = line_of(report, Finding::kFailureFlag, "HDF");
  ASSERT_NE(flag, nullptr);
  EXPECT_EQ(flag->count, 20);
  EXPECT_THAT(flag->text.en, HasSubstr("name it as a mode"));
  EXPECT_FALSE(flag->text.zh.empty());
}

TEST(DataReport, RefusesAColumnThatIsTheRemainingLife) {
  RunTable table = made_runs(10);
  Column life{"to_go", "", {}, {}};
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto [first, last] = table.rows_of(table.asset_of_row[row]);
    life.values.push_back(2.5 * static_cast<double>(last - row));
  }
  table.columns.push_back(life);
  EXPECT_NE(line_of(make_data_report(table), Finding::kLeak, "to_go"), nullptr);
}

TEST(DataReport, RefusesOneClassOnly) {
  for (const bool failed : {false, true}) {
    const DataReport report = make_data_report(presses(
        "x", [](int row, bool) { return std::to_string(row % 9); }, [=](int) { return failed; }));
    EXPECT_NE(line_of(report, Finding::kOneClass, "failed"), nullptr);
    EXPECT_FALSE(report.check_trainable());
  }
}

TEST(DataReport, RefusesTooLittleHistory) {
  EXPECT_NE(line_of(make_data_report(made_runs(5)), Finding::kTooLittle), nullptr);
  const DataReport few = make_data_report(presses(
      "x", [](int row, bool) { return std::to_string(row % 9); }, [](int row) { return row < 7; }));
  EXPECT_NE(line_of(few, Finding::kTooLittle), nullptr);
}

TEST(DataReport, CountsRowsThatStandTwiceOnce) {
  const RunTable table = made_runs(10);
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    rows.push_back(row);
    if (row % 100 == 0) rows.push_back(row);
  }
  const RunTable doubled = rows_of_table(table, rows);
  const DataReport report = make_data_report(doubled);
  const ReportLine* again = line_of(report, Finding::kDuplicateRows);
  ASSERT_NE(again, nullptr);
  EXPECT_EQ(again->count, static_cast<int64_t>(doubled.rows() - table.rows()));
  EXPECT_EQ(cleaned(doubled, report).rows(), table.rows());
}

TEST(DataReport, SeesASensorThatStandsStill) {
  RunTable table = made_runs(10);
  Column& wear = table.columns[1];
  ASSERT_EQ(wear.name, "wear");
  for (std::size_t row = 5; row < 45; ++row) wear.values[row] = wear.values[5];
  const DataReport report = make_data_report(table);
  const ReportLine* frozen = line_of(report, Finding::kFrozen, "wear");
  ASSERT_NE(frozen, nullptr);
  EXPECT_EQ(frozen->count, 40);
}

}  // namespace
}  // namespace mw::maintenance
