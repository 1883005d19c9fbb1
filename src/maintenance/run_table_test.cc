#include "maintenance/run_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace mw::maintenance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TableMapping runs_mapping() {
  TableMapping mapping;
  mapping.asset = "machine";
  mapping.time = "hours";
  return mapping;
}

TEST(RunTable, TakesNamesAndUnitsFromTheHeaderAndKeepsAssetsTogether) {
  const auto table = read_run_table(
      "machine,hours [h],oil temperature [degC],load\n"
      "b,1,50,low\na,1,40,high\nb,2,51,low\na,2,41,low\n",
      runs_mapping());
  ASSERT_TRUE(table) << table.error().message.en;
  EXPECT_THAT(table->assets, ElementsAre("b", "a"));
  EXPECT_EQ(table->rows_of(1), (std::pair<std::size_t, std::size_t>{2, 4}));
  EXPECT_EQ(table->columns[0].name, "oil temperature");
  EXPECT_EQ(table->columns[0].unit, "degC");
  EXPECT_THAT(table->columns[0].values, ElementsAre(50, 51, 40, 41));
  EXPECT_THAT(table->columns[1].categories, ElementsAre("high", "low"));
  EXPECT_THAT(table->columns[1].values, ElementsAre(1, 1, 0, 1));
}

TEST(RunTable, ReadsNasasTextWithoutHeaderAndWithBlanksAtTheEnd) {
  std::string text;
  for (int cycle = 1; cycle <= 2; ++cycle) {
    text += "7 " + std::to_string(cycle) + " -0.0007 0.0003 100.0";
    for (int sensor = 1; sensor <= 21; ++sensor) text += " " + std::to_string(sensor * cycle);
    text += "  \n";
  }
  const auto table = read_run_table(text, cmapss_mapping());
  ASSERT_TRUE(table) << table.error().message.en;
  EXPECT_EQ(table->columns.size(), 24u);
  EXPECT_THAT(table->column("sensor_21")->values, ElementsAre(21, 42));
  EXPECT_THAT(table->time_of_row, ElementsAre(1, 2));
}

TEST(RunTable, CountsLinesThatItCannotReadAndMissingValues) {
  const auto table =
      read_run_table("machine,hours,x\na,1,nan\na,2\na,?,4\na,3,\"5\"\n", runs_mapping());
  ASSERT_TRUE(table);
  EXPECT_EQ(table->skipped_count, 2u);
  EXPECT_THAT(table->skipped_lines, ElementsAre(3, 4));
  EXPECT_TRUE(std::isnan(table->columns[0].values[0]));
  EXPECT_EQ(table->columns[0].values[1], 5);
}

TEST(RunTable, LeavesOutALastLineThatMayBeCut) {
  std::string row;
  for (int i = 0; i < 24; ++i) row += " 41.5";
  const std::pair<std::string, TableMapping> files[] = {
      {"machine,hours,x\na,1,41.5\na,2,41.5", runs_mapping()},
      {"7 1" + row + "\n7 2" + row, cmapss_mapping()}};
  for (const auto& [whole, mapping] : files) {
    const auto cut = read_run_table(std::string_view(whole).substr(0, whole.size() - 2), mapping);
    ASSERT_TRUE(cut) << cut.error().message.en;
    EXPECT_EQ(cut->rows(), 1u);
    EXPECT_TRUE(cut->ends_open);
    EXPECT_EQ(cut->skipped_count, 1u);
    EXPECT_EQ(read_run_table(whole + "\n", mapping)->rows(), 2u);
    EXPECT_FALSE(read_run_table(whole + "\n", mapping)->ends_open);
  }
}

TEST(RunTable, RefusesBrokenTablesInWords) {
  TableMapping labelled;
  labelled.label = "failed";
  TableMapping modes = labelled;
  modes.modes = {"mode"};
  struct Case {
    const char* text;
    TableMapping mapping;
    const char* message;
  };
  const Case cases[] = {
      {"", runs_mapping(), "no readable header"},
      {"machine,hours,x\n", runs_mapping(), "no row"},
      {"unit,hours,x\na,1,2\n", runs_mapping(), "it has 'unit', 'hours', 'x'"},
      {"machine,hours,x,x\na,1,2,3\n", runs_mapping(), "two columns are named 'x'"},
      {"machine,hours,x\na,2,1\na,1,1\n", runs_mapping(), "go back"},
      {"x,failed\n1,2\n", labelled, "expected 0 or 1"},
      {"x,failed\n1,\n", labelled, "expected 0 or 1"},
      {"x,failed\n1,1\n", modes, "no column 'mode'"},
  };
  for (const Case& each : cases) {
    const auto table = read_run_table(each.text, each.mapping);
    ASSERT_FALSE(table) << each.text;
    EXPECT_EQ(table.error().code, Code::kInvalidArgument);
    EXPECT_THAT(table.error().message.en, HasSubstr(each.message));
    EXPECT_FALSE(table.error().message.zh.empty());
  }
}

}  // namespace
}  // namespace mw::maintenance
