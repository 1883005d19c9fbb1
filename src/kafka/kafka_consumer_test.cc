// A member of a group against the library's brokers in memory.
#include "kafka/kafka_consumer.h"

#include <gtest/gtest.h>

#include "kafka/kafka_producer.h"
#include "kafka/mock_kafka.h"

namespace mw::kafka {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr const char* kTopic = "samples";

class KafkaConsumer : public testing::Test {
 protected:
  void SetUp() override { kafka_.make_topic(kTopic, 2); }

  void send(int from, int to) {
    auto producer = Producer::start({kafka_.server()});
    ASSERT_TRUE(producer);
    std::vector<Outgoing> records;
    for (int i = from; i < to; ++i) records.push_back({"key", std::to_string(i), 1000 + i});
    const Result<void> sent = (*producer)->send(kTopic, records, {});
    ASSERT_TRUE(sent) << sent.error().message.en;
  }

  std::unique_ptr<Consumer> join(std::vector<std::string> topics = {kTopic}) {
    auto consumer = Consumer::start({kafka_.server(), "group", std::move(topics)});
    EXPECT_TRUE(consumer);
    return std::move(*consumer);
  }

  /// So many, or those that came within 20 s.
  static std::vector<Record> take(Consumer& consumer, std::size_t count) {
    std::vector<Record> out;
    const auto end = steady_clock::now() + std::chrono::seconds(20);
    while (out.size() < count && steady_clock::now() < end) {
      auto some = consumer.poll(milliseconds(100), 100);
      if (!some) continue;
      for (Record& each : *some) out.push_back(std::move(each));
    }
    return out;
  }

  static bool wait_for_link(Consumer& consumer, bool up) {
    const auto end = steady_clock::now() + std::chrono::seconds(20);
    while (consumer.link().up != up && steady_clock::now() < end) {
      (void)consumer.poll(milliseconds(50), 1);
    }
    return consumer.link().up == up;
  }

  MockKafka kafka_;
};

TEST_F(KafkaConsumer, GivesKeyPayloadTimeAndPlace) {
  send(7, 8);
  const auto consumer = join();
  const std::vector<Record> records = take(*consumer, 1);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].topic, kTopic);
  EXPECT_EQ(records[0].key, "key");
  EXPECT_EQ(records[0].payload, "7");
  EXPECT_EQ(records[0].ts_ms, 1007);
  EXPECT_EQ(records[0].place(), "samples[" + std::to_string(records[0].partition) + "]@0");
}

TEST_F(KafkaConsumer, GetsAgainWhatItDidNotAcknowledge) {
  send(0, 10);
  {
    const auto first = join();
    ASSERT_EQ(take(*first, 10).size(), 10u);
  }  // without commit()
  {
    const auto second = join();
    const std::vector<Record> records = take(*second, 10);
    ASSERT_EQ(records.size(), 10u);
    EXPECT_EQ(records[0].payload, "0");
    const Result<void> noted = second->commit();
    ASSERT_TRUE(noted) << noted.error().message.en;
  }
  send(10, 12);
  const auto third = join();
  const std::vector<Record> records = take(*third, 2);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].payload, "10");
}

TEST_F(KafkaConsumer, TellsWhenTheBrokersAreGoneAndBack) {
  const auto consumer = join();
  EXPECT_FALSE(consumer->link().up) << "not before it was heard of";
  ASSERT_TRUE(wait_for_link(*consumer, true));
  EXPECT_TRUE(consumer->link().problem.en.empty());
  kafka_.set_down(true);
  ASSERT_TRUE(wait_for_link(*consumer, false));
  EXPECT_FALSE(consumer->link().problem.en.empty());
  EXPECT_FALSE(consumer->link().problem.zh.empty());
  kafka_.set_down(false);
  ASSERT_TRUE(wait_for_link(*consumer, true));
}

TEST(KafkaConsumerEnd, TakesNoTimeWhereNobodyAnswers) {
  auto consumer = Consumer::start({Server{.address = "127.0.0.1:1"}, "group", {kTopic}});
  ASSERT_TRUE(consumer);
  (void)(*consumer)->poll(milliseconds(300), 1);
  const auto begun = steady_clock::now();
  consumer->reset();
  EXPECT_LT(steady_clock::now() - begun, std::chrono::seconds(3));
}

TEST(KafkaConsumerOptions, RefusesACertificateFileThatIsNotThere) {
  ConsumerOptions options{
      {.address = "localhost:1", .tls = true, .ca_file = "/no/such/file"}, "group", {kTopic}};
  const auto consumer = Consumer::start(options);
  ASSERT_FALSE(consumer);
  EXPECT_EQ(consumer.error().code, Code::kInvalidArgument);
}

}  // namespace
}  // namespace mw::kafka
