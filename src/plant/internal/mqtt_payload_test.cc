#include "plant/internal/mqtt_payload.h"

#include <gtest/gtest.h>

#include "plant/internal/rfc3339.h"
#include "plant/internal/test_plant.h"

namespace mw::plant {
namespace {

TEST(MqttPayload, ReadsNumbersTextsFlagsTimesAndQualities) {
  const auto number = decode_mqtt_payload(R"({"ts": 1760000000123, "value": 61.2})").value();
  ASSERT_EQ(number.size(), 1u);
  EXPECT_EQ(*number[0].ts_ns, 1'760'000'000'123 * kNsPerMs);
  EXPECT_EQ(std::get<double>(number[0].value), 61.2);
  EXPECT_EQ(number[0].quality, Quality::kGood);

  const auto text =
      decode_mqtt_payload(R"({"ts": "2025-10-09T08:53:20.5Z", "value": "idle", "quality": "bad"})")
          .value();
  EXPECT_EQ(*text[0].ts_ns, 1'760'000'000'500 * kNsPerMs);
  EXPECT_EQ(std::get<std::string>(text[0].value), "idle");
  EXPECT_EQ(text[0].quality, Quality::kBad);

  const auto many = decode_mqtt_payload(R"([{"value": true}, {"value": null}, {"value": 3}])");
  ASSERT_EQ(many->size(), 3u);
  EXPECT_FALSE((*many)[0].ts_ns.has_value());
  EXPECT_EQ(std::get<double>((*many)[0].value), 1.0);
  EXPECT_TRUE(std::holds_alternative<std::monostate>((*many)[1].value));
  EXPECT_EQ(decode_mqtt_payload(R"({"value": 1, "unit": "bar"})").value()[0].unit, "bar");
  EXPECT_EQ(*decode_mqtt_payload(R"({"ts": 1.5, "value": 1})").value()[0].ts_ns, 1'500'000);
}

TEST(MqttPayload, RefusesWhatItCannotReadAndNamesTheMember) {
  struct Broken {
    std::string payload;
    const char* param;
  };
  const Broken cases[] = {
      {"", ""},
      {"7", "payload"},
      {"[]", "payload"},
      {"[[1]]", "payload"},
      {"{}", "value"},
      {R"({"value": {}})", "value"},
      {R"({"value": [1]})", "value"},
      {R"({"value": 1, "ts": -5})", "ts"},
      {R"({"value": 1, "ts": 1e300})", "ts"},
      {R"({"value": 1, "ts": 18446744073709551615})", "ts"},
      {R"({"value": 1, "ts": "yesterday"})", "ts"},
      {R"({"value": 1, "ts": {}})", "ts"},
      {R"({"value": 1, "quality": "great"})", "quality"},
      {R"({"value": 1, "quality": 192})", "quality"},
      {R"({"value": 1, "unit": 7})", "unit"},
      {R"({"value": 1)", ""},
      {"{\"value\": \"\xff\"}", ""},
      {std::string((1 << 20) + 1, ' '), "payload"},
  };
  for (const Broken& broken : cases) {
    const auto out = decode_mqtt_payload(broken.payload);
    ASSERT_FALSE(out) << broken.payload.substr(0, 60);
    EXPECT_EQ(out.error().param, broken.param) << broken.payload.substr(0, 60);
  }
}

TEST(MqttTopic, NamesATagAndBack) {
  const auto plant = test_catalogue();
  const auto tag = tag_of_topic(*plant, "millwright/test/b/m2/temperature");
  ASSERT_TRUE(tag);
  EXPECT_EQ((*tag)->id, "m2/temperature");
  EXPECT_EQ(topic_of_tag(*plant, **tag), "millwright/test/b/m2/temperature");
}

TEST(MqttTopic, RefusesOtherSitesLinesTagsAndDepths) {
  const auto plant = test_catalogue();
  for (const char* topic :
       {"", "millwright", "millwright/test/b/m2", "millwright/test/b/m2/temperature/x",
        "millwright/other/b/m2/temperature", "other/test/b/m2/temperature",
        "millwright/test/a/m2/temperature", "millwright/test/b/m2/pressure",
        "millwright/test/b/m9/temperature", "/////"}) {
    EXPECT_FALSE(tag_of_topic(*plant, topic)) << topic;
  }
}

TEST(Rfc3339, ReadsOffsetsFractionsAndTheLeapSecond) {
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(parse_rfc3339("2025-10-09T16:53:20+08:00"), 1'760'000'000 * kNsPerSecond);
  EXPECT_EQ(parse_rfc3339("2025-10-09t08:53:20.000000001z"), 1'760'000'000 * kNsPerSecond + 1);
  EXPECT_EQ(parse_rfc3339("2025-10-09 08:53:20.1234567899Z"),
            1'760'000'000 * kNsPerSecond + 123'456'789);
  EXPECT_EQ(parse_rfc3339("2016-12-31T23:59:60.5Z"), parse_rfc3339("2017-01-01T00:00:00Z"));
  EXPECT_EQ(parse_rfc3339("2024-02-29T00:00:00Z"), 1'709'164'800 * kNsPerSecond);
  EXPECT_EQ(parse_rfc3339("1969-12-31T23:59:59Z"), -kNsPerSecond);
}

TEST(Rfc3339, RefusesWhatIsNoTime) {
  for (const char* text :
       {"", "2025", "2025-10-09", "2025-10-09T08:53Z", "2025-10-09T08:53:20",
        "2025-13-01T00:00:00Z", "2025-02-29T00:00:00Z", "2025-10-09T24:00:00Z",
        "2025-10-09T08:60:00Z", "2025-10-09T08:53:61Z", "2025-10-09T08:53:20.Z",
        "2025-10-09T08:53:20+8:00", "2025-10-09T08:53:20+0800", "2025-10-09T08:53:20Zx",
        "1500-01-01T00:00:00Z", "2500-01-01T00:00:00Z", "+025-10-09T08:53:20Z"}) {
    EXPECT_FALSE(parse_rfc3339(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace mw::plant
