// Payloads: what is understood, and bytes that are none.
#include "plant/sparkplug/sparkplug_payload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/sparkplug_messages.h"

namespace mw::plant {
namespace {

using testing::HasSubstr;
using testing_support::SparkplugMetricSaid;
using testing_support::SparkplugSaid;

std::string valid() {
  SparkplugSaid said;
  said.timestamp_ms = 1;
  said.seq = 255;
  SparkplugMetricSaid metric;
  metric.name = "a/b";
  metric.alias = 5;
  metric.timestamp_ms = 9;
  metric.type = 9;
  metric.value_field = 12;
  metric.real = 0.5;
  metric.historical = metric.transient = metric.null = true;
  metric.properties = {{"engUnit", 12, 0, "degC"}, {"Quality", 3, 500, ""}};
  said.metrics = {metric};
  return said.payload();
}

TEST(SparkplugPayload, IsReadMemberByMember) {
  const std::string bytes = valid();
  const Result<SparkplugPayload> read = read_sparkplug(bytes);
  ASSERT_TRUE(read) << read.error().message.en;
  EXPECT_EQ(read->timestamp_ms, 1u);
  EXPECT_EQ(read->seq, 255u);
  ASSERT_EQ(read->metrics.size(), 1u);
  const SparkplugMetric& metric = read->metrics[0];
  EXPECT_EQ(metric.name, "a/b");
  EXPECT_EQ(metric.alias, 5u);
  EXPECT_EQ(metric.timestamp_ms, 9u);
  EXPECT_EQ(metric.datatype, 9u);
  EXPECT_TRUE(metric.is_historical && metric.is_transient && metric.is_null);
  EXPECT_EQ(metric.kind, SparkplugValueKind::kFloat);
  EXPECT_EQ(metric.real, 0.5);
  EXPECT_EQ(metric.quality, 500u);
  EXPECT_EQ(metric.unit, "degC");
  EXPECT_TRUE(metric.properties_fit && metric.properties_typed && metric.properties_known &&
              metric.quality_is_int32);
}

TEST(SparkplugPayload, PassesOverFieldsThatItDoesNotKnow) {
  std::string bytes = valid();
  ByteWriter more;
  testing_support::put_field(more, 99, std::string("of a third party"));
  more.varint(98 << 3 | 1);
  more.word64(1);
  more.varint(97 << 3 | 5);
  more.word32(1);
  bytes += more.bytes();
  ASSERT_TRUE(read_sparkplug(bytes));
  EXPECT_EQ(read_sparkplug(bytes)->metrics.size(), 1u);
}

enum class Broken {
  kCutAnywhere,
  kEndlessVarint,
  kVarintOf65Bits,
  kFieldZero,
  kFieldOf30Bits,
  kGroup,
  kLengthBeyondTheEnd,
  kLengthOf64Bits,
  kMetricIsANumber,
  kMetricIsCut,
  kFloatOfEightBytes,
  kNameIsNoUtf8,
  kNameIsOverlong,
  kNameTooLong,
  kTextIsNoUtf8,
  kPropertyIsCut,
  kTooManyMetrics,
  kTooLarge,
};

std::string in_metric(const std::string& bytes) {
  ByteWriter out;
  testing_support::put_field(out, 2, bytes);
  return out.take();
}

std::string named(const std::string& name) {
  SparkplugMetricSaid metric;
  metric.name = name;
  return in_metric(encoded(metric));
}

std::string broken(Broken how) {
  switch (how) {
    case Broken::kCutAnywhere:
      return valid().substr(0, valid().size() - 1);
    case Broken::kEndlessVarint:
      return "\x08" + std::string(20, '\xff');
    case Broken::kVarintOf65Bits:
      return "\x08" + std::string(9, '\xff') + "\x02";
    case Broken::kFieldZero:
      return std::string("\x00\x01", 2);
    case Broken::kFieldOf30Bits:
      return "\x80\x80\x80\x80\x10\x01";
    case Broken::kGroup:
      return "\x0b\x0c";
    case Broken::kLengthBeyondTheEnd:
      return "\x12\x05"
             "abc";
    case Broken::kLengthOf64Bits:
      return "\x12" + std::string(9, '\xff') + "\x01";
    case Broken::kMetricIsANumber:
      return "\x10\x01";
    case Broken::kMetricIsCut:
      return in_metric(
          "\x0a\x09"
          "abc");
    case Broken::kFloatOfEightBytes:
      return in_metric(std::string("\x61", 1) + std::string(8, '\0'));
    case Broken::kNameIsNoUtf8:
      return named("a\xff");
    case Broken::kNameIsOverlong:
      return named("\xc0\xaf");
    case Broken::kNameTooLong:
      return named(std::string(1025, 'a'));
    case Broken::kTextIsNoUtf8: {
      SparkplugMetricSaid metric;
      metric.value_field = 15;
      metric.bytes = "\xed\xa0\x80";  // a surrogate
      return in_metric(encoded(metric));
    }
    case Broken::kPropertyIsCut:
      return in_metric("\x4a\x04\x12\x02\x08\x80");
    case Broken::kTooManyMetrics: {
      std::string out;
      for (int i = 0; i <= 100'000; ++i) out += std::string("\x12\x00", 2);
      return out;
    }
    case Broken::kTooLarge:
      return std::string((16 << 20) + 1, '\x08');
  }
  return {};
}

TEST(SparkplugPayload, ThatIsBrokenIsRefused) {
  for (int i = 0; i <= static_cast<int>(Broken::kTooLarge); ++i) {
    const std::string bytes = broken(static_cast<Broken>(i));
    const Result<SparkplugPayload> read = read_sparkplug(bytes);
    ASSERT_FALSE(read) << i;
    const bool size = i >= static_cast<int>(Broken::kTooManyMetrics);
    EXPECT_EQ(read.error().code, size ? Code::kTooLarge : Code::kCorrupt) << i;
    EXPECT_FALSE(read.error().message.zh.empty()) << i;
  }
}

TEST(SparkplugPayload, CutAtAnyByteNeverReadsBeyondIt) {
  const std::string bytes = valid();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const std::string cut = bytes.substr(0, size);
    const Result<SparkplugPayload> read = read_sparkplug(cut);
    EXPECT_TRUE(!read || read->metrics.size() <= 1);
  }
}

TEST(SparkplugPayload, NamesDatatypesByTheirNumber) {
  EXPECT_EQ(sparkplug_type_name(1), "Int8");
  EXPECT_EQ(sparkplug_type_name(16), "DataSet");
  EXPECT_EQ(sparkplug_type_name(21), "PropertySetList");
  EXPECT_EQ(sparkplug_type_name(22), "Int8Array");
  EXPECT_EQ(sparkplug_type_name(34), "DateTimeArray");
  EXPECT_EQ(sparkplug_type_name(35), "type 35");
}

}  // namespace
}  // namespace mw::plant
