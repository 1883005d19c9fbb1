// Questions about what other systems told of machines: counted by kind, by time and by wording, in
// both languages; and about the plant as it is described.
#include <gtest/gtest.h>

#include "assistant/assistant.h"
#include "plant/plant_tools.h"
#include "tests/support/temporary_folder.h"

namespace mw::assistant {
namespace {

constexpr TimeNs kEventsNow = 1'760'000'400 * kNsPerSecond;  // 2025-10-09 09:00 UTC, a Thursday

class EventAnswers : public testing::Test {
 protected:
  void SetUp() override {
    plant::PlantOptions options;
    options.data_folder = folder_.path().string();
    options.catalogue = plant::Catalogue::parse(R"json({
      "site": "north", "site_name": {"en": "North works", "zh": "北厂"},
      "lines": [{"id": "a", "name": {"en": "Cooling", "zh": "冷却线"}},
                {"id": "b", "name": {"en": "Pumping", "zh": "泵线"}}],
      "kinds": [{"id": "chiller", "name": {"en": "chiller", "zh": "冷水机组"},
                 "failure_modes": [{"id": "fouling", "name": {"en": "tube fouling", "zh": "管束结垢"}}]},
                {"id": "chiller_s", "name": {"en": "chiller", "zh": "冷水机组"},
                 "failure_modes": [{"id": "fouling", "name": {"en": "tube fouling", "zh": "管束结垢"}}],
                 "tags": [{"id": "flow", "name": {"en": "water flow", "zh": "水流量"}, "unit": "m3/h"},
                          {"id": "load", "name": {"en": "load", "zh": "负载"}, "unit": "%"}]},
                {"id": "pump", "name": {"en": "pump", "zh": "泵"}}],
      "assets": [
        {"id": "c-1", "kind": "chiller", "line": "a", "name": {"en": "Chiller 1", "zh": "1号冷水机组"}},
        {"id": "c-2", "kind": "chiller_s", "line": "a", "name": {"en": "Chiller 2", "zh": "2号冷水机组"}},
        {"id": "p-1", "kind": "pump", "line": "b", "name": {"en": "Pump 1", "zh": "1号泵"}}]
    })json")
                            .value();
    options.clock = &clock_;
    plant_ = plant::Plant::open(std::move(options)).value();
    plant::register_tools(tools_, *plant_);
    // In September: 3 alerts on the 10th, 1 on the 12th, an anomaly on the 20th; two orders.
    constexpr TimeNs kTenth = 1'757'462'400 * kNsPerSecond;  // 2025-09-10 00:00 UTC
    for (int n = 0; n < 3; ++n) tell("alert", "Load low", kTenth + n * kNsPerHour);
    tell("alert", "Approach high", kTenth + 2 * kNsPerDay);
    tell("anomaly", "Flow 3 below its bound", kTenth + 10 * kNsPerDay);
    tell("preventive work order", "Oil analysis", kTenth + 4 * kNsPerDay);
    tell("corrective work order", "Leak repaired", kTenth + 5 * kNsPerDay);
  }
  void tell(const std::string& kind, const std::string& text, TimeNs at) {
    Identity who;
    who.kind = Identity::Kind::kPerson;
    who.name = "li";
    who.grants = {{Role::kOperator, {"*"}, {}}};
    plant::ToldEvent told;
    told.asset = "c-1";
    told.kind = kind;
    told.text = text;
    told.start_ns = at;
    ASSERT_TRUE(plant_->tell_event(who, told, {}));
  }
  AskAnswer ask(const std::string& question) {
    int errors = 0;  // a sentence of our own that did not verify
    const LogSink log = [&](LogLevel level, std::string_view, std::string_view) {
      errors += level == LogLevel::kError ? 1 : 0;
    };
    Assistant assistant(tools_, *plant_, nullptr, clock_, {}, log);
    AskRequest request;
    request.question = question;
    auto answer = assistant.ask(Identity::local_viewer(), request, {}, {});
    EXPECT_TRUE(answer) << question;
    EXPECT_EQ(errors, 0) << question;
    return answer ? *answer : AskAnswer{};
  }
  void expect_says(const std::string& question, const std::vector<std::string>& parts) {
    const AskAnswer answer = ask(question);
    EXPECT_FALSE(answer.refused) << question << ": " << answer.answer;
    for (const std::string& part : parts) {
      EXPECT_NE(answer.answer.find(part), std::string::npos)
          << question << ": '" << part << "' not in " << answer.answer;
    }
  }

  testing_support::TemporaryFolder folder_;
  FixedClock clock_{kEventsNow};
  std::unique_ptr<plant::Plant> plant_;
  ToolRegistry tools_;
};

TEST_F(EventAnswers, CountByDayOnlyTheKindsThatAreAskedFor) {
  const std::vector<std::string> alerts = {"4 events were noted of Chiller 1", "4 × \"alert\"",
                                           "Days with events: 2 (of 30)", "2025-09-10: 3",
                                           "2025-09-12: 1"};
  expect_says("Daily count of the alerts of Chiller 1 in September 2025", alerts);
  expect_says("How many alerts did Chiller 1 have per day in September?", alerts);
  expect_says("1号冷水机组2025年9月每天的告警数量",
              {"共有 4 条事件记录", "有记录的天数：2（共 30）", "2025-09-10: 3"});
  const AskAnswer both =
      ask("Get the daily count of events of alert, anomaly for September 2025 for Chiller 1");
  EXPECT_NE(both.answer.find("5 events"), std::string::npos) << both.answer;
  EXPECT_NE(both.answer.find("Days with events: 3"), std::string::npos) << both.answer;
  EXPECT_EQ(both.answer.find("work order"), std::string::npos) << both.answer;
}

TEST_F(EventAnswers, CountByWeekAndMonth) {
  expect_says("Weekly number of events of Chiller 1 in September 2025",
              {"7 events", "Weeks with events: 2 (of 5)", "2025-09-08: 5", "2025-09-15: 2"});
  expect_says("今年每月1号冷水机组有多少告警",
              {"共有 4 条事件记录", "有记录的月数：1（共 10），以首日标示", "2025-09-01: 4"});
}

TEST_F(EventAnswers, TellKindsAndHowTheyAreSpread) {
  expect_says("I would like to retrieve the preventive work orders of Chiller 1 for September 2025",
              {"1 event was noted", "1 × \"preventive work order\"", "\"Oil analysis\""});
  expect_says("Show the preventive and corrective work orders of Chiller 1 in September 2025",
              {"2 events were noted"});
  expect_says("1号冷水机组2025年9月的纠正性工单有哪些", {"1 条事件记录", "Leak repaired"});
  expect_says("What is the distribution of alerts of Chiller 1 in September 2025?",
              {"By what was told: 3 × \"Load low\" and 1 × \"Approach high\""});
  expect_says("1号冷水机组2025年9月的告警分布", {"按内容：3 × \"Load low\""});
}

TEST_F(EventAnswers, SayWhenThereIsNoneOfTheKind) {
  expect_says("How many inspection events had Chiller 1 in September 2025?",
              {"no event of the kind \"inspection\" was noted of Chiller 1",
               "What was noted then: 4 × \"alert\""});
  expect_says("alerts and alarms of Chiller 1 in September 2025",
              {"4 events", "no event of the kind \"alarm\""});
  expect_says("1号冷水机组2025年9月有多少巡检事件", {"没有\"巡检\"类的记录", "4 × \"alert\""});
}

TEST_F(EventAnswers, RefuseWhatIsReckonedOfThem) {
  for (const auto& [question, words] :
       {std::pair{"Which corrective work orders of Chiller 1 in September 2025 can be bundled?",
                  "'bundled'"},
        {"What is the average number of alerts per day of Chiller 1 in September 2025?",
         "'average'"},
        {"Alerts of Chiller 1 in September 2025 without the spurious ones", "'without'"},
        {"Most frequent alert of Chiller 1 in September 2025", "'Most"},
        {"Assume today is July 2025: which alerts had Chiller 1 in June 2025?", "'Assume'"},
        {"1号冷水机组2025年9月哪些工单可以合并", "合"},
        {"1号冷水机组2025年9月平均每天有多少告警", "平均"}}) {
    const AskAnswer answer = ask(question);
    EXPECT_TRUE(answer.refused) << question << ": " << answer.answer;
    EXPECT_NE(answer.answer.find(words), std::string::npos) << question << ": " << answer.answer;
  }
}

TEST_F(EventAnswers, ListMachinesOfAKindByItsNameAlone) {
  for (const char* question :
       {"list all the chillers", "Which chillers are there?",
        "List all chillers at site North works", "列出所有冷水机组", "有哪些冷水机组"}) {
    const AskAnswer answer = ask(question);
    EXPECT_FALSE(answer.refused) << question << ": " << answer.answer;
    const bool zh = answer.language == Language::kZh;
    for (const char* name : {zh ? "1号冷水机组" : "Chiller 1", zh ? "2号冷水机组" : "Chiller 2"}) {
      EXPECT_NE(answer.answer.find(name), std::string::npos) << question << ": " << answer.answer;
    }
    EXPECT_EQ(answer.answer.find(zh ? "1号泵" : "Pump 1"), std::string::npos) << answer.answer;
  }
}

TEST_F(EventAnswers, TellTheSiteItsLinesAndWhatIsDescribed) {
  expect_says("Which sites are available?",
              {"North works", "2 lines", "Cooling (2 machines)", "Pumping (1 machine)"});
  expect_says("有哪些产线", {"北厂", "2 条产线", "冷却线（2 台设备）"});
  expect_says("Retrieve the metadata of Chiller 2",
              {"of the kind \"chiller\"", "stands on Cooling", "water flow", "load"});
  expect_says("2号冷水机组的基本信息", {"属于“冷水机组”", "位于冷却线", "水流量"});
  expect_says("Asset details of Pump 1", {"stands on Pumping", "does not have any signals"});
}

TEST_F(EventAnswers, TellFailureModesOfAKind) {
  expect_says("List all failure modes of the chiller",
              {"1 failure mode", "each \"chiller\"", "tube fouling"});
  expect_says("List all failure modes of asset Chiller", {"each \"chiller\"", "tube fouling"});
  expect_says("冷水机组有哪些故障模式", {"各“冷水机组”", "管束结垢"});
}

TEST_F(EventAnswers, TellAllValuesOfATime) {
  const std::vector<std::string> each = {"water flow of Chiller 2", "load of Chiller 2"};
  expect_says("Retrieve sensor data for Chiller 2 from June 2025", each);
  expect_says("2号冷水机组2025年6月的传感器数据", {"水流量", "负载"});
  expect_says("Readings of Pump 1 in June 2025", {"does not have any signals"});
}

}  // namespace
}  // namespace mw::assistant
