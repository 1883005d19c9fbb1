// Every number a tool gives is compared with the samples that went in.
#include <gtest/gtest.h>

#include <cmath>

#include "core/clock.h"
#include "plant/ingest.h"
#include "plant/internal/test_plant.h"
#include "plant/plant.h"
#include "plant/plant_tools.h"
#include "plant/tools/internal/robust_score.h"
#include "plant/tools/internal/statistic.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

constexpr TimeNs kNow = 1'760'000'000 * kNsPerSecond;
constexpr int64_t kNowMs = kNow / kNsPerMs;

class ToolsTest : public testing::Test {
 protected:
  void SetUp() override {
    PlantOptions options;
    options.data_folder = folder_.path().string();
    options.catalogue = test_catalogue();
    options.clock = &clock_;
    plant_ = Plant::open(std::move(options)).value();
    register_tools(tools_, *plant_);
  }
  void put(const std::string& tag, int from_ago_s, int to_ago_s,
           const std::function<std::variant<std::monostate, double, std::string>(int)>& value) {
    std::vector<Reading> readings;
    for (int ago_s = from_ago_s; ago_s > to_ago_s; --ago_s) {
      Reading reading;
      reading.tag = tag;
      reading.ts_ns = kNow - ago_s * kNsPerSecond;
      reading.value = value(ago_s);
      readings.push_back(reading);
    }
    ASSERT_TRUE(plant_->ingest().take(readings));
  }
  Result<std::vector<Evidence>> run(const char* tool, const char* arguments) {
    return run_as(Identity::local_viewer(), tool, arguments);
  }
  Result<std::vector<Evidence>> run_as(const Identity& who, const char* tool,
                                       std::string arguments) {
    // "@60" stands for the time 60 s ago in milliseconds.
    for (std::size_t at = arguments.find('@'); at != std::string::npos; at = arguments.find('@')) {
      std::size_t end = at + 1;
      while (end < arguments.size() && std::isdigit(arguments[end]) != 0) ++end;
      const int64_t ago_s = std::stoll(arguments.substr(at + 1, end - at - 1));
      arguments.replace(at, end - at, std::to_string(kNowMs - ago_s * 1000));
    }
    return tools_.find(tool)->run(who, parse_json(arguments).value());
  }
  static const Evidence* fact(const std::vector<Evidence>& facts, const std::string& name) {
    for (const Evidence& evidence : facts) {
      if (evidence.fact == name) return &evidence;
    }
    return nullptr;
  }
  static void expect_complete(const Evidence& evidence, const char* tag) {
    EXPECT_EQ(evidence.tag, tag);
    EXPECT_EQ(evidence.asset, "m1");
    EXPECT_EQ(evidence.rights_label, "a");
    EXPECT_EQ(evidence.source, std::string("plant samples ") + tag);
    EXPECT_FALSE(evidence.simulated);
    EXPECT_TRUE(evidence.window || evidence.ts_ns);
  }

  testing_support::TemporaryFolder folder_;
  FixedClock clock_{kNow};
  std::unique_ptr<Plant> plant_;
  ToolRegistry tools_;
};

TEST_F(ToolsTest, DescribeThemselvesInBothLanguagesWithASchema) {
  ASSERT_EQ(tools_.all().size(), 13u);
  for (const auto& tool : tools_.all()) {
    EXPECT_FALSE(tool->description().en.empty()) << tool->name();
    EXPECT_FALSE(tool->description().zh.empty()) << tool->name();
    EXPECT_EQ(tool->effect(), Effect::kReads);
    const Json& schema = tool->arguments_schema();
    EXPECT_EQ(schema["type"], "object") << to_text(schema);
    EXPECT_EQ(schema["additionalProperties"], false);
    for (const Json& name : schema["required"]) {
      EXPECT_TRUE(schema["properties"].contains(name.get<std::string>())) << to_text(schema);
    }
  }
}

TEST_F(ToolsTest, FindAssetsAndTagsByAnyName) {
  EXPECT_EQ(run("find_assets", "{}")->size(), 2u);
  EXPECT_EQ(run("find_assets", R"({"line": "b"})")->at(0).asset, "m2");
  EXPECT_EQ(run("find_assets", R"({"text": "一号"})")->at(0).asset, "m1");
  EXPECT_TRUE(run("find_assets", R"({"kind": "boat"})")->empty());
  EXPECT_EQ(run("find_tags", R"({"asset": "m1"})")->size(), 3u);
  const auto found = run("find_tags", R"({"text": "TEMPER"})");
  ASSERT_EQ(found->size(), 2u);
  EXPECT_EQ(found->at(0).unit, "degC");
}

TEST_F(ToolsTest, LatestValueGivesValueStateAndHowLong) {
  put("m1/temperature", 600, 0, [](int ago_s) { return 50.0 + ago_s / 100.0; });
  put("m1/state", 100, 0, [](int ago_s) { return std::string(ago_s > 40 ? "idle" : "running"); });
  const auto value = run("latest_value", R"({"tag": "m1/temperature"})");
  ASSERT_EQ(value->size(), 1u);
  const Evidence& latest = value->at(0);
  expect_complete(latest, "m1/temperature");
  EXPECT_EQ(latest.fact, "latest");
  EXPECT_EQ(*latest.value, 50.01);
  EXPECT_EQ(*latest.ts_ns, kNow - kNsPerSecond);
  EXPECT_EQ(latest.unit, "degC");
  EXPECT_FALSE(latest.series.empty());
  EXPECT_EQ(latest.series.front().max, 56.0);

  const auto machine = run("latest_value", R"({"asset": "m1"})");
  const Evidence* state = fact(*machine, "state");
  ASSERT_NE(state, nullptr);
  EXPECT_EQ(state->text, "running");
  EXPECT_EQ(*state->ts_ns, kNow - 40 * kNsPerSecond);
  EXPECT_EQ(*fact(*machine, "duration_s")->value, 40);
  EXPECT_NE(fact(*machine, "latest"), nullptr);
}

TEST_F(ToolsTest, WindowStatisticsAreThoseOfTheSamples) {
  put("m1/temperature", 600, 0, [](int ago_s) { return 50.0 + (600 - ago_s) * 0.01; });
  const auto facts =
      run("window_statistics",
          R"({"tag": "m1/temperature", "window": {"start_ms": @600, "end_ms": @0}})");
  ASSERT_TRUE(facts) << facts.error().message.en;
  ASSERT_EQ(facts->size(), 8u);
  for (const Evidence& evidence : *facts) {
    expect_complete(evidence, "m1/temperature");
    EXPECT_EQ(evidence.window, (TimeWindow{kNow - 600 * kNsPerSecond, kNow}));
    EXPECT_DOUBLE_EQ(evidence.good_share, 1.0);
    EXPECT_EQ(evidence.quality, Quality::kGood);
  }
  EXPECT_NEAR(*fact(*facts, "mean")->value, 50 + 299.5 * 0.01, 1e-9);
  EXPECT_EQ(*fact(*facts, "minimum")->value, 50.0);
  EXPECT_EQ(*fact(*facts, "minimum")->ts_ns, kNow - 600 * kNsPerSecond);
  EXPECT_EQ(*fact(*facts, "maximum")->value, 50 + 599 * 0.01);
  EXPECT_NEAR(*fact(*facts, "change")->value, 5.99, 1e-12);
  EXPECT_NEAR(*fact(*facts, "slope_per_minute")->value, 0.6, 1e-9);
  EXPECT_EQ(fact(*facts, "slope_per_minute")->unit, "degC/min");
  EXPECT_LE(facts->front().series.size(), 120u);
  EXPECT_GE(facts->front().series.size(), 100u);
  const auto some = run(
      "window_statistics",
      R"({"tag": "m1/temperature", "window": {"start_ms": @60, "end_ms": @0}, "statistics": ["max", "mean"]})");
  ASSERT_EQ(some->size(), 2u);
  EXPECT_EQ(some->at(0).fact, "maximum");
}

TEST_F(ToolsTest, AMeanAlongLinesSaysSo) {
  put("m1/temperature", 8, 6, [](int ago_s) { return ago_s == 8 ? 10.0 : 30.0; });
  const auto facts = run("window_statistics",
                         R"({"tag": "m1/temperature", "window": {"start_ms": @8, "end_ms": @7},
                             "statistics": ["mean"], "interpolation": "linear"})");
  ASSERT_TRUE(facts) << facts.error().message.en;
  EXPECT_DOUBLE_EQ(*facts->front().value, 20);
  EXPECT_EQ(facts->front().source, "plant samples, straight lines between, m1/temperature");
  const auto steps = run("window_statistics",
                         R"({"tag": "m1/temperature", "window": {"start_ms": @8, "end_ms": @7},
                             "statistics": ["mean"]})");
  EXPECT_DOUBLE_EQ(*steps->front().value, 10);
  EXPECT_EQ(steps->front().source, "plant samples m1/temperature");
}

TEST_F(ToolsTest, SayThatThereIsNoUsableDataInsteadOfANumber) {
  const auto facts =
      run("window_statistics",
          R"({"tag": "m1/temperature", "window": {"start_ms": @600, "end_ms": @0}})");
  ASSERT_TRUE(facts);
  for (const Evidence& evidence : *facts) {
    EXPECT_FALSE(evidence.value.has_value()) << evidence.fact;
    EXPECT_EQ(evidence.quality, Quality::kBad);
    EXPECT_EQ(evidence.good_share, 0);
  }
  const auto counted = run(
      "count", R"({"asset": "m1", "state": "fault", "window": {"start_ms": @60, "end_ms": @0}})");
  EXPECT_FALSE(counted->at(0).value.has_value());
  const auto latest = run("latest_value", R"({"tag": "m1/temperature"})");
  EXPECT_FALSE(latest->at(0).value.has_value());
  EXPECT_EQ(latest->at(0).quality, Quality::kBad);
}

TEST_F(ToolsTest, CompareTwoTimesAndTwoMachines) {
  put("m1/temperature", 200, 100, [](int) { return 40.0; });
  put("m1/temperature", 100, 0, [](int) { return 44.0; });
  put("m2/temperature", 100, 0, [](int) { return 60.0; });
  const auto times = run("compare_windows",
                         R"({"tag": "m1/temperature", "window": {"start_ms": @100, "end_ms": @0},
                             "baseline": {"start_ms": @200, "end_ms": @100}})");
  ASSERT_TRUE(times) << times.error().message.en;
  ASSERT_EQ(times->size(), 3u) << "no percentage of degrees Celsius";
  EXPECT_EQ(*times->at(0).value, 44);
  EXPECT_EQ(*times->at(1).value, 40);
  EXPECT_EQ(times->at(2).fact, "difference");
  EXPECT_EQ(*times->at(2).value, 4);
  const auto machines = run("compare_machines",
                            R"({"tags": ["m1/temperature", "m2/temperature"], "statistic": "max",
                                "window": {"start_ms": @100, "end_ms": @0}})");
  ASSERT_EQ(machines->size(), 3u);
  EXPECT_EQ(machines->at(0).tag, "m2/temperature");
  EXPECT_EQ(*machines->at(2).value, 16);
}

TEST_F(ToolsTest, CountPartsAndStateEntries) {
  put("m1/parts", 300, 0, [](int ago_s) { return 1000.0 + (300 - ago_s) / 10; });
  put("m1/state", 300, 0,
      [](int ago_s) { return std::string(ago_s / 50 % 2 == 0 ? "running" : "fault"); });
  const auto parts =
      run("count", R"({"tag": "m1/parts", "window": {"start_ms": @300, "end_ms": @0}})");
  EXPECT_EQ(*parts->at(0).value, 29);
  EXPECT_EQ(parts->at(0).fact, "count");
  const auto faults = run(
      "count", R"({"asset": "m1", "state": "fault", "window": {"start_ms": @300, "end_ms": @0}})");
  EXPECT_EQ(*faults->at(0).value, 3);
  const auto percent = run("compare_windows",
                           R"({"tag": "m1/parts", "window": {"start_ms": @100, "end_ms": @0},
                               "baseline": {"start_ms": @300, "end_ms": @100}})");
  EXPECT_EQ(*fact(*percent, "count")->value, 10);
  EXPECT_NEAR(*fact(*percent, "difference_percent")->value, (10.0 - 19) / 19 * 100, 1e-9);
}

TEST_F(ToolsTest, StateHistoryGivesDurationsAndTransitions) {
  put("m1/state", 300, 0, [](int ago_s) {
    return std::string(ago_s > 200 ? "running" : ago_s > 150 ? "fault" : "idle");
  });
  const auto facts =
      run("state_history", R"({"asset": "m1", "window": {"start_ms": @300, "end_ms": @0}})");
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->at(0).text, "idle");
  EXPECT_EQ(*facts->at(0).value, 150);
  EXPECT_EQ(facts->at(2).text, "running");
  EXPECT_EQ(*facts->at(2).value, 100);
  EXPECT_EQ(facts->at(4).text, "fault");
  EXPECT_EQ(*facts->at(4).value, 50);
  ASSERT_EQ(facts->size(), 8u);
  EXPECT_EQ(facts->at(6).fact, "transition");
  EXPECT_EQ(facts->at(6).text, "fault");
  EXPECT_EQ(*facts->at(6).ts_ns, kNow - 200 * kNsPerSecond);
  const auto only =
      run("state_history",
          R"({"asset": "m1", "state": "fault", "window": {"start_ms": @300, "end_ms": @0}})");
  ASSERT_EQ(only->size(), 3u);
  EXPECT_EQ(*only->at(1).value, 1);
}

TEST_F(ToolsTest, UnusualNowFindsRangesQualitiesAndDepartures) {
  const auto state = [](int) { return std::string("running"); };
  for (const char* tag : {"m1/state", "m2/state"}) put(tag, 4000, 0, state);
  for (const char* tag : {"m1/parts", "m2/parts"}) put(tag, 4000, 0, [](int) { return 1.0; });
  put("m1/temperature", 4000, 0, [](int ago_s) { return ago_s > 90 ? 40.0 + ago_s % 3 : 60.0; });
  put("m2/temperature", 4000, 0, [](int ago_s) { return 40.0 + ago_s % 3; });
  const auto facts = run("unusual_now", "{}");
  ASSERT_TRUE(facts) << facts.error().message.en;
  EXPECT_EQ(*fact(*facts, "checked_tags")->value, 6);
  EXPECT_EQ(*fact(*facts, "unusual_count")->value, 1);
  const Evidence* departure = fact(*facts, "z_score");
  ASSERT_NE(departure, nullptr);
  EXPECT_EQ(departure->tag, "m1/temperature");
  EXPECT_GT(*departure->value, 6);
  EXPECT_EQ(*fact(*facts, "latest")->value, 60);
  EXPECT_NEAR(*fact(*facts, "median")->value, 41, 0.1);
  EXPECT_EQ(*fact(*run("unusual_now", R"({"asset": "m2"})"), "unusual_count")->value, 0);

  put("m2/temperature", 0, -1, [](int) { return 85.0; });
  put("m1/temperature", 0, -1, [](int) { return 999.0; });
  const auto later = run("unusual_now", "{}");
  const Evidence* above = fact(*later, "above_normal");
  ASSERT_NE(above, nullptr);
  EXPECT_EQ(above->tag, "m2/temperature");
  EXPECT_EQ(*above->value, 85);
  EXPECT_EQ(*fact(*later, "normal_high")->value, 80);
  EXPECT_EQ(fact(*later, "bad_quality")->tag, "m1/temperature");
}

TEST_F(ToolsTest, NameTheArgumentThatIsWrong) {
  struct Wrong {
    const char* tool;
    const char* arguments;
    const char* param;
    Code code;
  };
  const Wrong cases[] = {
      {"latest_value", "{}", "tag", Code::kInvalidArgument},
      {"latest_value", R"({"tag": 7})", "tag", Code::kInvalidArgument},
      {"latest_value", R"({"tag": "m9/x"})", "tag", Code::kNotFound},
      {"latest_value", R"({"asset": "m9"})", "asset", Code::kNotFound},
      {"latest_value", R"({"speed": 1})", "speed", Code::kInvalidArgument},
      {"latest_value", "[]", "arguments", Code::kInvalidArgument},
      {"window_statistics",
       R"({"tag": "m1/temperature", "window": {"start_ms": @9, "end_ms": @5}, "interpolation": "x"})",
       "interpolation", Code::kInvalidArgument},
      {"window_statistics", R"({"tag": "m1/temperature"})", "window", Code::kInvalidArgument},
      {"window_statistics", R"({"tag": "m1/temperature", "window": {"start_ms": @5}})",
       "window.end_ms", Code::kInvalidArgument},
      {"window_statistics",
       R"({"tag": "m1/temperature", "window": {"start_ms": @5, "end_ms": @9}})", "window",
       Code::kInvalidArgument},
      {"window_statistics",
       R"({"tag": "m1/temperature", "window": {"start_ms": 9000000000000, "end_ms": 9000000000001}})",
       "window", Code::kInvalidArgument},
      {"window_statistics",
       R"({"tag": "m1/temperature", "window": {"start_ms": 1e300, "end_ms": 2}})",
       "window.start_ms", Code::kInvalidArgument},
      {"window_statistics",
       R"({"tag": "m1/temperature", "window": {"start_ms": @9, "end_ms": @5}, "statistics": ["mode"]})",
       "statistics", Code::kInvalidArgument},
      {"window_statistics", R"({"tag": "m1/state", "window": {"start_ms": @9, "end_ms": @5}})",
       "tag", Code::kInvalidArgument},
      {"count", R"({"tag": "m1/temperature", "window": {"start_ms": @9, "end_ms": @5}})", "tag",
       Code::kInvalidArgument},
      {"count", R"({"asset": "m1", "window": {"start_ms": @9, "end_ms": @5}})", "state",
       Code::kInvalidArgument},
      {"compare_machines",
       R"({"tags": ["m1/temperature"], "window": {"start_ms": @9, "end_ms": @5}})", "tags",
       Code::kInvalidArgument},
      {"compare_machines",
       R"({"tags": ["m1/temperature", "m2/parts"], "window": {"start_ms": @9, "end_ms": @5}})",
       "tags", Code::kInvalidArgument},
      {"compare_machines",
       R"({"tags": ["m1/temperature", "m9/temperature"], "window": {"start_ms": @9, "end_ms": @5}})",
       "tags[1]", Code::kNotFound},
      {"compare_windows",
       R"({"tag": "m1/temperature", "window": {"start_ms": @9, "end_ms": @5}, "baseline": {"start_ms": @9, "end_ms": @5}, "statistic": "increase"})",
       "statistic", Code::kInvalidArgument},
  };
  for (const Wrong& wrong : cases) {
    const auto out = run(wrong.tool, wrong.arguments);
    ASSERT_FALSE(out) << wrong.tool << wrong.arguments;
    EXPECT_EQ(out.error().param, wrong.param) << wrong.arguments << out.error().message.en;
    EXPECT_EQ(out.error().code, wrong.code) << wrong.arguments;
    EXPECT_FALSE(out.error().message.zh.empty()) << wrong.arguments;
  }
}

TEST_F(ToolsTest, AnswerForAHiddenLineAsIfItWereNotThere) {
  put("m1/temperature", 100, 0, [](int) { return 99.0; });
  put("m2/temperature", 100, 0, [](int) { return 50.0; });
  const Identity who = Identity::viewer_of({"b"});
  EXPECT_EQ(run_as(who, "find_assets", "{}")->size(), 1u);
  EXPECT_EQ(run_as(who, "find_tags", "{}")->size(), 3u);
  EXPECT_EQ(run_as(who, "latest_value", R"({"tag": "m1/temperature"})").error().code,
            Code::kNotFound);
  EXPECT_EQ(run_as(who, "find_tags", R"({"asset": "m1"})").error().code, Code::kNotFound);
  EXPECT_EQ(run_as(who, "compare_machines",
                   R"({"tags": ["m2/temperature", "m1/temperature"],
                       "window": {"start_ms": @9, "end_ms": @5}})")
                .error()
                .code,
            Code::kNotFound);
  const std::vector<Evidence> unusual = run_as(who, "unusual_now", "{}").value();
  for (const Evidence& evidence : unusual) {
    EXPECT_EQ(evidence.tag.find("m1"), std::string::npos);
  }
  EXPECT_EQ(*fact(*run_as(who, "unusual_now", "{}"), "checked_tags")->value, 3);
}

TEST(RobustScore, IsNotMovedByOutliersAndNeedsThirtyValues) {
  std::vector<double> history;
  for (int i = 0; i < 100; ++i) history.push_back(10 + (i % 5));
  for (int i = 0; i < 10; ++i) history[static_cast<std::size_t>(i)] = 1000;
  const auto score = robust_score(20, history, 0.1);
  ASSERT_TRUE(score);
  EXPECT_EQ(score->median, 12);
  EXPECT_NEAR(score->z, 0.6745 * 8 / 1, 1e-12);
  EXPECT_FALSE(robust_score(20, std::vector<double>(29, 1.0), 0.1).has_value());
  EXPECT_NEAR(robust_score(2, std::vector<double>(30, 1.0), 0.5)->z, 0.6745 * 2, 1e-12);
}

TEST_F(ToolsTest, NameAggregatesAsTheirSourceWhereSamplesWereThinnedOut) {
  put("m1/temperature", 100, 0, [](int) { return 60.0; });
  const std::vector<Evidence> facts = run("latest_value", R"({"tag": "m1/temperature"})").value();
  ASSERT_FALSE(facts.empty());
  for (const auto& [resolution_ns, source] :
       {std::pair{int64_t{0}, "plant samples m1/temperature"},
        {kMinuteNs, "plant one-minute aggregates m1/temperature"},
        {kHourNs, "plant one-hour aggregates m1/temperature"}}) {
    Evidence evidence = facts.front();
    Basis basis;
    basis.resolution_ns = resolution_ns;
    stand_on(basis, evidence);
    EXPECT_EQ(evidence.source, source);
  }
}

}  // namespace
}  // namespace mw::plant
