// Sending that returns when the brokers have it, over the library's brokers in memory.
#include "kafka/kafka_producer.h"

#include <gtest/gtest.h>

#include <future>
#include <set>
#include <thread>

#include "kafka/kafka_consumer.h"
#include "kafka/mock_kafka.h"

namespace mw::kafka {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::vector<Outgoing> numbers(int from, int to) {
  std::vector<Outgoing> out;
  for (int i = from; i < to; ++i) out.push_back({"press-1", std::to_string(i), 1});
  return out;
}

/// All payloads of a topic, in their order, once there are so many.
std::vector<std::string> payloads(const MockKafka& kafka, std::size_t count) {
  auto consumer = Consumer::start({kafka.server(), "reader", {"out"}});
  std::vector<std::string> out;
  const auto end = steady_clock::now() + std::chrono::seconds(20);
  while (consumer && out.size() < count && steady_clock::now() < end) {
    const auto some = (*consumer)->poll(milliseconds(100), 1000);
    if (!some) continue;
    for (const Record& each : *some) out.push_back(each.payload.value_or(""));
  }
  return out;
}

TEST(KafkaProducer, ReturnsWhenAllOfItIsThereInOrder) {
  MockKafka kafka;
  kafka.make_topic("out", 1);
  auto producer = Producer::start({kafka.server()});
  ASSERT_TRUE(producer);
  const Result<void> sent = (*producer)->send("out", numbers(0, 5000), {});
  ASSERT_TRUE(sent) << sent.error().message.en;
  const std::vector<std::string> got = payloads(kafka, 5000);
  ASSERT_EQ(got.size(), 5000u);
  for (int i = 0; i < 5000; ++i) ASSERT_EQ(got[static_cast<std::size_t>(i)], std::to_string(i));
}

TEST(KafkaProducer, WaitsOutBrokersThatAreAwayAndRefuse) {
  MockKafka kafka;
  kafka.make_topic("out", 1);
  auto producer = Producer::start({kafka.server()});
  ASSERT_TRUE(producer);
  ASSERT_TRUE((*producer)->send("out", numbers(0, 10), {}));
  kafka.set_down(true);
  auto sending = std::async(std::launch::async, [&] {
    return (*producer)->send("out", numbers(10, 20), {}).has_value();
  });
  EXPECT_EQ(sending.wait_for(milliseconds(700)), std::future_status::timeout);
  EXPECT_FALSE((*producer)->link().up);
  kafka.refuse_next(2);
  kafka.set_down(false);
  EXPECT_TRUE(sending.get());
  const std::vector<std::string> got = payloads(kafka, 20);
  const std::set<std::string> once(got.begin(), got.end());
  EXPECT_EQ(once.size(), 20u);
}

TEST(KafkaProducer, StopsWaitingWhenAsked) {
  auto producer = Producer::start({Server{.address = "127.0.0.1:1"}});
  ASSERT_TRUE(producer);
  std::stop_source stop;
  auto sending = std::async(std::launch::async, [&] {
    return (*producer)->send("out", numbers(0, 10), stop.get_token()).error().code;
  });
  EXPECT_EQ(sending.wait_for(milliseconds(200)), std::future_status::timeout);
  stop.request_stop();
  EXPECT_EQ(sending.get(), Code::kCancelled);
}

TEST(KafkaProducer, SaysThatARecordIsTooLarge) {
  MockKafka kafka;
  kafka.make_topic("out", 1);
  auto producer = Producer::start({kafka.server()});
  ASSERT_TRUE(producer);
  std::vector<Outgoing> records{{"k", std::string(2 << 20, 'x'), 0}};
  const Result<void> sent = (*producer)->send("out", records, {});
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, Code::kTooLarge);
  EXPECT_TRUE((*producer)->send("out", numbers(0, 1), {})) << "the next is sent";
}

}  // namespace
}  // namespace mw::kafka
