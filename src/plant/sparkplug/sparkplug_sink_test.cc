// A plant as an edge node and another as its host over a real Mosquitto that is killed in between:
// what is stored here arrives there.
#include "plant/sparkplug/sparkplug_sink.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <functional>
#include <thread>

#include "plant/demo/mosquitto_process.h"
#include "plant/internal/test_plant.h"
#include "plant/plant.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

const Identity kAll = Identity::local_viewer();

class SparkplugOutTest : public testing::Test {
 protected:
  void SetUp() override {
    auto broker = MosquittoProcess::start((folder_.path() / "broker").string(), no_log());
    if (!broker) GTEST_SKIP() << broker.error().message.en;
    broker_ = std::move(*broker);
    begun_ms_ = SystemClock().now_ns() / kNsPerMs - 3'600'000;
    host_ = open_host();
    edge_ = open_edge();
  }
  std::unique_ptr<Plant> open_host() {
    SparkplugOptions host;
    host.name = "host";
    host.broker = broker_->address();
    host.host_id = "scada";
    host.metrics.push_back(
        {"m1/temperature", "Plant1", "Line1", "m1", "temperature", 1, 0, "degC", {}});
    PlantOptions options;
    options.data_folder = (folder_.path() / "host").string();
    options.catalogue = test_catalogue();
    options.connectors = {host};
    return Plant::open(std::move(options)).value();
  }
  std::unique_ptr<Plant> open_edge() {
    FeedOptions feed;
    feed.name = "scada";
    feed.as = "scada";
    feed.tags = {"m1/*"};
    SparkplugFeed to;
    to.broker = broker_->address();
    to.group = "Plant1";
    to.edge = "Line1";
    to.primary_host = "scada";
    feed.to = to;
    PlantOptions options;
    options.data_folder = (folder_.path() / "edge").string();
    options.catalogue = test_catalogue();
    options.feeds = {feed};
    options.feed_host.identity_of = [](const std::string& as) -> Result<Identity> {
      return Identity{Identity::Kind::kApiKey, as, {{Role::kViewer, {"*"}, {}}}};
    };
    options.feed_host.record = [](const FeedDecision&) { return Result<void>(); };
    return Plant::open(std::move(options)).value();
  }
  void store(int from, int to) {
    std::vector<Reading> readings;
    for (int i = from; i < to; ++i) {
      Reading each;
      each.tag = "m1/temperature";
      each.ts_ns = (begun_ms_ + i * 1000) * kNsPerMs;
      each.value = static_cast<double>(i % 100);
      readings.push_back(each);
    }
    ASSERT_TRUE(edge_->ingest().take(readings, Arrival::kHistory));
  }
  /// Of those that the edge stored, by their times; the host may have made samples of its own.
  int arrived(int count) {
    const TimeNs end_ns = (begun_ms_ + count * 1000) * kNsPerMs;
    const auto got = host_->aggregate(kAll, "m1/temperature", {begun_ms_ * kNsPerMs, end_ns});
    return got ? static_cast<int>(got->count) : 0;
  }
  ConnectorStatus status() { return edge_->connectors(kAll).at(0); }
  static bool wait_for(const std::function<bool()>& condition) {
    for (int i = 0; i < 2000 && !condition(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return condition();
  }

  testing_support::TemporaryFolder folder_;
  int64_t begun_ms_ = 0;
  std::unique_ptr<MosquittoProcess> broker_;
  std::unique_ptr<Plant> host_, edge_;
};

TEST_F(SparkplugOutTest, LosesNothingOverAKilledServerARestartAndAHostThatIsAway) {
  ASSERT_TRUE(wait_for([&] { return status().state == ConnectorState::kConnected; }))
      << status().problem.en;
  EXPECT_EQ(status().kind, "sparkplug_out");
  store(0, 100);
  ASSERT_TRUE(wait_for([&] { return arrived(100) == 100; })) << arrived(100);

  broker_->hold_down(true);
  ::kill(broker_->pid(), SIGKILL);
  store(100, 300);
  ASSERT_TRUE(wait_for([&] { return status().state == ConnectorState::kFailed; }));
  ASSERT_TRUE(wait_for([&] { return status().backlog == 200u; }));
  edge_.reset();
  edge_ = open_edge();
  ASSERT_TRUE(wait_for([&] { return status().backlog == 200u; }));
  broker_->hold_down(false);
  ASSERT_TRUE(wait_for([&] { return arrived(300) == 300; })) << arrived(300);

  host_.reset();  // which says that it goes
  ASSERT_TRUE(wait_for([&] { return status().problem.en.find("scada") != std::string::npos; }))
      << status().problem.en;
  store(300, 350);
  ASSERT_TRUE(wait_for([&] { return status().backlog == 50u; }));
  host_ = open_host();
  ASSERT_TRUE(wait_for([&] { return arrived(350) == 350; })) << arrived(350);
  ASSERT_TRUE(wait_for([&] { return status().backlog == 0u; }));
}

}  // namespace
}  // namespace mw::plant
