// What records of Kafka topics say, and what is said of those that say nothing.
#include "plant/kafka/kafka_records.h"

#include <gtest/gtest.h>

#include "plant/internal/test_plant.h"

namespace mw::plant {
namespace {

KafkaOptions options() {
  KafkaOptions out;
  out.name = "bus";
  out.server.address = "kafka:9092";
  out.samples = {"plant.samples"};
  KafkaValue hot;
  hot.topic = "oven";
  hot.tag = "m1/temperature";
  hot.value = "/t";
  hot.time = "/at";
  hot.key = "o1";
  KafkaValue parts = hot;
  parts.tag = "m2/parts";
  parts.value = "/n";
  parts.key = "";
  out.topics = {hot, parts};
  return out;
}

kafka::Record record(std::string topic, std::optional<std::string> key,
                     std::optional<std::string> payload) {
  kafka::Record out;
  out.topic = std::move(topic);
  out.key = std::move(key);
  out.payload = std::move(payload);
  out.ts_ms = 5000;
  return out;
}

class KafkaRecordsTest : public testing::Test {
 protected:
  RecordReadings read(std::optional<std::string> key, std::optional<std::string> payload,
                      std::string topic = "plant.samples") {
    return records_.read(record(std::move(topic), std::move(key), std::move(payload)));
  }
  const KafkaRecords records_ = KafkaRecords::make(options(), *test_catalogue()).value();
};

TEST_F(KafkaRecordsTest, TakesSamplesThatNameTheirTag) {
  const RecordReadings read_one =
      read(std::nullopt, R"({"tag": "m1/temperature", "ts": 1000, "value": 21.5})");
  ASSERT_EQ(read_one.readings.size(), 1u);
  EXPECT_EQ(read_one.readings[0].tag, "m1/temperature");
  EXPECT_EQ(read_one.readings[0].ts_ns, 1000 * kNsPerMs);
  EXPECT_EQ(std::get<double>(read_one.readings[0].value), 21.5);
  EXPECT_EQ(read_one.refused, 0u);
}

TEST_F(KafkaRecordsTest, TakesTheMachineFromTheKey) {
  const RecordReadings two = read("m1", R"([{"tag": "temperature", "value": 1},
                                            {"tag": "m2/parts", "value": 2}])");
  ASSERT_EQ(two.readings.size(), 2u);
  EXPECT_EQ(two.readings[0].tag, "m1/temperature");
  EXPECT_EQ(two.readings[1].tag, "m2/parts") << "which names its machine itself";
}

TEST_F(KafkaRecordsTest, TakesTheWholeTagFromTheKey) {
  const RecordReadings one = read("m1/temperature", R"({"value": 3, "quality": "uncertain"})");
  ASSERT_EQ(one.readings.size(), 1u);
  EXPECT_EQ(one.readings[0].tag, "m1/temperature");
  EXPECT_EQ(one.readings[0].quality, Quality::kUncertain);
}

TEST_F(KafkaRecordsTest, TakesTheTimeOfTheRecordWhereNoneIsNamed) {
  const RecordReadings one = read("m1", R"({"tag": "temperature", "value": 1})");
  ASSERT_EQ(one.readings.size(), 1u);
  EXPECT_EQ(one.readings[0].ts_ns, 5000 * kNsPerMs)
      << "the same each time that the record is read, so it is stored once";
}

TEST_F(KafkaRecordsTest, TakesValuesByTopicAndKey) {
  const std::string payload = R"({"t": 180.5, "n": 7, "at": 2000})";
  const RecordReadings both = read("o1", payload, "oven");
  ASSERT_EQ(both.readings.size(), 2u);
  EXPECT_EQ(both.readings[0].tag, "m2/parts");
  EXPECT_EQ(both.readings[1].tag, "m1/temperature");
  EXPECT_EQ(both.readings[1].ts_ns, 2000 * kNsPerMs);
  const RecordReadings other = read("o2", payload, "oven");
  ASSERT_EQ(other.readings.size(), 1u) << "another machine's key";
  EXPECT_EQ(other.readings[0].tag, "m2/parts");
  EXPECT_EQ(other.refused, 0u);
  EXPECT_EQ(read("o1", R"({"t": 1})", "oven").readings.size(), 1u);
}

TEST_F(KafkaRecordsTest, RefusesWhatSaysNothingAndNamesWhy) {
  struct Row {
    const char* what;
    std::optional<std::string> key, payload;
    std::string topic = "plant.samples";
  };
  const Row kRows[] = {
      {"a tombstone", "m1", std::nullopt},
      {"an empty payload", "m1", ""},
      {"no JSON", "m1", "21.5 degC"},
      {"invalid UTF-8", "m1", "{\"tag\": \"\xff\"}"},
      {"no tag", "m1", R"({"value": 1})"},
      {"no value", "m1/temperature", R"({"ts": 1})"},
      {"a time that is none", "m1", R"({"tag": "temperature", "ts": "soon", "value": 1})"},
      {"an endless nesting", "m1", std::string(5000, '[')},
      {"too much", "m1/temperature", std::string((1 << 20) + 1, ' ')},
      {"no member of those asked for", "o1", R"({"x": 1})", "oven"},
      {"an object for a value", "o1", R"({"t": {}, "n": {}})", "oven"},
      {"a time that is none, by topic", "o1", R"({"n": 1, "at": "soon"})", "oven"},
  };
  for (const Row& row : kRows) {
    const RecordReadings got = read(row.key, row.payload, row.topic);
    EXPECT_EQ(got.readings.size(), 0u) << row.what;
    EXPECT_EQ(got.refused, 1u) << row.what;
    EXPECT_FALSE(got.reason.en.empty()) << row.what;
  }
}

TEST_F(KafkaRecordsTest, KeepsTheGoodOnesOfAList) {
  const RecordReadings got = read("m1", R"([{"tag": "temperature", "value": 1}, {"tag": 5}, 7])");
  EXPECT_EQ(got.readings.size(), 1u);
  EXPECT_EQ(got.refused, 2u);
}

TEST(KafkaRecords, NamesWhatIsWrongWithTheConfiguration) {
  const auto param_of = [](const std::function<void(KafkaOptions&)>& spoil) {
    KafkaOptions each = options();
    spoil(each);
    const auto made = KafkaRecords::make(each, *test_catalogue());
    return made ? std::string("nothing") : made.error().param;
  };
  EXPECT_EQ(param_of([](KafkaOptions&) {}), "nothing");
  EXPECT_EQ(param_of([](KafkaOptions& o) { o.samples = {"a/b"}; }), "samples[0]");
  EXPECT_EQ(param_of([](KafkaOptions& o) { o.topics[1].topic = "a b"; }), "topic[1].topic");
  EXPECT_EQ(param_of([](KafkaOptions& o) { o.topics[0].topic = "plant.samples"; }),
            "topic[0].topic");
  EXPECT_EQ(param_of([](KafkaOptions& o) { o.topics[1].tag = "m3/parts"; }), "topic[1].tag");
  EXPECT_EQ(param_of([](KafkaOptions& o) { o.topics[1].tag = "m1/temperature"; }), "topic[1].tag");
  EXPECT_EQ(param_of([](KafkaOptions& o) { o.topics[0].value = "t"; }), "topic[0].value");
  EXPECT_EQ(param_of([](KafkaOptions& o) { o.topics[0].key = std::string(201, 'k'); }),
            "topic[0].key");
  EXPECT_EQ(param_of([](KafkaOptions& o) { o.samples.clear(), o.topics.clear(); }), "samples");
}

}  // namespace
}  // namespace mw::plant
