// Questions about the health of machines and their cases, in both languages, over scripted tools.
#include <gtest/gtest.h>

#include "assistant/assistant.h"
#include "plant/plant_tools.h"
#include "tests/support/temporary_folder.h"

namespace mw::assistant {
namespace {

constexpr TimeNs kNow = 1'760'000'400 * kNsPerSecond;  // 2025-10-09 09:00 UTC, a Thursday

Evidence fact_of(const char* name, const char* asset, std::optional<double> value,
                 const char* text = "", const char* tag = "", const char* unit = "") {
  Evidence out;
  out.fact = name;
  out.asset = asset;
  out.value = value;
  out.text = text;
  out.tag = tag;
  out.unit = unit;
  out.ts_ns = kNow - 5 * kNsPerSecond;
  out.source = "health models";
  return out;
}

/// Answers what it was given, of one asset where one is asked for; keeps what it was asked.
class ScriptedTool final : public Tool {
 public:
  ScriptedTool(std::string name, std::vector<Evidence> facts)
      : name_(std::move(name)), facts_(std::move(facts)) {}
  std::string_view name() const override { return name_; }
  const Text& description() const override { return description_; }
  const Json& arguments_schema() const override { return schema_; }
  Effect effect() const override { return Effect::kReads; }
  Result<std::vector<Evidence>> run(const Identity&, const Json& arguments) override {
    asked = arguments;
    std::vector<Evidence> out;
    for (const Evidence& each : facts_) {
      if (!arguments.contains("asset") || each.asset == arguments["asset"].get<std::string>())
        out.push_back(each);
    }
    if (arguments.contains("window")) out.front().window = TimeWindow{kNow - kNsPerDay, kNow};
    return out;
  }
  Json asked;

 private:
  const std::string name_;
  const Text description_{"scripted", "脚本"};
  const Json schema_ = Json::object();
  const std::vector<Evidence> facts_;
};

class HealthAnswers : public testing::Test {
 protected:
  void SetUp() override {
    plant::PlantOptions options;
    options.data_folder = folder_.path().string();
    options.catalogue = plant::Catalogue::parse(R"json({
      "site": "test", "lines": [{"id": "a"}],
      "kinds": [{"id": "press", "name": {"en": "press", "zh": "压机"},
        "failure_modes": [{"id": "bearing", "name": {"en": "bearing wear", "zh": "轴承磨损"}, "signs": ["shake"]},
                          {"id": "seal", "name": {"en": "seal leak", "zh": "密封泄漏"}}],
        "states": [{"id": "running", "name": {"en": "running", "zh": "运行"}}],
        "tags": [{"id": "state", "kind": "state"},
                 {"id": "heat", "unit": "degC", "name": {"en": "oil temperature", "zh": "油温"}},
                 {"id": "shake", "unit": "mm/s", "name": {"en": "vibration", "zh": "振动"}}]},
                {"id": "cart", "failure_modes": [{"id": "wheel", "name": {"en": "worn wheel", "zh": "车轮磨损"}}]}],
      "assets": [{"id": "press-1", "kind": "press", "line": "a", "name": {"en": "Press 1", "zh": "1号压机"}},
                 {"id": "press-2", "kind": "press", "line": "a", "name": {"en": "Press 2", "zh": "2号压机"}},
                 {"id": "press-3", "kind": "press", "line": "a", "name": {"en": "Press 3", "zh": "3号压机"}},
                 {"id": "cart-1", "kind": "cart", "line": "a", "name": {"en": "Cart 1", "zh": "1号小车"}}]
    })json")
                            .value();
    options.clock = &clock_;
    plant_ = plant::Plant::open(std::move(options)).value();
    plant::register_tools(tools_, *plant_);
  }
  /// `also`: what else deviates of its one case.
  void add_health(const std::vector<Evidence>& also = {}) {
    add("machine_health",
        {fact_of("machines", "", 3), fact_of("watched_machines", "", 3),
         fact_of("machines_unlike_normal", "", 1),
         fact_of("health_index", "press-1", 12.4, "alarm"), fact_of("open_case", "press-1", 7),
         fact_of("contribution", "press-1", 81.2, "", "press-1/shake", "%"),
         fact_of("contribution", "press-1", 18.8, "", "press-1/heat", "%"),
         fact_of("health_index", "press-2", {}, "sensor_fault"),
         fact_of("sensor", "press-2", {}, "flat", "press-2/heat"),
         fact_of("health_index", "press-3", 87.1, "healthy")});
    std::vector<Evidence> cases = {
        fact_of("case_count", "", 1), fact_of("maintenance_case", "press-1", 7, "open"),
        fact_of("case_value", "press-1", 5.1, "", "press-1/shake", "mm/s")};
    cases.insert(cases.end(), also.begin(), also.end());
    cases_ = add("maintenance_cases", std::move(cases));
  }
  ScriptedTool* add(const char* name, std::vector<Evidence> facts) {
    auto tool = std::make_unique<ScriptedTool>(name, std::move(facts));
    ScriptedTool* out = tool.get();
    tools_.add(std::move(tool));
    return out;
  }
  void expect_says(const std::string& question, const std::vector<std::string>& parts,
                   const std::vector<std::string>& absent = {}) {
    Assistant assistant(tools_, *plant_, nullptr, clock_, {}, no_log());
    AskRequest request;
    request.question = question;
    const auto answer = assistant.ask(Identity::local_viewer(), request, {}, {});
    ASSERT_TRUE(answer) << question;
    EXPECT_FALSE(answer->refused) << answer->answer;
    for (const std::string& part : parts) {
      EXPECT_NE(answer->answer.find(part), std::string::npos) << part << ": " << answer->answer;
    }
    for (const std::string& part : absent) {
      EXPECT_EQ(answer->answer.find(part), std::string::npos) << part << ": " << answer->answer;
    }
    for (const Sentence& sentence : answer->sentences) EXPECT_FALSE(sentence.evidence.empty());
  }

  testing_support::TemporaryFolder folder_;
  FixedClock clock_{kNow};
  std::unique_ptr<plant::Plant> plant_;
  ToolRegistry tools_;
  ScriptedTool* cases_ = nullptr;
};

TEST_F(HealthAnswers, TellWhichMachinesNeedAttentionAndWhy) {
  add_health();
  expect_says("Which machines need attention, and why?",
              {"3 of 3 machines are watched by a health model; 1 of them runs unlike normal.",
               "Press 1 runs unlike its normal running (health index 12); what deviates: "
               "vibration 81 % and oil temperature 19 %. Case 7 is open.",
               "A sensor of Press 2 is at fault, so its health is not known: oil temperature does "
               "not move."},
              {"Press 3 runs"});
  expect_says("哪些设备需要关注？",
              {"3 台设备中有 3 台由健康模型监测，其中 1 台偏离正常运行。",
               "1号压机偏离正常运行（健康指数 12）", "振动 81 %", "案例 7 待处理",
               "2号压机的传感器故障，无法判断健康状况：油温数值不变。"});
}

TEST_F(HealthAnswers, TellHowAMachineMayFailAndWhatShowsIt) {
  expect_says("List all failure modes of Press 1",
              {"The plant description has 2 failure modes of Press 1: bearing wear (shown by "
               "vibration) and seal leak."});
  expect_says("1号压机有哪些故障模式？",
              {"工厂描述中1号压机有 2 种故障模式：轴承磨损（反映在振动）", "密封泄漏"});
  expect_says("Which failure modes of Press 1 can be detected by its vibration?",
              {"By the plant description it shows these failure modes of Press 1: bearing wear"},
              {"seal leak"});
  expect_says("Which failure modes of Press 1 does the oil temperature show?",
              {"The plant description names no failure mode of Press 1 that oil temperature would "
               "show."});
  expect_says("What can go wrong on Cart 1?",
              {"worn wheel", "By which signals each of them shows on Cart 1, it does not say."});
}

TEST_F(HealthAnswers, SayWhenThereIsNothingToAnswerWith) {
  Assistant assistant(tools_, *plant_, nullptr, clock_, {}, no_log());
  AskRequest request;
  for (const char* question : {"How is Cart 1 doing?", "1号小车怎么样？"}) {
    request.question = question;
    const auto answer = assistant.ask(Identity::local_viewer(), request, {}, {});
    ASSERT_TRUE(answer) << question;
    EXPECT_TRUE(answer->refused) << answer->answer;
    EXPECT_FALSE(answer->answer.empty()) << question;
  }
}

TEST_F(HealthAnswers, TellTheHealthOfTheMachineThatIsNamed) {
  add_health();
  expect_says("What is the health of Press 3?",
              {"Press 3 runs as in its normal running (health index 87)."}, {"Press 1"});
  expect_says("3号压机的健康状况如何？", {"3号压机与正常运行一致（健康指数 87）。"});
}

TEST_F(HealthAnswers, TellTheCasesOfATimeThatIsNamed) {
  add_health();
  expect_says("Which cases are open?",
              {"There is 1 case.", "Case 7: Press 1 ran unlike its normal running at ",
               "with vibration 5.1 mm/s; still open."});
  EXPECT_FALSE(cases_->asked.contains("window"));
  expect_says("Which machines needed attention this week, and why? Which cases were opened?",
              {"1 case was opened.", "Case 7: Press 1"});
  EXPECT_TRUE(cases_->asked.contains("window"));
  expect_says("有哪些案例？", {"共有 1 个案例。", "案例 7：1号压机于 ", "振动 5.1 mm/s；待处理。"});
}

TEST_F(HealthAnswers, TellWhatElseDeviatesWhileACaseIsOpen) {
  add_health({fact_of("case_also", "press-1", 91.0, "", "press-1/heat", "degC")});
  expect_says("Which cases are open?", {"; also deviating: ", " since ", "; still open."});
  expect_says("有哪些案例？", {"；此后又偏离：", "（自 ", " 起）；待处理。"});
}

TEST_F(HealthAnswers, TellWorkOrdersWithWindowAndPrice) {
  add("work_order",
      {fact_of("work_order_count", "", 1), fact_of("work_order", "press-1", 7, "bearing"),
       fact_of("work_window", "press-1", 607, "proposed", "", "EUR"),
       fact_of("work_hours", "press-1", 3, "", "", "h"),
       fact_of("work_cost", "press-1", 30, "standstill", "", "EUR"),
       fact_of("work_cost", "press-1", {}, "labour", "", "EUR"),
       fact_of("work_cost", "press-1", 577, "parts", "", "EUR")});
  expect_says("Which work orders are proposed?",
              {"There is a work order for 1 open case.",
               "Case 7, Press 1: by the plant's own data the failure mode is bearing wear; the "
               "cheapest window begins at ",
               " and takes 3.0 h: 607.00 EUR (standstill 30.00 EUR, labour not given and parts "
               "577.00 EUR)."});
  expect_says("What does the work order for Press 1 cost?", {"607.00 EUR"});
  expect_says("1号压机的工单是什么？",
              {"案例 7，1号压机：按工厂提供的数据，故障模式为轴承磨损；费用最低的时段于 ",
               "：607.00 EUR（停机 30.00 EUR", "人工费用未提供"});
}

TEST_F(HealthAnswers, SayBeforeWhichDateTheWorkHasToBeDone) {
  Evidence latest = fact_of("work_latest", "press-1", 90, "in_time", "", "%");
  latest.ts_ns = days_from_civil(2026, 12, 3) * kNsPerDay + 7 * kNsPerHour;
  add("work_order",
      {fact_of("work_order_count", "", 1), fact_of("work_order", "press-1", 7, "bearing"), latest,
       fact_of("work_window", "press-1", 607, "proposed", "", "EUR")});
  expect_says("What is the work order for Press 1?",
              {"its remaining-life model says with 90 % certainty that it does not fail before ",
               "; the cheapest window begins at "});
  expect_says("1号压机的工单是什么？", {"剩余寿命模型以 90 % 的把握判断", "之前不会失效"});
}

TEST_F(HealthAnswers, SayThatNoWindowEndsBeforeTheModelsDate) {
  add("work_order",
      {fact_of("work_order_count", "", 1), fact_of("work_order", "press-1", 7, "bearing"),
       fact_of("work_latest", "press-1", 90, "late", "", "%"),
       fact_of("work_window", "press-1", 607, "proposed", "", "EUR")});
  expect_says("What is the work order for Press 1?",
              {"; no window ends before that, the first begins at "}, {"cheapest"});
  expect_says("1号压机的工单是什么？", {"没有在此之前结束的时段，最早的时段于"});
}

TEST_F(HealthAnswers, SayThatNoWindowCanBeProposed) {
  add("work_order", {fact_of("work_order_count", "", 1), fact_of("work_order", "press-1", 7, "")});
  expect_says("What is the work order for Press 1?",
              {"none of the plant's failure modes fits; no window can be proposed"});
}

TEST_F(HealthAnswers, AreOfWhatIsUnusualWhereNoMachineIsWatched) {
  expect_says("Which machines need attention?", {"9 of 9 tags are unusual now."}, {"health model"});
}

TEST_F(HealthAnswers, TellWhenAMachineFailsOrWhyNobodyKnows) {
  Evidence range = fact_of("remaining_life", "press-1", 90, "range", "", "%");
  range.window = TimeWindow{kNow + kNsPerDay, kNow + 3 * kNsPerDay};
  Evidence until = fact_of("lasts_until", "press-2", {});
  until.ts_ns = kNow + 2 * kNsPerDay;
  add("remaining_life", {fact_of("followed_machines", "", 2), range,
                         fact_of("interval_held", "press-1", 91.2, "asset_wise", "", "%"),
                         fact_of("remaining_life", "press-2", 90, "too_early", "", "%"), until,
                         fact_of("remaining_life", "press-3", {}, "unseen_regime"),
                         fact_of("remaining_life", "cart-1", {}, "not_followed")});
  expect_says("When will Press 1 fail?",
              {"Press 1 is expected to fail between", "2025-10-10", "2025-10-12",
               "with 90 % certainty", "for 91 % of the rows of machines that were held out"},
              {"Press 2"});
  expect_says("What is the remaining life of Press 2?",
              {"It is too early to say when Press 2 fails: not before", "2025-10-11"});
  expect_says("2号压机还能用多久？", {"2号压机何时失效为时尚早：不会早于", "把握 90 %"});
  expect_says("3号压机的剩余寿命是多少？", {"从未见过的", "不给出日期"});
  expect_says("How long until Cart 1 is going to fail?", {"No model follows the remaining life"});
  expect_says("Which machine fails next?",
              {"The remaining life of 2 machines is followed by a model.", "Press 1 is expected"});
  expect_says("哪台设备最先失效？", {"有 2 台设备启用了剩余寿命预测。", "1号压机预计在"});
}

}  // namespace
}  // namespace mw::assistant
