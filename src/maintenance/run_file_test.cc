// Scope: tables of MATLAB files against the same table as CSV, which columns they have, and what is
// refused by name. Bytes are made here; mat_file_test.cc holds the reader itself to account.
#include "maintenance/run_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/testing.h"
#include "maintenance/testing/mat_bytes.h"

namespace mw::maintenance {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace mw::testing_support;  // NOLINT

const std::vector<double> kUnit = {1, 1, 1, 2, 2};
const std::vector<double> kCycle = {1, 2, 3, 1, 2};
const std::vector<double> kHeat = {20.5, 0.1, std::nan(""), -3e-7, 1e12};

TableMapping runs() {
  TableMapping mapping;
  mapping.asset = "unit";
  mapping.time = "cycle";
  return mapping;
}

std::string run_struct() {
  return mat_struct("runs", {"unit", "cycle", "heat"},
                    mat_vector("", kUnit) + mat_vector("", kCycle) + mat_vector("", kHeat));
}

Result<RunTable> read(const std::string& arrays, const TableMapping& mapping = runs(),
                      const std::string& variable = {}) {
  return read_run_file(mat_bytes(arrays), "history.mat", mapping, variable);
}

void expect_runs(const Result<RunTable>& table) {
  ASSERT_TRUE(table) << table.error().message.en;
  EXPECT_THAT(table->assets, ElementsAre("1", "2"));
  EXPECT_THAT(table->time_of_row, ElementsAre(1, 2, 3, 1, 2));
  ASSERT_EQ(table->columns.size(), 1u);
  EXPECT_EQ(table->columns[0].name, "heat");
  EXPECT_EQ(table->columns[0].values[1], 0.1) << "bit for bit";
  EXPECT_TRUE(std::isnan(table->columns[0].values[2]));
  EXPECT_EQ(table->columns[0].values[3], -3e-7);
  EXPECT_EQ(table->skipped_count, 0u);
}

TEST(RunFile, ReadsAStructureOfVectorsAsTheSameTableInCsv) {
  const auto text = read_run_file("unit,cycle,heat\n1,1,20.5\n1,2,0.1\n1,3,\n2,1,-3e-7\n2,2,1e12\n",
                                  "history.csv", runs());
  expect_runs(text);
  expect_runs(read(run_struct()));
  expect_runs(read(mat_matrix("x", 1, 1, {5}) + run_struct()));  // a setting beside it
}

TEST(RunFile, ReadsVectorsThatStandByThemselves) {
  expect_runs(
      read(mat_vector("unit", kUnit) + mat_vector("cycle", kCycle) + mat_vector("heat", kHeat)));
}

TEST(RunFile, ReadsAMatrixWithNamesOrNumbersItsColumns) {
  std::vector<double> values = kUnit;
  values.insert(values.end(), kCycle.begin(), kCycle.end());
  values.insert(values.end(), kHeat.begin(), kHeat.end());
  const std::string matrix = mat_matrix("data", 5, 3, values);
  TableMapping named = runs();
  named.headers = {"unit", "cycle", "heat"};
  expect_runs(read(matrix, named));
  TableMapping plain;
  plain.asset = "column_1";
  plain.time = "column_2";
  const auto table = read(matrix, plain);
  ASSERT_TRUE(table) << table.error().message.en;
  EXPECT_EQ(table->columns[0].name, "column_3");
  named.headers.pop_back();
  EXPECT_EQ(read(matrix, named).error().param, "columns");
}

TEST(RunFile, ReadsLabelledRows) {
  TableMapping labelled;
  labelled.label = "failed";
  const auto table = read(
      mat_struct("t", {"heat", "failed"}, mat_vector("", {1, 2, 3}) + mat_vector("", {0, 1, 0})),
      labelled);
  ASSERT_TRUE(table) << table.error().message.en;
  EXPECT_THAT(table->label->values, ElementsAre(0, 1, 0));
  EXPECT_EQ(read(mat_struct("t", {"failed"}, mat_vector("", {0, 2})), labelled).error().param,
            "label");
}

TEST(RunFile, AsksWhichOfSeveralTablesIsMeant) {
  const std::string two = run_struct() + mat_matrix("other", 2, 2, {1, 2, 3, 4});
  EXPECT_THAT(read(two).error().message.en, HasSubstr("runs, other"));
  expect_runs(read(two, runs(), "runs"));
  EXPECT_THAT(read(two, runs(), "nobody").error().message.zh, HasSubstr("runs, other"));
  EXPECT_THAT(read(mat_vector("one", {1, 2})).error().message.en, HasSubstr("say which variable"));
}

TEST(RunFile, RefusesByNameWhatNoTableHolds) {
  const std::string cell = mat_array("", 1, 1, "", 1);
  const std::string text = mat_array("", 1, 1, mat_element(4, "a"), 4);
  const std::string sparse = mat_array("", 1, 1, "", 5);
  const std::string complex = mat_array("", 1, 1, mat_element(9, std::string(8, '\0')), 6 | 0x0800);
  for (const auto& [array, kind] :
       {std::pair(cell, "a cell array"), std::pair(text, "text"), std::pair(sparse, "sparse"),
        std::pair(complex, "complex"), std::pair(mat_array("", 1, 1, "", 17), "table2struct")}) {
    const auto read_one =
        read(mat_struct("runs", {"heat", "note"}, mat_vector("", {1, 2}) + array));
    ASSERT_FALSE(read_one);
    EXPECT_EQ(read_one.error().code, Code::kUnsupported);
    EXPECT_THAT(read_one.error().message.en, HasSubstr("field 'note' of 'runs' is"));
    EXPECT_THAT(read_one.error().message.en, HasSubstr(kind));
  }
  EXPECT_THAT(read(mat_array("t", 1, 1, "", 17)).error().message.en, HasSubstr("table2struct"));
  EXPECT_THAT(read(mat_struct("runs", {"heat", "speed"},
                              mat_vector("", {1, 2, 3}) + mat_vector("", {1, 2})))
                  .error()
                  .message.en,
              HasSubstr("heat 3, speed 2"));
  EXPECT_THAT(
      read(mat_struct("runs", {"heat"}, mat_matrix("", 2, 2, {1, 2, 3, 4}))).error().message.en,
      HasSubstr("'heat' is no vector"));
  EXPECT_FALSE(read(mat_struct("runs", {}, "")));
  EXPECT_FALSE(read(mat_struct("runs", {"a", "a"}, mat_vector("", {1}) + mat_vector("", {2}))));
  EXPECT_EQ(read_run_file("no such file", "a.mat", runs()).error().code, Code::kCorrupt);
}

}  // namespace
}  // namespace mw::maintenance
