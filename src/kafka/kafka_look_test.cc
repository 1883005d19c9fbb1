// What whoever sets a connection up is shown of a cluster.
#include "kafka/kafka_look.h"

#include <gtest/gtest.h>

#include "kafka/kafka_producer.h"
#include "kafka/mock_kafka.h"

namespace mw::kafka {
namespace {

TEST(KafkaLook, ShowsTopicsWithTheirLastRecord) {
  MockKafka kafka;
  kafka.make_topic("oven", 1);
  kafka.make_topic("press", 3);
  auto producer = Producer::start({kafka.server()});
  ASSERT_TRUE(producer);
  const std::vector<Outgoing> records{{"a", "first", 1}, {"b", "{\"t\": 20.5}", 2}};
  ASSERT_TRUE((*producer)->send("oven", records, {}));
  const auto seen = look_at(kafka.server(), std::chrono::seconds(10));
  ASSERT_TRUE(seen) << seen.error().message.en;
  ASSERT_EQ(seen->topics.size(), 2u);
  EXPECT_EQ(seen->topics[0].topic, "oven");
  EXPECT_EQ(seen->topics[0].records, 2u);
  EXPECT_EQ(seen->topics[0].key, "b");
  EXPECT_EQ(seen->topics[0].payload, "{\"t\": 20.5}");
  EXPECT_EQ(seen->topics[1].topic, "press");
  EXPECT_EQ(seen->topics[1].partitions, 3);
  EXPECT_EQ(seen->topics[1].payload, "");
  EXPECT_FALSE(seen->cut);
}

TEST(KafkaLook, SaysThatNoBrokerAnswers) {
  const auto seen = look_at({.address = "127.0.0.1:1"}, std::chrono::milliseconds(500));
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().code, Code::kUnavailable);
}

}  // namespace
}  // namespace mw::kafka
