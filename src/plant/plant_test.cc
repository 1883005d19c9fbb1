// The facade without a broker: samples come in through ingest().
#include "plant/plant.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "plant/ingest.h"
#include "plant/internal/test_plant.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

constexpr TimeNs kNow = 1'760'000'000 * kNsPerSecond;

class PlantTest : public testing::Test {
 protected:
  void SetUp() override { open(); }
  void open() {
    PlantOptions options;
    options.data_folder = folder_.path().string();
    options.catalogue = test_catalogue();
    options.clock = &clock_;
    plant_ = Plant::open(std::move(options)).value();
  }
  void put(const char* tag, double ago_s, std::variant<std::monostate, double, std::string> value) {
    Reading reading;
    reading.tag = tag;
    reading.ts_ns = clock_.now_ns() - static_cast<int64_t>(ago_s * 1e9);
    reading.value = std::move(value);
    const auto outcome = plant_->ingest().take(std::vector<Reading>{reading});
    ASSERT_TRUE(outcome);
    ASSERT_EQ(outcome->outcome, AppendOutcome::kCommitted);
  }
  static Identity of_line(const char* line) { return Identity::viewer_of({line}); }

  testing_support::TemporaryFolder folder_;
  FixedClock clock_{kNow};
  std::unique_ptr<Plant> plant_;
  const Identity all_ = Identity::local_viewer();
};

TEST_F(PlantTest, ShowsWhatCameAndComputesOverIt) {
  for (int s = 60; s > 0; --s) put("m1/temperature", s, 20.0 + s);
  EXPECT_EQ(plant_->latest(all_, "m1/temperature")->value, 21.0);
  const TimeWindow minute{kNow - kNsPerMinute, kNow};
  EXPECT_EQ(plant_->aggregate(all_, "m1/temperature", minute)->count, 60u);
  EXPECT_EQ(plant_->series(all_, "m1/temperature", minute, 10)->points.size(), 10u);
  EXPECT_EQ(plant_->earliest_ns(all_), kNow - kNsPerMinute);
  EXPECT_EQ(plant_->stats().samples, 60u);
  EXPECT_EQ(plant_->stats().store.stored_samples, 60u);
}

TEST_F(PlantTest, ClampsWindowsToNowAndRefusesEmptyAndFutureOnes) {
  put("m1/temperature", 5, 20.0);
  const auto open_end =
      plant_->aggregate(all_, "m1/temperature", {kNow - 5 * kNsPerSecond, kNow + kNsPerDay});
  EXPECT_DOUBLE_EQ(open_end->good_share, 1.0) << "the future counts for nothing";
  for (const TimeWindow& window : {TimeWindow{kNow, kNow}, TimeWindow{kNow, kNow - 1},
                                   TimeWindow{kNow + 1, kNow + 2}, TimeWindow{-5, kNow}}) {
    const auto out = plant_->aggregate(all_, "m1/temperature", window);
    ASSERT_FALSE(out);
    EXPECT_EQ(out.error().code, Code::kInvalidArgument);
    EXPECT_EQ(out.error().param, "window");
  }
}

TEST_F(PlantTest, AnswersForAHiddenLineExactlyAsForNothing) {
  put("m1/temperature", 5, 20.0);
  put("m2/temperature", 5, 30.0);
  const Identity who = of_line("b");
  const TimeWindow minute{kNow - kNsPerMinute, kNow};
  const auto message = [](const auto& result, const std::string& id) {
    std::string text = result.error().message.en + result.error().message.zh;
    for (std::size_t at = text.find(id); at != std::string::npos; at = text.find(id)) {
      text.replace(at, id.size(), "X");
    }
    return std::to_string(static_cast<int>(result.error().code)) + text + result.error().param;
  };
  const auto all_errors = [&](const std::string& tag) {
    return std::vector<std::string>{message(plant_->latest(who, tag), tag),
                                    message(plant_->series(who, tag, minute, 10), tag),
                                    message(plant_->aggregate(who, tag, minute), tag),
                                    message(plant_->state_history(who, tag, minute), tag),
                                    message(plant_->counter_increase(who, tag, minute), tag)};
  };
  EXPECT_EQ(all_errors("m1/temperature"), all_errors("m1/nonsense"));
  EXPECT_TRUE(plant_->latest(who, "m2/temperature"));
  EXPECT_EQ(plant_->catalogue(who)->asset("m1"), nullptr);
  EXPECT_EQ(plant_->catalogue(who), plant_->catalogue(of_line("b")));
  for (const TagValue& value : plant_->snapshot(who).values) {
    EXPECT_EQ(value.tag.rfind("m2/", 0), 0u);
  }
  EXPECT_FALSE(plant_->latest(Identity{}, "m1/temperature")) << "deny by default";
  EXPECT_TRUE(plant_->snapshot(Identity{}).values.empty());
}

TEST_F(PlantTest, SeesTheSameWhateverAHiddenLineDoes) {
  put("m2/temperature", 5, 30.0);
  const Identity who = of_line("b");
  const auto seen = [&] {
    std::string text = std::to_string(*plant_->earliest_ns(who));
    const Snapshot snapshot = plant_->snapshot(who);
    for (const TagValue& value : snapshot.values) {
      text += value.tag + std::to_string(value.value.value_or(-1)) +
              std::to_string(static_cast<int>(value.quality));
    }
    for (const AssetStatus& status : snapshot.assets) {
      text += status.asset + status.state + std::to_string(status.abnormal.size());
    }
    return text;
  };
  const std::string before = seen();
  put("m1/temperature", 100, 199.0);
  put("m1/state", 50, std::string("fault"));
  EXPECT_EQ(seen(), before);
}

TEST_F(PlantTest, KnowsLastValuesAndStatesAfterARestart) {
  for (int s = 100; s >= 40; s -= 5) put("m1/state", s, std::string("idle"));
  for (int s = 35; s >= 0; s -= 5) put("m1/state", s, std::string("running"));
  put("m1/temperature", 2, 42.5);
  plant_.reset();
  clock_.set(kNow + 3 * kNsPerSecond);
  open();
  EXPECT_EQ(plant_->latest(all_, "m1/temperature")->value, 42.5);
  const AssetStatus status = plant_->snapshot(all_).assets[0];
  EXPECT_EQ(status.state, "running");
  EXPECT_EQ(status.state_since_ns, kNow - 35 * kNsPerSecond);
  plant_.reset();
  clock_.set(kNow + kNsPerHour);
  open();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (plant_->latest(all_, "m1/temperature")->quality != Quality::kBad &&
         std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(plant_->latest(all_, "m1/temperature")->quality, Quality::kBad) << "an hour old";
}

TEST_F(PlantTest, TellsSubscribersAndStopsWhenTheyGo) {
  std::atomic<int> calls{0};
  std::atomic<int> values{0};
  auto subscription = plant_->subscribe(of_line("b"), [&](const Change& change) {
    ++calls;
    for (const TagValue& value : change.values) {
      EXPECT_EQ(value.tag.rfind("m2/", 0), 0u);
      if (value.value == 33.0) ++values;
    }
  });
  put("m1/temperature", 0, 11.0);
  put("m2/temperature", 0, 33.0);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (values == 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(values, 1);
  subscription.reset();
  const int before = calls;
  put("m2/temperature", -1, 44.0);
  std::this_thread::sleep_for(std::chrono::milliseconds(600));
  EXPECT_EQ(calls, before);
}

TEST_F(PlantTest, CountsReadingsOfUnknownTagsAndBadMessages) {
  EXPECT_FALSE(plant_->ingest().take_message("millwright/test/a/m1/none", "{}"));
  EXPECT_FALSE(plant_->ingest().take_message("millwright/test/a/m1/temperature", "{"));
  EXPECT_TRUE(
      plant_->ingest().take_message("millwright/test/a/m1/temperature", R"({"value": 999})"));
  const IngestStats stats = plant_->stats();
  EXPECT_EQ(stats.messages, 3u);
  EXPECT_EQ(stats.refused_messages, 2u);
  EXPECT_EQ(stats.samples, 1u);
  EXPECT_EQ(stats.bad_samples, 1u);
  EXPECT_EQ(plant_->latest(all_, "m1/temperature")->reason, QualityReason::kOutOfRange);
}

}  // namespace
}  // namespace mw::plant
