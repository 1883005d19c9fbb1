// A feed to Kafka over the library's brokers in memory: what is stored comes out, each machine in
// order, over an outage of the brokers.
#include "plant/kafka/kafka_sink.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <set>
#include <thread>

#include "core/json.h"
#include "kafka/kafka_consumer.h"
#include "kafka/mock_kafka.h"
#include "plant/internal/test_plant.h"
#include "plant/plant.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

using std::chrono::milliseconds;

class KafkaOutTest : public testing::Test {
 protected:
  KafkaOutTest() {
    kafka_.make_topic("plant", 2);
    FeedOptions feed;
    feed.name = "erp";
    feed.as = "erp";
    feed.tags = {"m1/*"};
    feed.to = KafkaFeed{kafka_.server(), "plant"};
    options_.data_folder = folder_.path().string();
    options_.catalogue = test_catalogue();
    options_.feeds = {feed};
    options_.feed_host.identity_of = [](const std::string& as) -> Result<Identity> {
      return Identity{Identity::Kind::kApiKey, as, {{Role::kViewer, {"*"}, {}}}};
    };
    options_.feed_host.record = [](const FeedDecision&) { return Result<void>(); };
    plant_ = Plant::open(options_).value();
  }
  void store(int from, int to) {
    std::vector<Reading> readings;
    for (int i = from; i < to; ++i) {
      Reading each;
      each.tag = "m1/temperature";
      each.ts_ns = (1'700'000'000'000 + i * 1000) * kNsPerMs;
      each.value = static_cast<double>(i % 100);
      readings.push_back(each);
    }
    ASSERT_TRUE(plant_->ingest().take(readings, Arrival::kHistory));
  }
  /// What the topic holds, in order, once there are so many.
  std::vector<kafka::Record> records(std::size_t count) {
    auto consumer = kafka::Consumer::start({kafka_.server(), "reader", {"plant"}}).value();
    std::vector<kafka::Record> out;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (out.size() < count && std::chrono::steady_clock::now() < end) {
      auto some = consumer->poll(milliseconds(100), 1000);
      if (!some) continue;
      for (kafka::Record& each : *some) out.push_back(std::move(each));
    }
    return out;
  }
  ConnectorStatus status() { return plant_->connectors(Identity::local_viewer()).at(0); }
  static bool wait_for(const std::function<bool()>& condition) {
    for (int i = 0; i < 1000 && !condition(); ++i) std::this_thread::sleep_for(milliseconds(20));
    return condition();
  }

  kafka::MockKafka kafka_;
  testing_support::TemporaryFolder folder_;
  PlantOptions options_;
  std::unique_ptr<Plant> plant_;
};

TEST_F(KafkaOutTest, PublishesEachSampleOfAMachineInOrder) {
  store(0, 100);
  const std::vector<kafka::Record> got = records(100);
  ASSERT_EQ(got.size(), 100u);
  for (int i = 0; i < 100; ++i) {
    const kafka::Record& each = got[static_cast<std::size_t>(i)];
    EXPECT_EQ(each.key, "m1");
    const Json json = parse_json(*each.payload).value();
    EXPECT_EQ(json["tag"], "m1/temperature");
    EXPECT_EQ(json["ts"], 1'700'000'000'000 + i * 1000);
    EXPECT_EQ(json["value"], i);
  }
  ASSERT_TRUE(wait_for([&] { return status().backlog == 0u; }));
  EXPECT_EQ(status().samples, 100u);
}

TEST_F(KafkaOutTest, LosesNothingOverAnOutageAndARestart) {
  store(0, 10);
  ASSERT_TRUE(wait_for([&] { return status().samples == 10; }));
  kafka_.set_down(true);
  store(10, 500);
  ASSERT_TRUE(wait_for([&] { return status().state == ConnectorState::kFailed; }));
  ASSERT_TRUE(wait_for([&] { return status().backlog == 490u; }));
  plant_.reset();
  plant_ = Plant::open(options_).value();
  store(500, 510);
  ASSERT_TRUE(wait_for([&] { return status().backlog == 500u; }));
  kafka_.set_down(false);
  ASSERT_TRUE(wait_for([&] { return status().backlog == 0u; }));
  std::set<std::string> once;
  for (const kafka::Record& each : records(510)) once.insert(*each.payload);
  EXPECT_EQ(once.size(), 510u);
}

TEST_F(KafkaOutTest, PublishesWhatComesLate) {
  store(100, 101);
  ASSERT_TRUE(wait_for([&] { return status().samples == 1; }));
  store(50, 51);
  const std::vector<kafka::Record> got = records(2);
  ASSERT_EQ(got.size(), 2u);
  EXPECT_NE(got[1].payload->find("\"late\":true"), std::string::npos);
}

}  // namespace
}  // namespace mw::plant
