#include "plant/internal/reading_check.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "plant/internal/test_plant.h"

namespace mw::plant {
namespace {

constexpr TimeNs kNow = 1'760'000'000 * kNsPerSecond;

class ReadingCheck : public testing::Test {
 protected:
  Sample check(const char* tag, Reading reading) {
    const Tag& found = *plant_->tag(tag);
    return check_reading(found, *plant_->asset(found.asset), reading, kNow);
  }
  static Reading reading(std::variant<std::monostate, double, std::string> value,
                         std::optional<TimeNs> ts_ns = kNow - kNsPerSecond) {
    Reading out;
    out.value = std::move(value);
    out.ts_ns = ts_ns;
    return out;
  }
  const std::shared_ptr<const Catalogue> plant_ = test_catalogue();
};

TEST_F(ReadingCheck, KeepsAGoodValueWithBothTimes) {
  const Sample sample = check("m1/temperature", reading(61.2));
  EXPECT_EQ(sample.tag, 1u);
  EXPECT_EQ(sample.value, 61.2);
  EXPECT_EQ(sample.ts_ns, kNow - kNsPerSecond);
  EXPECT_EQ(sample.server_ts_ns, kNow);
  EXPECT_EQ(sample.quality, Quality::kGood);
  EXPECT_EQ(check("m1/temperature", reading(1.0, std::nullopt)).ts_ns, kNow);
  EXPECT_FALSE(std::signbit(check("m1/temperature", reading(-0.0)).value));
}

TEST_F(ReadingCheck, KeepsAValueOutsideThePhysicalRangeAsBad) {
  for (const double value : {-50.1, 200.1, 1e300}) {
    const Sample sample = check("m1/temperature", reading(value));
    EXPECT_EQ(sample.value, value);
    EXPECT_EQ(sample.quality, Quality::kBad);
    EXPECT_EQ(sample.reason, QualityReason::kOutOfRange);
  }
  EXPECT_EQ(check("m1/temperature", reading(200.0)).quality, Quality::kGood);
  EXPECT_EQ(check("m1/parts", reading(-1.0)).reason, QualityReason::kOutOfRange);
}

TEST_F(ReadingCheck, MarksWrongTypesAsBad) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const Reading& wrong : {reading("hot"), reading(std::monostate{}), reading(nan),
                               reading(std::numeric_limits<double>::infinity())}) {
    const Sample sample = check("m1/temperature", wrong);
    EXPECT_TRUE(std::isnan(sample.value));
    EXPECT_EQ(sample.quality, Quality::kBad);
    EXPECT_EQ(sample.reason, QualityReason::kWrongType);
  }
  EXPECT_EQ(check("m1/state", reading(1.0)).reason, QualityReason::kWrongType);
}

TEST_F(ReadingCheck, TakesNoValueFromADeviceThatSaysBadAsTheDevicesOwnWord) {
  for (const char* tag : {"m1/temperature", "m1/state"}) {
    Reading withheld = reading(std::monostate{});
    withheld.quality = Quality::kBad;
    EXPECT_EQ(check(tag, withheld).reason, QualityReason::kDevice) << tag;
    EXPECT_EQ(check(tag, withheld).quality, Quality::kBad);
  }
}

TEST_F(ReadingCheck, KeepsAnUnknownStateAsBadAndShortensALongOne) {
  EXPECT_EQ(check("m1/state", reading("running")).quality, Quality::kGood);
  const Sample unknown = check("m1/state", reading("dancing"));
  EXPECT_EQ(unknown.text, "dancing");
  EXPECT_EQ(unknown.quality, Quality::kBad);
  std::string text;
  for (int i = 0; i < 40; ++i) text += "停";
  EXPECT_EQ(check("m1/state", reading(text)).text.size(), 63u);  // 21 whole characters
}

TEST_F(ReadingCheck, KeepsATextThatIsNotUtf8AsBadAndReadable) {
  for (const std::string& broken :
       {std::string("run\0ning", 8), std::string("\xCD\xA3\xBB\xFA"), std::string("run\xE5\x81")}) {
    const Sample sample = check("m1/state", reading(broken));
    EXPECT_EQ(sample.quality, Quality::kBad);
    EXPECT_EQ(sample.reason, QualityReason::kWrongType);
    EXPECT_EQ(sample.text.find('\0'), std::string::npos);
    EXPECT_NE(sample.text.find("\uFFFD"), std::string::npos);
  }
}

TEST_F(ReadingCheck, PutsAWrongClockUnderOurOwnTime) {
  for (const TimeNs ts_ns : {kNow + 3 * kNsPerSecond, kNow + 400 * kNsPerDay, TimeNs{0},
                             std::numeric_limits<TimeNs>::min()}) {
    const Sample sample = check("m1/temperature", reading(20.0, ts_ns));
    EXPECT_EQ(sample.ts_ns, kNow);
    EXPECT_EQ(sample.quality, Quality::kUncertain);
    EXPECT_EQ(sample.reason, QualityReason::kClockSkew);
  }
  EXPECT_EQ(check("m1/temperature", reading(20.0, kNow + kNsPerSecond)).quality, Quality::kGood);
  // Late is not wrong: a gateway may send what it kept for a day.
  EXPECT_EQ(check("m1/temperature", reading(20.0, kNow - kNsPerDay)).quality, Quality::kGood);
}

TEST_F(ReadingCheck, KeepsAValueOfAnotherUnitAsBad) {
  Reading other = reading(140.0);
  other.unit = "degF";
  EXPECT_EQ(check("m1/temperature", other).quality, Quality::kBad);
  EXPECT_EQ(check("m1/temperature", other).reason, QualityReason::kWrongUnit);
  EXPECT_EQ(check("m1/temperature", other).value, 140.0);
  other.unit = "degC";
  EXPECT_EQ(check("m1/temperature", other).quality, Quality::kGood);
}

TEST_F(ReadingCheck, KeepsTheWorseOfTheDevicesOpinionAndOurs) {
  Reading doubtful = reading(20.0);
  doubtful.quality = Quality::kUncertain;
  EXPECT_EQ(check("m1/temperature", doubtful).reason, QualityReason::kDevice);
  doubtful.value = 500.0;
  EXPECT_EQ(check("m1/temperature", doubtful).quality, Quality::kBad);
  EXPECT_EQ(check("m1/temperature", doubtful).reason, QualityReason::kOutOfRange);
}

}  // namespace
}  // namespace mw::plant
