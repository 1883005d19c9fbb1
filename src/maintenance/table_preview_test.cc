#include "maintenance/table_preview.h"

#include <gmock/gmock.h>

#include "maintenance/run_file.h"
#include "maintenance/testing/made_failures.h"
#include "maintenance/testing/made_runs.h"
#include "maintenance/testing/mat_bytes.h"

namespace mw::maintenance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TablePreview shown(std::string_view bytes, const std::string& file = "a.csv") {
  const auto preview = preview_table(bytes, file, {});
  EXPECT_TRUE(preview) << preview.error().message.en;
  return preview ? *preview : TablePreview{};
}

TEST(TablePreview, GuessesMachineTimeAndLoadOfRunsToFailure) {
  const TablePreview preview = shown(made_runs_csv(10));
  EXPECT_EQ(preview.mapping.asset, "machine");
  EXPECT_EQ(preview.mapping.time, "cycle");
  EXPECT_EQ(preview.mapping.label, "");
  EXPECT_THAT(preview.settings, ElementsAre("load"));
  ASSERT_EQ(preview.columns.size(), 6u);
  EXPECT_EQ(preview.columns[0].guess, ColumnRole::kAsset);
  EXPECT_EQ(preview.columns[2].guess, ColumnRole::kSetting);
  EXPECT_EQ(preview.columns[3].unit, "mm");
  EXPECT_EQ(preview.columns[3].guess, ColumnRole::kInput);
  EXPECT_EQ(preview.columns[0].first[0], "m0");
  EXPECT_EQ(preview.rows, preview.columns[3].numbers);
}

TEST(TablePreview, GuessesTheLabelAndTheKindsThatAreOnlySetThere) {
  const TablePreview preview = shown(made_failures_csv(4000));
  EXPECT_EQ(preview.mapping.label, "failed");
  EXPECT_EQ(preview.mapping.asset, "");
  EXPECT_THAT(preview.mapping.modes, testing::IsSupersetOf({"power", "heat", "strain"}));
  EXPECT_TRUE(preview.settings.empty()) << "settings are of remaining life alone";
}

TEST(TablePreview, GuessesChineseNames) {
  std::string text = "设备编号,运行小时,负载 [kW],振动 [mm/s],序号\n";
  for (int i = 0; i < 60; ++i) {
    text += "泵" + std::to_string(i / 20) + "," + std::to_string(i % 20) + ",5,1." +
            std::to_string(i) + "," + std::to_string(i) + "\n";
  }
  const TablePreview preview = shown(text);
  EXPECT_EQ(preview.mapping.asset, "设备编号");
  EXPECT_EQ(preview.mapping.time, "运行小时");
  EXPECT_THAT(preview.settings, ElementsAre("负载"));
  EXPECT_THAT(preview.mapping.ignored, ElementsAre("序号"));
}

TEST(TablePreview, AModeIsZeroOrOne) {
  std::string text = "x,failed,code,flag\n";
  for (int i = 0; i < 100; ++i) {
    const std::string failed = i % 10 == 0 ? "1" : "0";
    text += std::to_string(i * 7 % 13) + "," + failed + "," + (i % 10 == 0 ? "7" : "5") + "," +
            failed + "\n";
  }
  const TablePreview preview = shown(text);
  EXPECT_EQ(preview.mapping.label, "failed");
  EXPECT_THAT(preview.mapping.modes, ElementsAre("flag"));
}

TEST(TablePreview, ATimeThatGoesBackIsNone) {
  const TablePreview preview =
      shown("machine,hours,x\na,3,1\na,2,2\na,1,3\na,0,4\nb,3,1\nb,2,1\nb,1,1\n");
  EXPECT_EQ(preview.mapping.asset, "machine");
  EXPECT_EQ(preview.mapping.time, "");
  EXPECT_EQ(preview.columns[1].guess, ColumnRole::kInput);
}

TEST(TablePreview, KnowsNasasTextAndNamesColumnsOfAFileWithoutHeader) {
  std::string text;
  for (int cycle = 1; cycle <= 9; ++cycle) {
    text += "7 " + std::to_string(cycle) + " -0.0007 0.0003 100.0";
    for (int sensor = 1; sensor <= 21; ++sensor) text += " " + std::to_string(sensor * cycle);
    text += "  \n";
  }
  const TablePreview nasa = shown(text, "train_FD001.txt");
  EXPECT_EQ(nasa.mapping.asset, "unit");
  EXPECT_EQ(nasa.mapping.time, "cycle");
  EXPECT_THAT(nasa.settings, ElementsAre("setting_1", "setting_2", "setting_3"));
  EXPECT_EQ(nasa.columns.size(), 26u);
  const TablePreview bare = shown("1;2;3\n4;5;6\n");
  EXPECT_THAT(bare.mapping.headers, ElementsAre("column_1", "column_2", "column_3"));
  EXPECT_EQ(bare.rows, 2);
}

TEST(TablePreview, TakesAMatlabTableAndListsWhatMayBeOne) {
  using namespace testing_support;
  std::vector<double> pump, hour, heat;
  for (int i = 0; i < 12; ++i) {
    pump.push_back(i / 4);
    hour.push_back(i % 4);
    heat.push_back(20 + i);
  }
  const std::string bytes =
      mat_bytes(mat_struct("s", {"pump", "hour", "heat"},
                           mat_vector("", pump) + mat_vector("", hour) + mat_vector("", heat)));
  const TablePreview preview = shown(bytes, "a.mat");
  EXPECT_THAT(preview.variables, ElementsAre("s"));
  EXPECT_EQ(preview.mapping.asset, "pump");
  EXPECT_EQ(preview.mapping.time, "hour");
  const auto table = read_run_file(bytes, "a.mat", preview.mapping);
  ASSERT_TRUE(table) << table.error().message.en;
  EXPECT_EQ(table->assets.size(), 3u);
}

TEST(TablePreview, AsksWhichVariableIsMeantWhereSeveralMayBe) {
  using namespace testing_support;
  const std::string bytes =
      mat_bytes(mat_matrix("a", 2, 2, {1, 2, 3, 4}) + mat_matrix("b", 2, 2, {5, 6, 7, 8}));
  const TablePreview preview = shown(bytes, "a.mat");
  EXPECT_THAT(preview.variables, ElementsAre("a", "b"));
  EXPECT_TRUE(preview.columns.empty());
  const auto said = preview_table(bytes, "a.mat", {{}, {"x", "y"}, "b"});
  ASSERT_TRUE(said) << said.error().message.en;
  EXPECT_EQ(said->columns[1].name, "y");
  EXPECT_EQ(said->columns[1].first[0], "7");
}

TEST(TablePreview, RefusesWhatIsNoTable) {
  EXPECT_THAT(preview_table("", "a.csv", {}).error().message.en, HasSubstr("header"));
  EXPECT_THAT(preview_table("a,b\n", "a.csv", {}).error().message.en, HasSubstr("no row"));
  EXPECT_THAT(preview_table("a,a\n1,2\n", "a.csv", {}).error().message.en,
              HasSubstr("two columns"));
  EXPECT_FALSE(preview_table("no mat", "a.mat", {}));
}

TEST(TablePreview, TellsHowLongMachinesLived) {
  const auto lengths = life_lengths(made_runs(3));
  ASSERT_TRUE(lengths);
  EXPECT_EQ(lengths->least, 60);
  EXPECT_EQ(lengths->median, 67);
  EXPECT_EQ(lengths->most, 74);
  EXPECT_FALSE(life_lengths(made_failures(300)));
}

}  // namespace
}  // namespace mw::maintenance
