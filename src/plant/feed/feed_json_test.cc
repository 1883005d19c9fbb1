// A sample as it goes out, which is also as it can come in.
#include "plant/feed/feed_json.h"

#include <gtest/gtest.h>

#include <cmath>

#include "plant/internal/test_plant.h"
#include "plant/pushed_samples.h"

namespace mw::plant {
namespace {

class FeedJson : public testing::Test {
 protected:
  const std::shared_ptr<const Catalogue> catalogue_ = test_catalogue();
  const TagIndex hot_ = catalogue_->tag("m1/temperature")->index;
  const TagIndex state_ = catalogue_->tag("m1/state")->index;
};

TEST_F(FeedJson, SaysTagTimeValueUnitAndQuality) {
  Sample sample = number_at(hot_, 1'764'273'620'123 * kNsPerMs, 61.5);
  EXPECT_EQ(feed_json({sample, false}, *catalogue_),
            R"({"tag":"m1/temperature","ts":1764273620123,"value":61.5,"unit":"degC",)"
            R"("quality":"good","arrived":1764273620124})");
}

TEST_F(FeedJson, SaysWhyItIsNotGoodAndThatItIsLate) {
  Sample sample = number_at(hot_, 5 * kNsPerMs, std::nan(""), Quality::kBad);
  sample.reason = QualityReason::kNoCommunication;
  const std::string json = feed_json({sample, true}, *catalogue_);
  EXPECT_NE(json.find(R"("value":null)"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("quality":"bad","reason":")"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("late":true)"), std::string::npos) << json;
}

TEST_F(FeedJson, ComesBackAsTheSameSample) {
  Sample sample = number_at(hot_, 1'764'273'620'123'500'000, 61.5, Quality::kUncertain);
  for (const Sample& each : {sample, state_at(state_, 7 * kNsPerMs, "running")}) {
    const auto read = decode_pushed(feed_json({each, false}, *catalogue_), PushForm::kArray);
    ASSERT_TRUE(read && read->readings.size() == 1) << each.text;
    const Reading& reading = read->readings[0];
    EXPECT_EQ(reading.tag, catalogue_->tags()[each.tag].id);
    EXPECT_EQ(reading.ts_ns, each.ts_ns);
    EXPECT_EQ(reading.quality, each.quality);
    if (each.text.empty()) {
      EXPECT_EQ(std::get<double>(reading.value), each.value);
    } else {
      EXPECT_EQ(std::get<std::string>(reading.value), each.text);
    }
  }
}

}  // namespace
}  // namespace mw::plant
