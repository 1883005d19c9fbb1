// Tags whose values are texts, from what came in to what is answered: pushed and sent, stored over
// a restart, told by the tools, written to a file and read back.
#include <gtest/gtest.h>

#include <cmath>

#include "core/clock.h"
#include "plant/csv_export.h"
#include "plant/csv_samples.h"
#include "plant/ingest.h"
#include "plant/internal/text_plant.h"
#include "plant/plant.h"
#include "plant/plant_tools.h"
#include "plant/sqlite_store.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

constexpr TimeNs kNow = 1'760'000'000 * kNsPerSecond;

class TextTags : public testing::Test {
 protected:
  void SetUp() override { open(); }
  void open() {
    plant_.reset();
    PlantOptions options;
    options.data_folder = folder_.path().string();
    options.catalogue = text_catalogue();
    options.clock = &clock_;
    plant_ = Plant::open(std::move(options)).value();
    tools_ = std::make_unique<ToolRegistry>();
    register_tools(*tools_, *plant_);
  }
  void say(const std::string& tag, int ago_s,
           std::variant<std::monostate, double, std::string> value,
           Quality quality = Quality::kGood) {
    Reading reading;
    reading.tag = "p1/" + tag;
    reading.ts_ns = kNow - ago_s * kNsPerSecond;
    reading.value = std::move(value);
    reading.quality = quality;
    ASSERT_TRUE(plant_->ingest().take({&reading, 1}));
  }
  TagValue now(const char* tag) {
    return plant_->latest(Identity::local_viewer(), std::string("p1/") + tag).value();
  }
  Result<std::vector<Evidence>> run(const char* tool, const Json& arguments) {
    return tools_->find(tool)->run(Identity::local_viewer(), arguments);
  }
  static Json window(int from_ago_s) {
    return {{"start_ms", kNow / kNsPerMs - from_ago_s * 1000}, {"end_ms", kNow / kNsPerMs}};
  }
  std::string exported() {
    plant_.reset();
    SqliteStoreOptions options;
    options.path = (folder_.path() / "plant.db").string();
    options.catalogue = text_catalogue();
    const auto store = SqliteStore::open(std::move(options)).value();
    std::string text;
    const auto rows = export_csv(*store, *text_catalogue(), {"p1/message"}, {0, INT64_MAX},
                                 [&](std::string_view part) {
                                   text += part;
                                   return true;
                                 });
    EXPECT_TRUE(rows);
    return text;
  }

  testing_support::TemporaryFolder folder_;
  FixedClock clock_{kNow};
  std::unique_ptr<Plant> plant_;
  std::unique_ptr<ToolRegistry> tools_;
};

TEST_F(TextTags, KeepTextTimesAndQualityOverARestart) {
  say("batch", 50, "B-1041");
  say("batch", 30, "批次-1042");
  say("batch", 20, "批次-1042");
  for (int round = 0; round < 2; ++round) {
    const TagValue value = now("batch");
    EXPECT_EQ(value.text, "批次-1042");
    EXPECT_FALSE(value.value);
    EXPECT_EQ(value.quality, Quality::kGood);
    EXPECT_EQ(value.ts_ns, kNow - 20 * kNsPerSecond);
    EXPECT_EQ(value.since_ns, kNow - 30 * kNsPerSecond) << "since it says so";
    open();
  }
}

TEST_F(TextTags, AnEmptyTextIsKnownToBeEmptyAndSilenceIsNot) {
  say("batch", 90, "B-1");
  say("batch", 70, "");
  say("batch", 10, "");
  EXPECT_EQ(now("batch").quality, Quality::kGood);
  EXPECT_EQ(now("batch").text, "");
  EXPECT_EQ(now("batch").since_ns, kNow - 70 * kNsPerSecond);
  const StateHistory history =
      plant_->state_history(Identity::local_viewer(), "p1/batch", {kNow - 90 * kNsPerSecond, kNow})
          .value();
  ASSERT_EQ(history.totals.size(), 1u);
  EXPECT_EQ(history.totals[0].duration_ns, 20 * kNsPerSecond);
  EXPECT_DOUBLE_EQ(history.good_share, 1.0);
  say("message", 10, std::monostate{}, Quality::kBad);
  EXPECT_EQ(now("message").quality, Quality::kBad) << "withheld is not empty";
  open();
  EXPECT_EQ(now("batch").quality, Quality::kGood);
  EXPECT_EQ(now("batch").since_ns, kNow - 70 * kNsPerSecond);
}

TEST_F(TextTags, WhatIsNoSuchTextIsStoredWithItsReason) {
  struct Row {
    std::variant<std::monostate, double, std::string> sent;
    const char* kept;
    Quality quality;
    QualityReason reason;
  };
  const std::string cut = std::string(199, 'x');
  const Row rows[] = {
      {"  B-7 \n", "B-7", Quality::kGood, QualityReason::kNone},
      {"line one\r\nline two", "line one  line two", Quality::kGood, QualityReason::kNone},
      {4711.0, "4711", Quality::kGood, QualityReason::kNone},
      {-3.0, "-3", Quality::kGood, QualityReason::kNone},
      {3.5, "", Quality::kBad, QualityReason::kWrongType},
      {9007199254740992.0, "", Quality::kBad, QualityReason::kWrongType},
      {std::nan(""), "", Quality::kBad, QualityReason::kWrongType},
      {std::monostate{}, "", Quality::kBad, QualityReason::kWrongType},
      {"\xCD\xA3\xBB\xFA", "\u0363\uFFFD\uFFFD", Quality::kBad, QualityReason::kWrongType},
      {cut + "停机", cut.c_str(), Quality::kUncertain, QualityReason::kCutText},
  };
  int ago_s = 60;
  for (const Row& row : rows) {
    say("message", --ago_s, row.sent);
    const TagValue value = now("message");
    EXPECT_EQ(value.text, row.kept);
    EXPECT_EQ(value.quality, row.quality) << row.kept;
    if (row.quality != Quality::kGood) {
      EXPECT_EQ(value.reason, row.reason) << row.kept;
    }
  }
}

TEST_F(TextTags, ToolsTellTextsAndRefuseNumbersOfThemByName) {
  say("product", 55, "A-100");
  say("product", 20, "B-200");
  const auto latest = run("latest_value", {{"tag", "p1/product"}}).value();
  ASSERT_EQ(latest.size(), 2u);
  EXPECT_EQ(latest[0].fact, "latest");
  EXPECT_EQ(latest[0].text, "B-200");
  EXPECT_FALSE(latest[0].value);
  EXPECT_EQ(*latest[1].value, 20);
  const auto history =
      run("state_history", {{"tag", "p1/product"}, {"window", window(55)}}).value();
  EXPECT_EQ(history[0].text, "A-100");
  EXPECT_EQ(*history[0].value, 35);
  EXPECT_EQ(history[2].text, "B-200");
  EXPECT_EQ(history[4].fact, "transition");
  EXPECT_EQ(history[4].text, "B-200");
  struct Refused {
    const char* tool;
    Json arguments;
    const char* word;
  };
  const Refused refused[] = {
      {"window_statistics", {{"tag", "p1/product"}, {"window", window(55)}}, "is a text"},
      {"compare_windows",
       {{"tag", "p1/product"}, {"window", window(20)}, {"baseline", window(55)}},
       "is a text"},
      {"compare_machines",
       {{"tags", {"p1/product", "p2/product"}}, {"window", window(20)}},
       "is a text"},
      {"count", {{"tag", "p1/product"}, {"window", window(55)}}, "no counter"},
      {"state_history", {{"tag", "p1/parts"}, {"window", window(55)}}, "is a number"},
  };
  for (const Refused& each : refused) {
    const auto answer = run(each.tool, each.arguments);
    ASSERT_FALSE(answer) << each.tool;
    EXPECT_NE(answer.error().message.en.find(each.word), std::string::npos)
        << answer.error().message.en;
  }
}

TEST_F(TextTags, ComeBackFromAFileAsTheyWentOut) {
  say("message", 50, "计划停机; \"sensor, left\" 12");
  say("message", 40, "0");
  say("message", 30, "");
  say("message", 20, std::monostate{}, Quality::kBad);
  say("message", 10, "none", Quality::kUncertain);
  say("message", 8, "=HYPERLINK(\"http://x\")");
  say("message", 6, "'-1+2");
  const std::string text = exported();
  EXPECT_EQ(text.find(",=HYPER"), std::string::npos) << text;
  EXPECT_NE(text.find("\"'=HYPERLINK(\"\"http://x\"\")\""), std::string::npos) << text;
  std::vector<Reading> readings;
  const auto report = read_csv_samples(text, {}, *text_catalogue(), kNow,
                                       [&](std::span<const Reading> part) -> Result<void> {
                                         readings.insert(readings.end(), part.begin(), part.end());
                                         return {};
                                       });
  ASSERT_TRUE(report) << report.error().message.en;
  EXPECT_EQ(report->problem_count, 0u);
  ASSERT_EQ(readings.size(), 7u) << text;
  std::filesystem::remove(folder_.path() / "plant.db");
  open();
  ASSERT_TRUE(plant_->ingest().take(readings, Arrival::kHistory));
  EXPECT_EQ(exported(), text);
}

}  // namespace
}  // namespace mw::plant
