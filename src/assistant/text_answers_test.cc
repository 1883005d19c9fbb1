// Questions about texts and batches, in both languages, over a plant of two presses.
#include <gtest/gtest.h>

#include <algorithm>

#include "assistant/assistant.h"
#include "plant/ingest.h"
#include "plant/plant_tools.h"
#include "tests/support/temporary_folder.h"

namespace mw::assistant {
namespace {

constexpr TimeNs kNow = 1'760'000'400 * kNsPerSecond;  // 2025-10-09 09:00 UTC, a Thursday

class TextAnswers : public testing::Test {
 protected:
  void SetUp() override {
    plant::PlantOptions options;
    options.data_folder = folder_.path().string();
    options.catalogue = plant::Catalogue::parse(R"json({
      "site": "test", "lines": [{"id": "a"}],
      "kinds": [{"id": "press", "name": {"en": "press", "zh": "压机"},
        "states": [{"id": "running", "time": "production", "name": {"en": "running", "zh": "运行"}}],
        "production": {"total": "parts", "reject": "rejects", "batch": "batch", "product": "product",
                       "products": [{"code": "A-100", "ideal_cycle_s": 10}]},
        "tags": [{"id": "state", "kind": "state", "watchdog_s": 600},
                 {"id": "parts", "kind": "counter", "watchdog_s": 600, "name": {"en": "parts made", "zh": "产量"}},
                 {"id": "rejects", "kind": "counter", "watchdog_s": 600, "name": {"en": "rejects", "zh": "废品"}},
                 {"id": "batch", "kind": "text", "watchdog_s": 600, "name": {"en": "batch number", "zh": "批次号"}},
                 {"id": "product", "kind": "text", "watchdog_s": 600, "name": {"en": "product code", "zh": "产品代码"}}]}],
      "assets": [{"id": "press-1", "kind": "press", "line": "a", "name": {"en": "Press 1", "zh": "1号压机"}},
                 {"id": "press-2", "kind": "press", "line": "a", "name": {"en": "Press 2", "zh": "2号压机"}}]
    })json")
                            .value();
    options.clock = &clock_;
    plant_ = plant::Plant::open(std::move(options)).value();
    plant::register_tools(tools_, *plant_);
    // Yesterday: B-1 from 06:00 to 08:00, B-2 from 08:00 to 09:00; today B-3 since 07:00.
    const TimeNs yesterday = kNow - 27 * kNsPerHour;
    say("batch", yesterday - kNsPerHour, yesterday, "");
    say("batch", yesterday, yesterday + 2 * kNsPerHour, "B-1");
    say("batch", yesterday + 2 * kNsPerHour, yesterday + 3 * kNsPerHour, "B-2");
    say("batch", yesterday + 3 * kNsPerHour, kNow - 2 * kNsPerHour, "");
    say("batch", kNow - 2 * kNsPerHour, kNow, "B-3");
    say("product", yesterday - kNsPerHour, kNow, "A-100");
    say("state", yesterday - kNsPerHour, kNow, "running");
    std::vector<plant::Reading> readings;
    for (TimeNs at = yesterday; at < kNow; at += kNsPerMinute) {
      for (const auto& [tag, each_s] : {std::pair{"parts", 20}, {"rejects", 400}}) {
        plant::Reading reading;
        reading.tag = std::string("press-1/") + tag;
        reading.ts_ns = at;
        reading.value = static_cast<double>((at - yesterday) / kNsPerSecond / each_s);
        readings.push_back(std::move(reading));
      }
    }
    ASSERT_TRUE(plant_->ingest().take(readings));
  }
  void say(const std::string& tag, TimeNs from_ns, TimeNs to_ns, const std::string& text) {
    std::vector<plant::Reading> readings;
    for (TimeNs at = from_ns; at < to_ns; at += kNsPerMinute) {
      plant::Reading reading;
      reading.tag = "press-1/" + tag;
      reading.ts_ns = at;
      reading.value = text;
      readings.push_back(std::move(reading));
    }
    ASSERT_TRUE(plant_->ingest().take(readings));
  }
  AskAnswer ask(const std::string& question) {
    AskOptions options;
    Assistant assistant(tools_, *plant_, nullptr, clock_, options, no_log());
    AskRequest request;
    request.question = question;
    auto answer = assistant.ask(Identity::local_viewer(), request, {}, {});
    EXPECT_TRUE(answer) << question;
    return answer ? *answer : AskAnswer{};
  }
  static void expect_says(const AskAnswer& answer, const std::vector<std::string>& parts) {
    EXPECT_FALSE(answer.refused) << answer.answer;
    for (const std::string& part : parts) {
      EXPECT_NE(answer.answer.find(part), std::string::npos) << part << ": " << answer.answer;
    }
    for (const Sentence& sentence : answer.sentences) EXPECT_FALSE(sentence.evidence.empty());
  }

  testing_support::TemporaryFolder folder_;
  FixedClock clock_{kNow};
  std::unique_ptr<plant::Plant> plant_;
  ToolRegistry tools_;
};

TEST_F(TextAnswers, TellWhatATextSaysNowAndSinceWhen) {
  expect_says(ask("What is the batch number of Press 1?"),
              {"The batch number of Press 1 is \"B-3\" since 07:00"});
  expect_says(ask("1号压机的批次号是什么？"), {"批次号", "为“B-3”，自 07:00"});
  expect_says(ask("What is the product code of Press 2?"), {"is not known now"});
}

TEST_F(TextAnswers, TellWhatATextSaidOverATime) {
  expect_says(ask("What was the batch number of Press 1 yesterday?"),
              {"\"B-1\" for 2 h", "\"B-2\" for 1 h"});
  expect_says(ask("1号压机昨天的批次号是什么？"), {"“B-1” 2 小时", "“B-2” 1 小时"});
}

TEST_F(TextAnswers, TellWhichBatchesRanWithTheirPartsAndProducts) {
  const AskAnswer english = ask("Which batches ran on Press 1 yesterday?");
  expect_says(english, {"2 batches ran on Press 1", "Batch \"B-1\" of product \"A-100\" ran from",
                        "357 parts", "Batch \"B-2\""});
  EXPECT_EQ(english.answer.find("B-3"), std::string::npos) << english.answer;
  expect_says(ask("昨天1号压机运行了哪些批次？"),
              {"共运行 2 个批次", "批次“B-1”（产品“A-100”）", "产量 357"});
  expect_says(ask("Which batches ran on Press 1 today?"), {"\"B-3\"", "runs since"});
}

TEST_F(TextAnswers, TellWhatWasNotedOfAMachineAndByWhom) {
  Identity who;
  who.kind = Identity::Kind::kPerson;
  who.name = "li";
  who.grants = {{Role::kOperator, {"*"}, {}}};
  plant::ToldEvent told;
  told.asset = "press-1";
  told.text = "Oil leak at valve 3\n3 L added";
  told.start_ns = kNow - kNsPerHour;
  ASSERT_TRUE(plant_->tell_event(who, told, {}));
  expect_says(
      ask("What was noted of Press 1 today?"),
      {"1 event was noted of Press 1", "(told by li): \"Oil leak at valve 3\n3 L added\"."});
  expect_says(ask("今天1号压机发生了什么？"), {"共有 1 条事件记录", "（li 上报）：“Oil leak"});
  expect_says(ask("What happened at Press 1 yesterday?"), {"nothing was noted of Press 1"});
  told.kind = "repair";
  for (const char* id : {"r-1", "r-2"}) {
    told.id = id;
    ASSERT_TRUE(plant_->tell_event(who, told, {}));
  }
  expect_says(ask("How many events of Press 1 were there today?"),
              {"3 events were noted of Press 1", "By kind: 2 × \"repair\"."});
}

TEST_F(TextAnswers, SayThatNothingIsKnownWhereTheSignalWasSilent) {
  const AskAnswer answer = ask("Which batches ran on Press 2 yesterday?");
  EXPECT_EQ(answer.answer.find("0 batches"), std::string::npos) << answer.answer;
  EXPECT_EQ(answer.answer.find("no batch ran"), std::string::npos) << answer.answer;
}

}  // namespace
}  // namespace mw::assistant
