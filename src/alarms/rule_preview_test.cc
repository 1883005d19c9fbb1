#include "alarms/rule_preview.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plant/ingest.h"
#include "tests/support/temporary_folder.h"

namespace mw::alarms {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const Identity kEngineer{Identity::Kind::kPerson, "erik", {{Role::kEngineer, {"*"}, {}}}};

class RulePreviewTest : public testing::Test {
 protected:
  RulePreviewTest() {
    plant::PlantOptions options;
    options.data_folder = folder_.path().string();
    options.catalogue = catalogue_;
    options.clock = &clock_;
    options.log = no_log();
    plant_ = std::move(plant::Plant::open(std::move(options)).value());
  }
  /// A value that holds until the next, said each 10 s as a device does, `minute` after the start.
  void value(double minute, double to_minute, double value) {
    for (TimeNs at = time(minute); at < time(to_minute); at += 10 * kNsPerSecond) {
      take("m1/t", at, value);
    }
  }
  void state(double minute, double to_minute, const std::string& state) {
    for (TimeNs at = time(minute); at < time(to_minute); at += 10 * kNsPerSecond) {
      take("m1/state", at, state);
    }
  }
  RulePreview preview(const std::string& more, const std::string& when = kHot) {
    clock_.set(time(60));
    const auto rule = parse_rule(
        *parse_json(R"({"id":"hot","asset":"m1","when":)" + when + more + "}"), *catalogue_);
    EXPECT_TRUE(rule) << rule.error().message.en;
    const auto out = preview_rule(*rule, kEngineer, *plant_, kNsPerDay);
    EXPECT_TRUE(out) << out.error().message.en;
    return *out;
  }
  static TimeNs time(double minute) {
    return kStart + static_cast<int64_t>(minute * 60) * kNsPerSecond;
  }
  static TimeWindow between(double minute, double to_minute) {
    return {time(minute), time(to_minute)};
  }

  static constexpr const char* kHot = R"({"tag":"m1/t","above":80,"hysteresis":10})";
  static constexpr TimeNs kStart = 1'760'000'400 * kNsPerSecond;
  testing_support::TemporaryFolder folder_;
  FixedClock clock_{kStart};
  std::shared_ptr<const plant::Catalogue> catalogue_ = plant::Catalogue::parse(R"json({
        "site": "test", "lines": [{"id": "a"}],
        "kinds": [{"id": "machine", "states": [{"id": "running"}, {"id": "setup"}],
                   "tags": [{"id": "state", "kind": "state"}, {"id": "t", "unit": "degC"}]}],
        "assets": [{"id": "m1", "kind": "machine", "line": "a"}]})json")
                                                           .value();
  std::unique_ptr<plant::Plant> plant_;

 private:
  void take(const char* tag, TimeNs at, std::variant<std::monostate, double, std::string> value) {
    clock_.set(std::max(clock_.now_ns(), at));
    plant::Reading reading;
    reading.tag = tag;
    reading.ts_ns = at;
    reading.value = std::move(value);
    ASSERT_TRUE(plant_->ingest().take({&reading, 1}));
  }
};

TEST_F(RulePreviewTest, CountsEachComingWithItsHysteresis) {
  value(0, 10, 70);
  value(10, 20, 85);
  value(20, 25, 75);  // within the hysteresis: it stays
  value(25, 30, 60);
  value(30, 40, 85);
  value(40, 60, 60);
  const RulePreview found = preview("");
  EXPECT_EQ(found.window, between(0, 60));
  EXPECT_EQ(found.raised, 2);
  EXPECT_EQ(found.standing_ns, 25 * kNsPerMinute);
  EXPECT_THAT(found.newest, ElementsAre(between(30, 40), between(10, 25)));
}

TEST_F(RulePreviewTest, CountsDelaysThatAreOverBetweenTwoValues) {
  value(0, 10, 70);
  value(10, 11, 85);  // shorter than the delay
  value(11, 30, 70);
  value(30, 40, 85);
  value(40, 60, 60);
  const RulePreview found = preview(R"(,"delay_on_s":125,"delay_off_s":60)");
  EXPECT_EQ(found.raised, 1);
  ASSERT_THAT(found.newest, SizeIs(1));
  EXPECT_EQ(found.newest[0], (TimeWindow{time(30) + 125 * kNsPerSecond, time(41)}));
}

TEST_F(RulePreviewTest, LeavesOutWhatIsSuppressedInAState) {
  value(0, 60, 85);
  state(0, 20, "setup");
  state(20, 60, "running");
  const RulePreview found = preview(R"(,"unless":{"tag":"m1/state","is":"setup"})");
  EXPECT_EQ(found.raised, 1);
  EXPECT_THAT(found.newest, ElementsAre(between(20, 60))) << "it still stands at the end";
}

TEST_F(RulePreviewTest, TellsTheFiveNewestOnly) {
  for (int i = 0; i < 7; ++i) {
    value(i * 4, i * 4 + 2, 85);
    value(i * 4 + 2, i * 4 + 4, 60);
  }
  const RulePreview found = preview("");
  EXPECT_EQ(found.raised, 7);
  ASSERT_THAT(found.newest, SizeIs(5));
  EXPECT_EQ(found.newest[0], between(24, 26));
  EXPECT_EQ(found.standing_ns, 14 * kNsPerMinute);
}

TEST_F(RulePreviewTest, SaysThatThereAreNoValues) {
  const RulePreview found = preview("");
  EXPECT_EQ(found.window, TimeWindow());
  EXPECT_EQ(found.raised, 0);
  EXPECT_THAT(found.newest, IsEmpty());
}

}  // namespace
}  // namespace mw::alarms
