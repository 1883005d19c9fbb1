// With a real Mosquitto: what is published is stored; a killed broker turns tags bad within their
// watchdog period and all resumes by itself; a killed ingest loses nothing that it acknowledged.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <thread>

#include "core/json.h"
#include "mqtt/mqtt_client.h"
#include "plant/demo/mosquitto_process.h"
#include "plant/demo_site.h"
#include "plant/internal/test_plant.h"
#include "plant/plant.h"
#include "plant/sqlite_store.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

constexpr TagIndex kTemperature = 1;
const Identity kAll = Identity::local_viewer();

bool wait_for(const std::function<bool()>& condition, int seconds = 30) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (std::chrono::steady_clock::now() < deadline) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return condition();
}

PlantOptions plant_options(const std::string& folder, const std::string& broker) {
  PlantOptions options;
  options.data_folder = folder;
  options.catalogue = test_catalogue();
  options.broker = broker;
  return options;
}

std::unique_ptr<mqtt::Client> make_publisher(const std::string& broker, int version = 4) {
  mqtt::Options options;
  options.address = broker;
  options.client_id = "test-publisher";
  options.version = version;
  options.buffer_messages = 100'000;
  return mqtt::Client::start(std::move(options)).value();
}

/// Value n at the time base + n ms.
std::string payload(TimeNs base_ns, int64_t n) {
  return "{\"ts\":" + std::to_string(base_ns / kNsPerMs + n) +
         ",\"value\":" + std::to_string(n % 200) + "}";
}

constexpr const char* kTopic = "millwright/test/a/m1/temperature";

class MqttTest : public testing::Test {
 protected:
  void SetUp() override {
    auto broker = MosquittoProcess::start((folder_.path() / "broker").string(), no_log());
    ASSERT_TRUE(broker) << broker.error().message.en;
    broker_ = std::move(*broker);
    data_ = (folder_.path() / "data").string();
  }
  std::unique_ptr<Plant> open_plant(int version = 4) {
    PlantOptions options = plant_options(data_, broker_->address());
    options.mqtt_version = version;
    auto plant = Plant::open(std::move(options)).value();
    EXPECT_TRUE(wait_for([&] { return plant->broker().connected; }));
    return plant;
  }

  testing_support::TemporaryFolder folder_;
  std::string data_;
  std::unique_ptr<MosquittoProcess> broker_;
};

TEST_F(MqttTest, StoresWhatIsPublishedInBothProtocolVersions) {
  for (const int version : {4, 5}) {
    const auto plant = open_plant(version);
    const auto publisher = make_publisher(broker_->address(), version);
    const TimeNs base_ns = plant->now_ns();
    const uint64_t before = plant->stats().store.stored_samples;
    for (int64_t n = 0; n < 500; ++n) {
      ASSERT_TRUE(publisher->publish(kTopic, payload(base_ns, n)));
    }
    ASSERT_TRUE(publisher->publish("millwright/test/a/m1/nothing", "{}"));
    EXPECT_TRUE(wait_for([&] { return plant->stats().store.stored_samples >= before + 500; }))
        << "MQTT version " << version;
    EXPECT_TRUE(wait_for([&] { return plant->stats().refused_messages == 1; }));
    EXPECT_EQ(plant->latest(kAll, "m1/temperature")->value, 499 % 200);
    EXPECT_EQ(plant->latest(kAll, "m1/temperature")->quality, Quality::kGood);
  }
}

TEST_F(MqttTest, TurnsTagsBadWithinTheWatchdogWhenTheBrokerDiesAndResumesByItself) {
  const auto plant = open_plant();
  const auto publisher = make_publisher(broker_->address());
  const TimeNs base_ns = plant->now_ns();
  ASSERT_TRUE(publisher->publish(kTopic, payload(base_ns, 0)));
  ASSERT_TRUE(publisher->publish("millwright/test/b/m2/temperature", "{\"value\": 20}"));
  const auto good = [&](const char* tag) {
    return plant->latest(kAll, tag)->quality == Quality::kGood;
  };
  ASSERT_TRUE(wait_for([&] { return good("m1/temperature") && good("m2/temperature"); }));

  broker_->hold_down(true);
  const auto killed = std::chrono::steady_clock::now();
  ASSERT_EQ(::kill(broker_->pid(), SIGKILL), 0);
  ASSERT_TRUE(wait_for([&] { return !good("m1/temperature") && !good("m2/temperature"); }));
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - killed).count();
  EXPECT_LT(seconds, plant->catalogue(kAll)->tag("m1/temperature")->watchdog_s);
  EXPECT_EQ(plant->latest(kAll, "m1/temperature")->reason, QualityReason::kNoCommunication);
  EXPECT_FALSE(plant->broker().connected);
  EXPECT_FALSE(plant->broker().problem.zh.empty());
  // The gap is in history as well: a bad mark after the last value.
  EXPECT_TRUE(wait_for([&] {
    return plant->aggregate(kAll, "m1/temperature", {base_ns - kNsPerMinute, plant->now_ns()})
               ->bad_count == 1;
  }));

  broker_->hold_down(false);
  EXPECT_TRUE(wait_for([&] { return plant->broker().connected; }));
  // A broker that was killed has forgotten our subscription, and drops what comes before it is made
  // again: publish until one arrives.
  EXPECT_TRUE(wait_for(
      [&] { return publisher->publish(kTopic, payload(base_ns, 1)) && good("m1/temperature"); }));
  EXPECT_EQ(plant->latest(kAll, "m1/temperature")->value, 1);
}

TEST_F(MqttTest, TurnsASilentTagBadWhileTheLinkIsUp) {
  const auto plant = open_plant();
  const auto publisher = make_publisher(broker_->address());
  ASSERT_TRUE(publisher->publish(kTopic, "{\"value\": 20}"));
  ASSERT_TRUE(
      wait_for([&] { return plant->latest(kAll, "m1/temperature")->quality == Quality::kGood; }));
  ASSERT_TRUE(wait_for(
      [&] { return plant->latest(kAll, "m1/temperature")->quality == Quality::kBad; }, 12));
  EXPECT_EQ(plant->latest(kAll, "m1/temperature")->reason, QualityReason::kSilent);
  EXPECT_TRUE(plant->broker().connected);
}

// What the kill test below runs in a process of its own; not a test.
TEST(MqttChild, DISABLED_RunsAnIngestUntilKilled) {
  const char* data = std::getenv("MW_TEST_DATA");
  const char* broker = std::getenv("MW_TEST_BROKER");
  ASSERT_TRUE(data != nullptr && broker != nullptr);
  const auto plant = Plant::open(plant_options(data, broker));
  ASSERT_TRUE(plant) << plant.error().message.en;
  ::pause();
}

pid_t start_child(const std::string& data, const std::string& broker) {
  const std::string data_variable = "MW_TEST_DATA=" + data;
  const std::string broker_variable = "MW_TEST_BROKER=" + broker;
  char* const environment[] = {const_cast<char*>(data_variable.c_str()),
                               const_cast<char*>(broker_variable.c_str()), nullptr};
  char* const arguments[] = {const_cast<char*>("child"),
                             const_cast<char*>("--gtest_filter=MqttChild.*"),
                             const_cast<char*>("--gtest_also_run_disabled_tests"), nullptr};
  const pid_t child = ::fork();
  if (child == 0) {
    const int nowhere = ::open("/dev/null", O_WRONLY);
    ::dup2(nowhere, STDOUT_FILENO);
    ::execve("/proc/self/exe", arguments, environment);
    ::_exit(127);
  }
  return child;
}

TEST_F(MqttTest, LosesNothingThatWasAcknowledgedWhenTheIngestIsKilled) {
  constexpr int64_t kMessages = 6000;
  { (void)open_plant(); }  // makes the persistent session, so that the broker keeps what comes
  const TimeNs base_ns = SystemClock().now_ns() / kNsPerMs * kNsPerMs - kNsPerHour;
  pid_t child = start_child(data_, broker_->address());
  const auto publisher = make_publisher(broker_->address());
  for (int64_t n = 0; n < kMessages; ++n) {
    ASSERT_TRUE(publisher->publish(kTopic, payload(base_ns, n)));
    if (n % 50 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    if (n % 1500 == 1400) {
      ASSERT_EQ(::kill(child, SIGKILL), 0);
      ASSERT_EQ(::waitpid(child, nullptr, 0), child);
      child = start_child(data_, broker_->address());
    }
  }
  // Whatever the broker still holds comes now; then the last child ends as roughly as the others.
  std::this_thread::sleep_for(std::chrono::seconds(2));
  ASSERT_EQ(::kill(child, SIGKILL), 0);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);

  auto plant = open_plant();
  const TimeWindow window{base_ns, base_ns + kNsPerMinute};
  const bool complete = wait_for(
      [&] { return plant->aggregate(kAll, "m1/temperature", window)->count == kMessages; });
  plant.reset();
  if (complete) return;
  SqliteStoreOptions options;
  options.path = data_ + "/plant.db";
  options.catalogue = test_catalogue();
  std::vector<bool> there(kMessages);
  for (const Sample& sample : samples_in(*SqliteStore::open(options).value(), kTemperature)) {
    const int64_t n = (sample.ts_ns - base_ns / kNsPerMs * kNsPerMs) / kNsPerMs;
    if (n >= 0 && n < kMessages) there[static_cast<std::size_t>(n)] = true;
  }
  for (std::size_t n = 0; n < kMessages; ++n) EXPECT_TRUE(there[n]) << "lost: " << n;
}

TEST(MqttClientStart, SaysWhatIsWrongWithAnAddress) {
  mqtt::Options options;
  options.address = "carrier-pigeon://x";
  options.client_id = "x";
  const auto client = mqtt::Client::start(std::move(options));
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().param, "broker");
}

TEST(DemoSiteIntegration, ShowsALivePlantWithHistoryWithinSeconds) {
  const testing_support::TemporaryFolder folder;
  DemoOptions options;
  options.data_folder = folder.path().string();
  options.history_hours = 3;
  auto started = DemoSite::start(options);
  ASSERT_TRUE(started) << started.error().message.en;
  std::unique_ptr<DemoSite> site = std::move(*started);
  ASSERT_TRUE(wait_for([&] { return site->history_ready(); }, 60));
  const auto all_good = [&] {
    const Snapshot snapshot = site->plant().snapshot(kAll);
    int good = 0;
    for (const TagValue& value : snapshot.values) good += value.quality == Quality::kGood ? 1 : 0;
    return good + 3 >= static_cast<int>(snapshot.values.size());  // a sensor may fail just now
  };
  ASSERT_TRUE(wait_for(all_good, 20));
  for (int i = 0; i < 60; ++i) {
    const Snapshot snapshot = site->plant().snapshot(kAll);
    for (const TagValue& value : snapshot.values) {
      ASSERT_LE(value.ts_ns, snapshot.now_ns) << value.tag << " comes from the future";
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  const Plant& plant = site->plant();
  EXPECT_TRUE(plant.simulated());
  const TimeNs now_ns = plant.now_ns();
  const auto history = plant.aggregate(kAll, "cnc-2/spindle_temperature",
                                       {now_ns - 3 * kNsPerHour, now_ns - kNsPerMinute});
  ASSERT_TRUE(history);
  EXPECT_GT(history->good_share, 0.98);
  EXPECT_GT(history->count, 3600u);

  // A second start goes on where the first ended, without writing anything twice.
  site.reset();
  started = DemoSite::start(options);
  ASSERT_TRUE(started) << started.error().message.en;
  site = std::move(*started);
  ASSERT_TRUE(wait_for([&] { return site->history_ready(); }, 60));
  ASSERT_TRUE(wait_for(all_good, 20));
  EXPECT_LT(site->plant().stats().store.stored_samples, 20'000u);
}

}  // namespace
}  // namespace mw::plant
