// Records of Kafka topics as samples, over librdkafka's brokers in memory: what was stored moves
// the position, what was not does not.
#include "plant/kafka/kafka_connector.h"

#include <gtest/gtest.h>

#include <functional>

#include "kafka/kafka_producer.h"
#include "kafka/mock_kafka.h"
#include "plant/internal/reference_store.h"
#include "plant/internal/test_plant.h"
#include "plant/plant.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

constexpr const char* kTopic = "plant.samples";

/// A store that can be made to refuse.
class StubbornStore final : public SampleStore {
 public:
  Result<AppendOutcome> append(std::span<const Sample> samples) override {
    const std::lock_guard lock(mutex_);
    ++appends_;
    if (dropping_) {
      return Error::make(Code::kResourceExhausted, "the buffer is full", "缓冲区已满");
    }
    MW_TRY(inside_.append(samples));
    return buffering_ ? AppendOutcome::kBuffered : AppendOutcome::kCommitted;
  }
  Result<std::optional<Sample>> latest(TagIndex tag) const override { return inside_.latest(tag); }
  Result<std::optional<Sample>> last_before(TagIndex tag, TimeNs ts_ns) const override {
    return inside_.last_before(tag, ts_ns);
  }
  Result<void> scan(TagIndex tag, TimeWindow window, const Visitor& visit) const override {
    const std::lock_guard lock(mutex_);
    return inside_.scan(tag, window, visit);
  }
  Result<void> pieces(TagIndex tag, TimeWindow window, int64_t widest_ns, PieceUse use,
                      const Visitor& on_sample, const RollupVisitor& on_rollup) const override {
    return inside_.pieces(tag, window, widest_ns, use, on_sample, on_rollup);
  }
  KeptFrom kept_from(TagIndex) const override { return {}; }
  Result<ThinStep> thin(TagIndex, const KeptFrom&) override { return ThinStep{0, true}; }
  Result<void> put_records(std::span<const PlantRecord> records) override {
    return inside_.put_records(records);
  }
  Result<std::vector<PlantRecord>> records(std::string_view kind, std::string_view place,
                                           TimeWindow window, std::size_t most) const override {
    return inside_.records(kind, place, window, most);
  }
  Result<void> drop_records(std::string_view kind, TimeNs before_ns) override {
    return inside_.drop_records(kind, before_ns);
  }
  StoreStats stats() const override {
    const std::lock_guard lock(mutex_);
    StoreStats stats;
    if (refusing_) stats.problem = Text{"the disk is full", "磁盘已满"};
    return stats;
  }

  void refuse(bool refusing, bool buffering, bool dropping) {
    const std::lock_guard lock(mutex_);
    refusing_ = refusing;
    buffering_ = buffering;
    dropping_ = dropping;
  }
  int appends() const {
    const std::lock_guard lock(mutex_);
    return appends_;
  }

 private:
  mutable std::mutex mutex_;
  ReferenceStore inside_;
  bool refusing_ = false, buffering_ = false, dropping_ = false;
  int appends_ = 0;
};

class KafkaConnectorTest : public testing::Test {
 protected:
  KafkaConnectorTest() {
    kafka_.make_topic(kTopic, 2);
    kafka_.make_topic("oven", 1);
    options_.name = "bus";
    options_.server = kafka_.server();
    options_.samples = {kTopic};
    KafkaValue hot;
    hot.topic = "oven";
    hot.tag = "m1/temperature";
    hot.value = "/t";
    options_.topics = {hot};
  }
  void connect() {
    connector_ =
        KafkaConnector::start(options_, *catalogue_, ingest_, live_, clock_, no_log()).value();
  }
  void send(const std::string& topic, const std::string& payload, int64_t ts_ms = 0) {
    auto producer = kafka::Producer::start({kafka_.server()});
    const std::vector<kafka::Outgoing> records{{"m1", payload, ts_ms}};
    ASSERT_TRUE(producer && (*producer)->send(topic, records, {}));
  }
  void send_part(int n) {
    send(kTopic, R"({"tag": "parts", "ts": )" + std::to_string(1'700'000'000'000 + n * 1000) +
                     R"(, "value": )" + std::to_string(n) + "}");
  }
  static bool wait_for(const std::function<bool()>& condition) {
    for (int i = 0; i < 4500 && !condition(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return condition();
  }
  std::size_t stored(const char* tag) {
    return samples_in(store_, catalogue_->tag(tag)->index).size();
  }
  ConnectorStatus status() { return connector_->health().status(); }
  TagValue value(const char* tag) { return live_.value(*catalogue_->tag(tag), clock_.now_ns()); }

  kafka::MockKafka kafka_;
  const SystemClock clock_;
  const std::shared_ptr<const Catalogue> catalogue_ = test_catalogue();
  StubbornStore store_;
  LiveTable live_{catalogue_};
  Ingest ingest_{catalogue_, store_, live_, clock_, no_log()};
  KafkaOptions options_;
  std::unique_ptr<Connector> connector_;
};

TEST_F(KafkaConnectorTest, StoresWhatTopicsHeldBeforeAndWhatComes) {
  send_part(1);
  connect();
  ASSERT_TRUE(wait_for([&] { return stored("m1/parts") == 1; }));
  send("oven", R"({"t": 180.5})");
  ASSERT_TRUE(wait_for([&] { return stored("m1/temperature") == 1; }));
  EXPECT_EQ(value("m1/temperature").value, 180.5);
  EXPECT_EQ(value("m1/temperature").quality, Quality::kGood);
  EXPECT_EQ(value("m1/parts").ts_ns, 1'700'000'001'000 * kNsPerMs);
  ASSERT_TRUE(wait_for([&] { return status().state == ConnectorState::kConnected; }));
  EXPECT_EQ(status().kind, "kafka");
  EXPECT_EQ(status().samples, 2u);
  EXPECT_EQ(status().refused, 0u);
}

TEST_F(KafkaConnectorTest, ReadsAgainWhatWasNotOnDiskWhenItEnded) {
  store_.refuse(false, true, false);
  send_part(1);
  connect();
  ASSERT_TRUE(wait_for([&] { return store_.appends() > 0; }));
  connector_.reset();  // as a killed process: its position was not noted
  store_.refuse(false, false, false);
  const int before = store_.appends();
  connect();
  ASSERT_TRUE(wait_for([&] { return store_.appends() > before; })) << "the record came again";
  EXPECT_EQ(stored("m1/parts"), 1u) << "and is the same sample";
  connector_.reset();
  const int after = store_.appends();
  connect();
  send_part(2);
  ASSERT_TRUE(wait_for([&] { return stored("m1/parts") == 2; }));
  EXPECT_EQ(store_.appends(), after + 1) << "what is on disk is not read again";
}

TEST_F(KafkaConnectorTest, LeavesRecordsWithTheBrokersWhileTheStoreRefuses) {
  connect();
  ASSERT_TRUE(wait_for([&] { return status().state == ConnectorState::kConnected; }));
  store_.refuse(true, true, true);
  for (int i = 0; i < 5; ++i) send_part(i);
  ASSERT_TRUE(wait_for([&] { return status().problem_ns != 0; }));
  EXPECT_EQ(stored("m1/parts"), 0u);
  store_.refuse(false, false, false);
  ASSERT_TRUE(wait_for([&] { return stored("m1/parts") == 5; }));
}

TEST_F(KafkaConnectorTest, MarksItsTagsWhenTheBrokersAreGoneAndGoesOnWhenTheyAreBack) {
  connect();
  send("oven", R"({"t": 20})");
  ASSERT_TRUE(wait_for([&] { return value("m1/temperature").quality == Quality::kGood; }));
  ASSERT_TRUE(wait_for([&] { return status().state == ConnectorState::kConnected; }));
  kafka_.set_down(true);
  ASSERT_TRUE(wait_for([&] {
    live_.tick(clock_.now_ns());
    return value("m1/temperature").quality == Quality::kBad;
  }));
  EXPECT_EQ(value("m1/temperature").reason, QualityReason::kNoCommunication);
  EXPECT_EQ(status().state, ConnectorState::kFailed);
  EXPECT_NE(status().problem.en.find("no connection to Kafka"), std::string::npos);
  kafka_.set_down(false);
  send("oven", R"({"t": 21})");
  ASSERT_TRUE(wait_for([&] { return value("m1/temperature").quality == Quality::kGood; }));
  EXPECT_EQ(value("m1/temperature").value, 21);
}

TEST_F(KafkaConnectorTest, CountsWhatItCannotReadAndGoesOn) {
  send(kTopic, "nonsense");
  send(kTopic, R"({"tag": "m9/unknown", "value": 1})");
  send_part(1);
  connect();
  ASSERT_TRUE(wait_for([&] { return stored("m1/parts") == 1; }));
  ASSERT_TRUE(wait_for([&] { return status().refused == 2; }));
  EXPECT_NE(status().problem.en.find(kTopic), std::string::npos) << status().problem.en;
}

TEST(KafkaPlant, TakesAKafkaConnectorAndRefusesOneThatDoesNotFit) {
  kafka::MockKafka kafka;
  kafka.make_topic(kTopic, 1);
  testing_support::TemporaryFolder folder;
  KafkaOptions each;
  each.name = "bus";
  each.server = kafka.server();
  each.samples = {kTopic};
  PlantOptions options;
  options.data_folder = folder.path().string();
  options.catalogue = test_catalogue();
  options.connectors = {each};
  const auto plant = Plant::open(options);
  ASSERT_TRUE(plant) << plant.error().message.en;
  const Snapshot seen = (*plant)->snapshot(Identity::local_viewer());
  ASSERT_EQ(seen.connectors.size(), 1u);
  EXPECT_EQ(seen.connectors[0].backlog, 0u);
  Identity one_line{Identity::Kind::kPerson, "li", {{Role::kViewer, {"a"}, {}}}};
  EXPECT_TRUE((*plant)->snapshot(one_line).connectors.empty()) << "it may bring tags of any line";

  KafkaValue twice;
  twice.topic = "oven";
  twice.tag = "m3/none";
  each.topics = {twice};
  options.connectors = {each};
  options.data_folder += "/other";
  const auto refused = Plant::open(options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().param, "connector[0].topic[0].tag");
}

}  // namespace
}  // namespace mw::plant
