// Questions about a time before a device's unit changed, in both languages (ADR 0145).
#include <gtest/gtest.h>

#include "assistant/assistant.h"
#include "plant/ingest.h"
#include "plant/plant_tools.h"
#include "tests/support/temporary_folder.h"

namespace mw::assistant {
namespace {

constexpr TimeNs kNow = 1'760'000'400 * kNsPerSecond;  // 2025-10-09 09:00 UTC
constexpr TimeNs kChange = kNow - 2 * kNsPerHour;

class EarlierAnswers : public testing::Test {
 protected:
  void SetUp() override {
    open(R"({"id": "oil", "unit": "degF", "watchdog_s": 600,
             "name": {"en": "oil temperature", "zh": "油温"}})");
    put("press-1/oil", kChange - 4 * kNsPerHour, kChange, 180);
    open(R"({"id": "oil_c", "unit": "degC", "watchdog_s": 600,
             "name": {"en": "oil temperature", "zh": "油温"},
             "earlier": [{"id": "oil", "unit": "degF"}]})");
    put("press-1/oil_c", kChange, kNow, 80);
    plant::register_tools(tools_, *plant_);
  }
  void open(const std::string& tag) {
    plant_.reset();
    plant::PlantOptions options;
    options.data_folder = folder_.path().string();
    options.catalogue = plant::Catalogue::parse(R"({"site": "test", "lines": [{"id": "a"}],
        "kinds": [{"id": "press", "name": {"en": "press", "zh": "压机"}, "tags": [)" +
                                                tag + R"(]}],
        "assets": [{"id": "press-1", "kind": "press", "line": "a",
                    "name": {"en": "Press 1", "zh": "1号压机"}}]})")
                            .value();
    options.clock = &clock_;
    plant_ = plant::Plant::open(std::move(options)).value();
  }
  void put(const std::string& tag, TimeNs from_ns, TimeNs to_ns, double value) {
    std::vector<plant::Reading> readings;
    for (TimeNs at = from_ns; at < to_ns; at += kNsPerMinute) {
      plant::Reading reading;
      reading.tag = tag;
      reading.ts_ns = at;
      reading.value = value;
      readings.push_back(std::move(reading));
    }
    ASSERT_TRUE(plant_->ingest().take(readings));
  }
  std::string ask(const std::string& question) {
    Assistant assistant(tools_, *plant_, nullptr, clock_, {}, no_log());
    AskRequest request;
    request.question = question;
    const auto answer = assistant.ask(Identity::local_viewer(), request, {}, {});
    EXPECT_TRUE(answer) << question;
    return answer ? answer->answer : "";
  }

  testing_support::TemporaryFolder folder_;
  FixedClock clock_{kNow};
  std::unique_ptr<plant::Plant> plant_;
  ToolRegistry tools_;
};

bool says(const std::string& answer, const std::string& part) {
  return answer.find(part) != std::string::npos;
}

TEST_F(EarlierAnswers, ATimeBeforeTheChangeIsAnsweredInTheUnitOfThen) {
  const std::string en =
      ask("What was the mean oil temperature of Press 1 today from 4:00 to 6:00?");
  EXPECT_TRUE(says(en, "180.0 °F")) << en;
  EXPECT_TRUE(says(en, "was stored as press-1/oil in °F")) << en;
  EXPECT_FALSE(says(en, "80.0 °C")) << en;
  const std::string zh = ask("1号压机今天4点到6点的平均油温是多少？");
  EXPECT_TRUE(says(zh, "180.0 °F")) << zh;
  EXPECT_TRUE(says(zh, "存储在 press-1/oil，单位为 °F")) << zh;
}

TEST_F(EarlierAnswers, ATimeOverTheChangeIsAnsweredInTheUnitOfNowAndSaysThatThereIsMore) {
  const std::string en =
      ask("What was the highest oil temperature of Press 1 in the last 4 hours?");
  EXPECT_TRUE(says(en, "80.0 °C")) << en;
  EXPECT_FALSE(says(en, "180")) << en;
  EXPECT_TRUE(says(en, "was stored as press-1/oil in °F")) << en;
}

TEST_F(EarlierAnswers, ATimeAfterTheChangeSaysNothingOfIt) {
  const std::string en = ask("What was the mean oil temperature of Press 1 in the last hour?");
  EXPECT_TRUE(says(en, "80.0 °C")) << en;
  EXPECT_FALSE(says(en, "press-1/oil")) << en;
}

TEST_F(EarlierAnswers, ALimitOfNoUnitIsNotComparedWithValuesInTheUnitOfThen) {
  const std::string en =
      ask("Was the oil temperature of Press 1 above 100 today from 4:00 to 6:00?");
  EXPECT_FALSE(says(en, "Yes")) << en;
}

}  // namespace
}  // namespace mw::assistant
