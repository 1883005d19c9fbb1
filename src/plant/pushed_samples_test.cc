#include "plant/pushed_samples.h"

#include <gtest/gtest.h>

#include "plant/internal/test_plant.h"
#include "plant/plant.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

TEST(PushedSamples, ReadsAnArrayAndSaysWhichElementsItRefuses) {
  const auto read = decode_pushed(
      R"([{"tag": "m1/temperature", "ts": 1760000000000, "value": 21.5, "unit": "degC"},
          {"tag": "m1/temperature"}, 7, {"value": 1},
          {"tag": "m1/state", "value": "running", "quality": "uncertain"}])",
      PushForm::kArray);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->readings.size(), 2u);
  EXPECT_EQ(read->readings[0].ts_ns, 1'760'000'000 * kNsPerSecond);
  EXPECT_EQ(read->readings[0].unit, "degC");
  EXPECT_EQ(read->readings[1].quality, Quality::kUncertain);
  EXPECT_EQ(read->positions, (std::vector<uint64_t>{1, 5}));
  ASSERT_EQ(read->refusals.size(), 3u);
  EXPECT_EQ(read->refusals[0].position, 2u);
  EXPECT_EQ(read->refusals[0].tag, "m1/temperature");
  EXPECT_NE(read->refusals[0].reason.en.find("value"), std::string::npos);
  EXPECT_FALSE(read->refusals[1].reason.zh.empty());
}

TEST(PushedSamples, ReadsLinesAndGoesOnAfterABrokenOne) {
  const auto read = decode_pushed(
      "{\"tag\": \"a/b\", \"value\": 1}\r\n\n{\"tag\": \"a/b\", \"val\n{\"tag\": \"a/c\", "
      "\"value\": true}",
      PushForm::kLines);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->positions, (std::vector<uint64_t>{1, 4}));
  ASSERT_EQ(read->refusals.size(), 1u);
  EXPECT_EQ(read->refusals[0].position, 3u);
}

TEST(PushedSamples, RefusesABodyThatIsNoneOrTooLarge) {
  EXPECT_EQ(decode_pushed("", PushForm::kArray).error().code, Code::kInvalidArgument);
  EXPECT_EQ(decode_pushed("[1,", PushForm::kArray).error().code, Code::kInvalidArgument);
  std::string many = "[0";
  for (int i = 0; i < 50'000; ++i) many += ",0";
  EXPECT_EQ(decode_pushed(many + "]", PushForm::kArray).error().code, Code::kTooLarge);
  std::string lines;
  for (int i = 0; i < 50'001; ++i) lines += "0\n";
  EXPECT_EQ(decode_pushed(lines, PushForm::kLines).error().code, Code::kTooLarge);
  EXPECT_EQ(decode_pushed(std::string((8 << 20) + 1, ' '), PushForm::kLines).error().code,
            Code::kTooLarge);
  EXPECT_TRUE(decode_pushed("", PushForm::kLines)->readings.empty());
}

class PushTest : public testing::Test {
 protected:
  PushTest() {
    PlantOptions options;
    options.data_folder = folder_.path().string();
    options.catalogue = test_catalogue();
    options.clock = &clock_;
    options.push_keys = {"gateway"};
    plant_ = Plant::open(std::move(options)).value();
  }
  static Identity with(Role role, std::vector<std::string> lines = {"*"}) {
    return {Identity::Kind::kPerson, "wei", {{role, std::move(lines), {}}}};
  }
  static PushedSamples body(const std::string& json) {
    return decode_pushed(json, PushForm::kArray).value();
  }
  uint64_t count(const char* tag) {
    const TimeNs now_ns = clock_.now_ns();
    return plant_->aggregate(Identity::local_viewer(), tag, {now_ns - kNsPerDay, now_ns})->count;
  }

  FixedClock clock_{1'760'000'000 * kNsPerSecond};
  testing_support::TemporaryFolder folder_;
  std::unique_ptr<Plant> plant_;
};

constexpr const char* kOne = R"([{"tag": "m1/temperature", "ts": 1759999990500, "value": 21.5}])";

TEST_F(PushTest, TakesFromThoseWhoMayAndStoresTwiceSentOnce) {
  for (const Role role : {Role::kOperator, Role::kEngineer, Role::kAdmin}) {
    const auto pushed = plant_->push(with(role), body(kOne));
    ASSERT_TRUE(pushed) << static_cast<int>(role);
    EXPECT_EQ(pushed->stored, 1u);
  }
  Identity key{Identity::Kind::kApiKey, "gateway", {{Role::kViewer, {"*"}, {}}}};
  EXPECT_TRUE(plant_->push(key, body(kOne)));
  EXPECT_EQ(count("m1/temperature"), 1u);
  key.name = "reader";
  EXPECT_EQ(plant_->push(key, body(kOne)).error().code, Code::kPermissionDenied);
  EXPECT_EQ(plant_->push(with(Role::kViewer), body(kOne)).error().code, Code::kPermissionDenied);
  Identity person = with(Role::kViewer);
  person.name = "gateway";  // a name alone is no key
  EXPECT_EQ(plant_->push(person, body(kOne)).error().code, Code::kPermissionDenied);
}

TEST_F(PushTest, RefusesATagOfAnotherLineExactlyLikeOneThatDoesNotExist) {
  const auto refusal = [&](const std::string& tag) {
    const auto pushed = plant_->push(with(Role::kOperator, {"a"}),
                                     body("[{\"tag\": \"" + tag + "\", \"value\": 1}]"));
    EXPECT_EQ(pushed->stored, 0u);
    std::string text = pushed->refusals.at(0).reason.en;
    return text.replace(text.find(tag), tag.size(), "TAG");
  };
  EXPECT_EQ(refusal("m2/temperature"), refusal("m9/temperature"));
  EXPECT_EQ(count("m2/temperature"), 0u);
}

TEST_F(PushTest, TakesNothingOfALineWhereOneMayOnlyLook) {
  const Identity who{
      Identity::Kind::kPerson, "wei", {{Role::kViewer, {"a"}, {}}, {Role::kOperator, {"b"}, {}}}};
  const auto pushed =
      plant_->push(who, body(R"([{"tag": "m1/temperature", "ts": 1759999990500, "value": 21.5},
                                 {"tag": "m2/temperature", "ts": 1759999990500, "value": 22.5}])"));
  ASSERT_TRUE(pushed) << pushed.error().message.en;
  EXPECT_EQ(pushed->stored, 1u);
  EXPECT_EQ(pushed->refusals.at(0).tag, "m1/temperature");
  EXPECT_EQ(count("m1/temperature"), 0u);
  EXPECT_EQ(count("m2/temperature"), 1u);
}

TEST_F(PushTest, CountsWhatIsDoubtfulAndTellsHowItStands) {
  EXPECT_TRUE(plant_->snapshot(Identity::local_viewer()).connectors.empty())
      << "nothing was pushed: there is no such way in";
  const auto pushed = plant_->push(
      with(Role::kEngineer), body(R"([{"tag": "m1/temperature", "ts": 1759999999000, "value": 900},
               {"tag": "m1/temperature", "ts": 1759999999100, "value": 70, "unit": "degF"},
               {"tag": "m1/temperature", "ts": 1759999999200, "value": 70}, {"tag": "no/no", "value": 1}])"));
  EXPECT_EQ(pushed->stored, 3u);
  EXPECT_EQ(pushed->doubtful, 2u);
  ASSERT_EQ(pushed->refusals.size(), 1u);
  EXPECT_EQ(pushed->refusals[0].position, 4u);
  const ConnectorStatus status = plant_->snapshot(Identity::local_viewer()).connectors.at(0);
  EXPECT_EQ(status.kind, "push");
  EXPECT_EQ(status.state, ConnectorState::kConnected);
  EXPECT_EQ(status.samples, 3u);
  EXPECT_EQ(status.refused, 1u);
  EXPECT_EQ(status.skew_ns, -800 * kNsPerMs);
  EXPECT_EQ(plant_->latest(Identity::local_viewer(), "m1/temperature")->quality, Quality::kGood);
}

TEST_F(PushTest, DoesNotTakeAnOldSampleForASignOfLife) {
  ASSERT_TRUE(
      plant_->push(with(Role::kEngineer),
                   body(R"([{"tag": "m1/temperature", "ts": 1759999900000, "value": 70}])")));
  const TagValue value = *plant_->latest(Identity::local_viewer(), "m1/temperature");
  EXPECT_EQ(value.value, 70);
  EXPECT_EQ(value.quality, Quality::kBad) << "100 s old, at a watchdog of 10 s";
}

}  // namespace
}  // namespace mw::plant
