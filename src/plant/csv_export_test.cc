#include "plant/csv_export.h"

#include <gtest/gtest.h>

#include <limits>

#include "plant/csv_samples.h"
#include "plant/internal/test_plant.h"
#include "plant/plant.h"
#include "plant/sqlite_store.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

constexpr TimeNs kAt = 1'769'847'330 * kNsPerSecond;  // 2026-01-31T08:15:30Z

class CsvExportTest : public testing::Test {
 protected:
  std::unique_ptr<SqliteStore> open(const char* name) {
    SqliteStoreOptions options;
    options.path = (folder_.path() / name).string();
    options.catalogue = plant_;
    return SqliteStore::open(std::move(options)).value();
  }
  Result<std::string> exported(const SampleStore& store, const std::vector<std::string>& tags,
                               TimeWindow window = {0, INT64_MAX}) {
    std::string text;
    MW_ASSIGN(rows_, export_csv(store, *plant_, tags, window, [&](std::string_view part) {
                text += part;
                return true;
              }));
    return text;
  }

  testing_support::TemporaryFolder folder_;
  const std::shared_ptr<const Catalogue> plant_ = test_catalogue();
  uint64_t rows_ = 0;
};

TEST(CsvTime, IsExactAndReadsBack) {
  EXPECT_EQ(csv_time(kAt), "2026-01-31T08:15:30.000Z");
  EXPECT_EQ(csv_time(kAt + 1), "2026-01-31T08:15:30.000000001Z");
  EXPECT_EQ(csv_time(kAt + 120'300'000), "2026-01-31T08:15:30.1203Z");
  for (const TimeNs ts_ns : {kAt, kAt + 1, kAt + 999'999'999, TimeNs{1'000'000'007}}) {
    EXPECT_EQ(read_csv_time(csv_time(ts_ns)), ts_ns);
  }
}

TEST_F(CsvExportTest, WritesWhatImportReadsBackUnchanged) {
  const auto first = open("first.db");
  Sample gap = number_at(1, kAt + 3, std::numeric_limits<double>::quiet_NaN(), Quality::kBad);
  const std::vector<Sample> samples{number_at(1, kAt, 0.1 + 0.2),
                                    number_at(1, kAt + kNsPerMs, -1e-300),
                                    number_at(1, kAt + 2 * kNsPerMs, 150, Quality::kUncertain),
                                    gap,
                                    state_at(0, kAt, "running"),
                                    state_at(0, kAt + kNsPerSecond, "idle", Quality::kBad)};
  ASSERT_TRUE(first->append(samples));
  const std::string text = exported(*first, {}).value();
  EXPECT_EQ(rows_, samples.size());
  EXPECT_NE(text.find(",m1/temperature,0.30000000000000004,good,degC\n"), std::string::npos)
      << text;
  EXPECT_NE(text.find("2026-01-31T08:15:30.000000003Z,m1/temperature,,bad,degC\n"),
            std::string::npos);

  PlantOptions options;
  options.data_folder = (folder_.path() / "second").string();
  options.catalogue = plant_;
  auto plant = Plant::open(std::move(options)).value();
  for (int round = 0; round < 2; ++round) {
    const auto report =
        read_csv_samples(text, {}, *plant_, 4'000'000'000 * kNsPerSecond,
                         [&](std::span<const Reading> readings) -> Result<void> {
                           MW_TRY(plant->ingest().take(readings, Arrival::kHistory));
                           return {};
                         });
    ASSERT_TRUE(report);
    EXPECT_EQ(report->problem_count, 0u);
  }
  plant.reset();
  EXPECT_EQ(exported(*open("second/plant.db"), {}).value(), text) << "imported twice, stored once";
}

TEST_F(CsvExportTest, WritesTheWindowAndTheTagsAskedFor) {
  const auto store = open("a.db");
  ASSERT_TRUE(store->append(
      std::vector<Sample>{number_at(1, kAt, 1), number_at(1, kAt + 5, 2), number_at(2, kAt, 3)}));
  EXPECT_EQ(exported(*store, {"m1/temperature"}, {kAt, kAt + 5}).value(),
            "time,tag,value,quality,unit\n2026-01-31T08:15:30.000Z,m1/temperature,1,good,degC\n");
  const auto unknown = exported(*store, {"m1/nothing"});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, Code::kNotFound);
}

TEST_F(CsvExportTest, ShowsOfAPlantOnlyWhatWhoAsksMaySee) {
  PlantOptions options;
  options.data_folder = (folder_.path() / "p").string();
  options.catalogue = plant_;
  auto plant = Plant::open(std::move(options)).value();
  Reading reading;
  reading.tag = "m1/temperature";
  reading.ts_ns = kAt;
  reading.value = 21.5;
  ASSERT_TRUE(plant->ingest().take({&reading, 1}, Arrival::kHistory));
  std::string text;
  const auto write = [&](std::string_view part) {
    text += part;
    return true;
  };
  const TimeWindow window{kAt, kAt + kNsPerSecond};
  const auto written =
      plant->export_samples(Identity::local_viewer(), {"m1/temperature"}, window, write);
  ASSERT_TRUE(written) << written.error().message.en;
  EXPECT_EQ(written->samples, 1u);
  EXPECT_EQ(written->thinned_until_ns, 0);
  EXPECT_NE(text.find("m1/temperature,21.5,good,degC\n"), std::string::npos) << text;
  text.clear();
  const TimeWindow two{kAt, kAt + 2 * kNsPerSecond};
  const auto grid = plant->export_values(Identity::local_viewer(), {"m1/temperature"}, two,
                                         {kNsPerSecond, {}}, write);
  ASSERT_TRUE(grid) << grid.error().message.en;
  EXPECT_EQ(grid->samples, 2u);
  EXPECT_TRUE(text.ends_with("m1/temperature,21.5,good,degC\n")) << text;
  const auto at = plant->value_at(Identity::local_viewer(), "m1/temperature", kAt + 5, {});
  EXPECT_EQ(*at->value, 21.5);
  EXPECT_EQ(
      plant->value_at(Identity::local_viewer(), "m1/temperature", INT64_MAX, {}).error().param,
      "at_ms");
  text.clear();
  const Identity other{Identity::Kind::kPerson, "bob", {{Role::kViewer, {"no-such-line"}, {}}}};
  const auto seen = plant->export_samples(other, {"m1/temperature"}, window, write);
  const auto absent = plant->export_samples(other, {"m1/nothing"}, window, write);
  EXPECT_EQ(plant->value_at(other, "m1/temperature", kAt, {}).error().message.en,
            "there is no tag 'm1/temperature'");
  EXPECT_EQ(plant->export_values(other, {"m1/temperature"}, window, {}, write).error().code,
            Code::kNotFound);
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().code, Code::kNotFound);
  ASSERT_FALSE(absent);
  EXPECT_EQ(seen.error().code, absent.error().code) << "as what does not exist";
  EXPECT_TRUE(text.empty());
  const auto none = plant->export_samples(Identity::local_viewer(), {}, window, write);
  ASSERT_FALSE(none) << "all is not what somebody means who names nothing";
}

}  // namespace
}  // namespace mw::plant
