// What Sparkplug 3.0 demands of an edge node, each statement by its id. What our messages may do
// wrong by themselves is judged by the rules that we hold other edge nodes to (sparkplug_rules.h),
// and by a host. No test reads the bytes of the CONNECT packet.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "plant/internal/test_plant.h"
#include "plant/sparkplug/sparkplug_edge.h"
#include "tests/support/sparkplug_messages.h"

namespace mw::plant {
namespace {

constexpr TimeNs kStartNs = 1'760'000'000'000 * kNsPerMs;
constexpr const char* kState = "spBv1.0/STATE/scada";
constexpr const char* kNodeCommand = "spBv1.0/Plant1/NCMD/Line1";

/// An edge node and what it published.
struct Stand {
  explicit Stand(std::string primary_host = "")
      : edge({"tcp://x", "", "", "", "Plant1", "Line1", std::move(primary_host)}, catalogue) {
    edge.allow({hot, state});
  }
  void connect() {
    wills.push_back(edge.will());
    edge.connected(kStartNs);
    settle();
  }
  void settle() {
    for (SparkplugMessage& each : edge.births(kStartNs)) sent.push_back(std::move(each));
  }
  void say(TagIndex tag, double value, TimeNs ts_ns = kStartNs + 1, bool late = false) {
    say(number_at(tag, ts_ns, value), late);
  }
  void say(const Sample& sample, bool late = false) {
    const FeedItem item{sample, late};
    for (SparkplugMessage& each : edge.data({&item, 1}, kStartNs)) sent.push_back(std::move(each));
  }
  void hear_state(bool online, uint64_t ms, const char* topic = kState) {
    edge.take(topic, std::string("{\"online\":") + (online ? "true" : "false") +
                         ",\"timestamp\":" + std::to_string(ms) + "}");
  }
  void ask(const char* topic, const std::string& metric) {
    SparkplugOut out{metric, {}, 1, SparkplugType::kBoolean, true, false, true, {}, {}};
    edge.take(topic, write_sparkplug(1, std::nullopt, {&out, 1}));
  }
  std::vector<std::string> topics() const {
    std::vector<std::string> out;
    for (const SparkplugMessage& each : sent) out.push_back(each.topic);
    return out;
  }

  std::shared_ptr<const Catalogue> catalogue = test_catalogue();
  TagIndex hot = catalogue->tag("m1/temperature")->index;
  TagIndex state = catalogue->tag("m2/state")->index;
  SparkplugEdge edge;
  std::vector<SparkplugMessage> wills, sent;
};

SparkplugPayload read(const SparkplugMessage& message) {
  return read_sparkplug(message.payload).value();
}
using Topics = std::vector<std::string>;
const Topics kBirths{"spBv1.0/Plant1/NBIRTH/Line1", "spBv1.0/Plant1/DBIRTH/Line1/m1",
                     "spBv1.0/Plant1/DBIRTH/Line1/m2"};

/// A sample that says that nothing comes any more.
Sample silence(TagIndex tag, TimeNs ts_ns) {
  Sample out = number_at(tag, ts_ns, std::nan(""));
  out.quality = Quality::kBad;
  out.reason = QualityReason::kSilent;
  return out;
}

/// Births, data and deaths of a session break no rule that a host can see.
void nothing_is_wrong_with_it() {
  Stand stand;
  stand.edge.know(number_at(stand.hot, kStartNs, 20));
  stand.connect();
  for (int i = 1; i < 300; ++i) stand.say(stand.hot, i, kStartNs + i * kNsPerMs);
  stand.say(stand.hot, std::nan(""), kStartNs + kNsPerSecond);
  stand.say(silence(stand.hot, kStartNs + 2 * kNsPerSecond));
  stand.say(stand.hot, 1, kStartNs + 3 * kNsPerSecond);
  stand.sent.push_back(stand.wills[0]);
  uint64_t expected = 0;
  for (const SparkplugMessage& each : stand.sent) {
    const SparkplugTopic topic = parse_sparkplug_topic(each.topic).value();
    const SparkplugPayload payload = read(each);
    const auto faults =
        sparkplug_faults(topic.verb, payload, {each.topic, each.payload, each.qos, each.retained});
    for (const SparkplugFault& fault : faults) {
      ADD_FAILURE() << each.topic << ": " << rule_text(fault.rule).id << " " << fault.metric;
    }
    if (topic.verb == SparkplugVerb::kNodeDeath) {
      EXPECT_FALSE(payload.seq);
      continue;
    }
    EXPECT_EQ(payload.seq, expected) << each.topic;
    expected = (expected + 1) & 0xff;
  }
}

/// A host that knows nothing of us gets each value, with its time, unit and quality.
void a_host_follows_it() {
  Stand stand;
  SparkplugOptions options;
  options.name = "host";
  options.broker = "tcp://x";
  options.metrics.push_back(
      {"m1/temperature", "Plant1", "Line1", "m1", "temperature", 1, 0, "degC", {}});
  testing_support::SparkplugBench host(*stand.catalogue, options);
  host.connect();
  stand.connect();
  stand.say(stand.hot, 21.5, kStartNs + 5 * kNsPerMs);
  stand.say(stand.hot, 20.5, kStartNs - kNsPerHour, true);
  for (const SparkplugMessage& each : stand.sent) {
    host.host.take({each.topic, each.payload, each.qos, each.retained}, kStartNs, 1);
  }
  EXPECT_TRUE(host.sink.problems.empty()) << host.sink.problems[0].en;
  ASSERT_FALSE(host.sink.live.empty());
  EXPECT_EQ(std::get<double>(host.sink.live.back().value), 21.5);
  EXPECT_EQ(host.sink.live.back().ts_ns, kStartNs + 5 * kNsPerMs);
  ASSERT_EQ(host.sink.past.size(), 1u) << "what came late is historical";
  EXPECT_EQ(std::get<double>(host.sink.past[0].value), 20.5);
}

void death_is_its_will() {
  Stand stand;
  stand.connect();
  const SparkplugMessage& will = stand.wills[0];
  EXPECT_EQ(will.topic, "spBv1.0/Plant1/NDEATH/Line1");
  EXPECT_EQ(will.qos, 1);
  EXPECT_FALSE(will.retained);
  EXPECT_EQ(sparkplug_bd_seq(read(will)), sparkplug_bd_seq(read(stand.sent[0])));
}

void bd_seq_counts_connections() {
  Stand stand;
  for (uint64_t i = 0; i < 258; ++i) {
    const SparkplugMessage will = stand.edge.will();
    ASSERT_EQ(sparkplug_bd_seq(read(will)), i & 0xff);
  }
}

void says_goodbye_before_it_leaves() {
  Stand stand;
  stand.connect();
  const SparkplugMessage goodbye = stand.edge.goodbye();
  EXPECT_EQ(goodbye.topic, "spBv1.0/Plant1/NDEATH/Line1");
  EXPECT_EQ(sparkplug_bd_seq(read(goodbye)), sparkplug_bd_seq(read(stand.wills[0])));
  EXPECT_FALSE(stand.edge.ready()) << "nothing follows it";
}

void listens_for_commands() {
  const std::vector<std::string> topics = Stand().edge.subscriptions();
  EXPECT_EQ(topics, (Topics{kNodeCommand, "spBv1.0/Plant1/DCMD/Line1/+"}));
}

void is_born_once_connected() {
  Stand stand;
  stand.settle();
  EXPECT_TRUE(stand.sent.empty());
  stand.connect();
  EXPECT_EQ(stand.topics(), kBirths);
  stand.edge.disconnected();
  stand.settle();
  EXPECT_FALSE(stand.edge.ready());
  EXPECT_EQ(stand.sent.size(), kBirths.size());
}

void waits_for_its_primary_host() {
  Stand stand("scada");
  const auto topics = stand.edge.subscriptions();
  EXPECT_EQ(std::count(topics.begin(), topics.end(), kState), 1);
  stand.connect();
  EXPECT_TRUE(stand.sent.empty());
  EXPECT_NE(stand.edge.waits_for().en.find("scada"), std::string::npos);
  stand.hear_state(true, 10, "spBv1.0/STATE/other");
  stand.edge.take(kState, "online");
  stand.edge.take(kState, R"({"online":"true","timestamp":10})");
  stand.edge.take(kState, R"({"online":true})");
  stand.hear_state(false, 10);
  stand.settle();
  EXPECT_TRUE(stand.sent.empty());
  stand.hear_state(true, 9);
  stand.settle();
  EXPECT_TRUE(stand.sent.empty()) << "older than what it said last";
  stand.hear_state(true, 10);
  stand.settle();
  EXPECT_EQ(stand.topics(), kBirths);
}

void leaves_with_its_primary_host() {
  Stand stand("scada");
  stand.connect();
  stand.hear_state(true, 10);
  stand.settle();
  stand.hear_state(false, 9);
  EXPECT_FALSE(stand.edge.must_leave()) << "an old word";
  EXPECT_TRUE(stand.edge.ready());
  stand.hear_state(false, 10);
  EXPECT_TRUE(stand.edge.must_leave());
  EXPECT_EQ(stand.edge.goodbye().topic, "spBv1.0/Plant1/NDEATH/Line1");
  stand.edge.disconnected();
  stand.sent.clear();
  stand.connect();  // again, from the beginning
  EXPECT_TRUE(stand.sent.empty()) << "until it hears that the host is back";
  stand.hear_state(true, 1);
  stand.settle();
  EXPECT_EQ(stand.topics(), kBirths);
}

void is_born_again_when_asked() {
  Stand stand;
  stand.connect();
  stand.say(stand.hot, 1);
  stand.sent.clear();
  stand.ask(kNodeCommand, "Node Control/Rebirth");
  EXPECT_FALSE(stand.edge.ready()) << "no data before it";
  stand.settle();
  EXPECT_EQ(stand.topics(), kBirths);
  EXPECT_EQ(read(stand.sent[0]).seq, 0u);
  EXPECT_EQ(sparkplug_bd_seq(read(stand.sent[0])), 0u) << "of the same session";
  EXPECT_EQ(read(stand.sent[1]).metrics[0].real, 1) << "with what holds now";
  EXPECT_TRUE(stand.edge.take_refusals().empty());
}

void tells_what_changed() {
  Stand stand;
  stand.connect();
  stand.sent.clear();
  stand.say(stand.hot, 7);
  ASSERT_EQ(stand.topics(), Topics{"spBv1.0/Plant1/DDATA/Line1/m1"});
  const SparkplugPayload payload = read(stand.sent[0]);
  ASSERT_EQ(payload.metrics.size(), 1u);
  EXPECT_EQ(payload.metrics[0].real, 7);
  EXPECT_FALSE(payload.metrics[0].name) << "its alias is enough";
  stand.settle();
  EXPECT_EQ(stand.sent.size(), 1u) << "and nothing by the clock";
}

void a_machine_that_is_lost_dies() {
  Stand stand;
  stand.connect();
  stand.say(stand.hot, 5);
  stand.sent.clear();
  stand.say(silence(stand.hot, kStartNs + 10));
  ASSERT_EQ(stand.topics(),
            (Topics{"spBv1.0/Plant1/DDATA/Line1/m1", "spBv1.0/Plant1/DDEATH/Line1/m1"}));
  const SparkplugPayload death = read(stand.sent[1]);
  EXPECT_EQ(death.seq, (*read(stand.sent[0]).seq + 1) & 0xff);
  EXPECT_TRUE(death.timestamp_ms);
  EXPECT_TRUE(death.metrics.empty());
  stand.sent.clear();
  stand.say(silence(stand.state, kStartNs + 10));
  EXPECT_EQ(stand.topics().back(), "spBv1.0/Plant1/DDEATH/Line1/m2") << "each by itself";
}

struct Statement {
  const char* id;
  void (*holds)();
};

constexpr Statement kStatements[] = {
    {"tck-id-principles-rbe-recommended", &tells_what_changed},
    {"tck-id-topics-nbirth-bdseq-increment", &bd_seq_counts_connections},
    {"tck-id-topics-ndata-payload", &nothing_is_wrong_with_it},
    {"tck-id-topics-ddata-payload", &tells_what_changed},
    {"tck-id-message-flow-edge-node-ncmd-subscribe", &listens_for_commands},
    {"tck-id-message-flow-edge-node-birth-publish-connect", &is_born_once_connected},
    {"tck-id-message-flow-edge-node-birth-publish-will-message", &death_is_its_will},
    {"tck-id-message-flow-edge-node-birth-publish-will-message-qos", &death_is_its_will},
    {"tck-id-message-flow-edge-node-birth-publish-phid-wait", &waits_for_its_primary_host},
    {"tck-id-message-flow-edge-node-birth-publish-phid-wait-id", &waits_for_its_primary_host},
    {"tck-id-message-flow-edge-node-birth-publish-phid-wait-online", &waits_for_its_primary_host},
    {"tck-id-message-flow-edge-node-birth-publish-phid-wait-timestamp",
     &waits_for_its_primary_host},
    {"tck-id-message-flow-edge-node-birth-publish-phid-offline", &leaves_with_its_primary_host},
    {"tck-id-operational-behavior-edge-node-intentional-disconnect-ndeath",
     &says_goodbye_before_it_leaves},
    {"tck-id-operational-behavior-device-ddeath", &a_machine_that_is_lost_dies},
    {"tck-id-operational-behavior-edge-node-termination-host-offline",
     &leaves_with_its_primary_host},
    {"tck-id-operational-behavior-edge-node-termination-host-offline-reconnect",
     &leaves_with_its_primary_host},
    {"tck-id-operational-behavior-edge-node-termination-host-offline-timestamp",
     &leaves_with_its_primary_host},
    {"tck-id-operational-behavior-primary-application-state-with-multiple-servers-state-subs",
     &waits_for_its_primary_host},
    {"tck-id-operational-behavior-edge-node-birth-sequence-wait", &waits_for_its_primary_host},
    {"tck-id-operational-behavior-data-publish-nbirth-change", &tells_what_changed},
    {"tck-id-operational-behavior-data-publish-dbirth-change", &tells_what_changed},
    {"tck-id-operational-behavior-data-commands-rebirth-action-1", &is_born_again_when_asked},
    {"tck-id-operational-behavior-data-commands-rebirth-action-2", &is_born_again_when_asked},
    {"tck-id-payloads-dbirth-order", &is_born_once_connected},
    {"tck-id-payloads-ndata-order", &is_born_once_connected},
    {"tck-id-payloads-ddata-order", &is_born_once_connected},
    {"tck-id-payloads-ndeath-will-message", &death_is_its_will},
    {"tck-id-payloads-ndeath-will-message-qos", &death_is_its_will},
    {"tck-id-payloads-ndeath-will-message-publisher", &says_goodbye_before_it_leaves},
    {"tck-id-payloads-ndeath-will-message-publisher-disconnect-mqtt311",
     &says_goodbye_before_it_leaves},
};

class SparkplugEdgeStatement : public testing::TestWithParam<Statement> {};

TEST_P(SparkplugEdgeStatement, Holds) { GetParam().holds(); }

std::string edge_name_of(const testing::TestParamInfo<Statement>& info) {
  std::string name = info.param.id;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Edge, SparkplugEdgeStatement, testing::ValuesIn(kStatements),
                         edge_name_of);

TEST(SparkplugEdge, BreaksNoRuleThatWeHoldOthersTo) { nothing_is_wrong_with_it(); }

TEST(SparkplugEdge, IsFollowedByAHost) { a_host_follows_it(); }

TEST(SparkplugEdge, RefusesEveryCommandButARebirth) {
  Stand stand;
  stand.connect();
  stand.say(stand.hot, 5);
  stand.sent.clear();
  stand.ask("spBv1.0/Plant1/DCMD/Line1/m1", "temperature");
  stand.ask("spBv1.0/Plant1/DCMD/Line1/m1", "Node Control/Rebirth");
  stand.ask(kNodeCommand, "Node Control/Reboot");
  stand.ask(kNodeCommand, "Node Control/Reboot\nforged");
  stand.edge.take(kNodeCommand, "no payload");
  const std::vector<std::string> refusals = stand.edge.take_refusals();
  EXPECT_EQ(refusals.size(), 5u);
  for (const std::string& each : refusals) EXPECT_EQ(each.find('\n'), std::string::npos) << each;
  stand.settle();
  EXPECT_TRUE(stand.sent.empty());
  for (int i = 0; i < 1000; ++i) stand.ask(kNodeCommand, "x" + std::to_string(i));
  EXPECT_LE(stand.edge.take_refusals().size(), 100u) << "a flood fills no audit log";
}

TEST(SparkplugEdge, AMachineThatIsBackIsBornBeforeItsData) {
  Stand stand;
  stand.connect();
  stand.say(stand.hot, 5);
  stand.say(silence(stand.hot, kStartNs + 10));
  stand.sent.clear();
  stand.say(stand.hot, 6, kStartNs + 20);
  stand.say(stand.hot, 7, kStartNs + 30);
  EXPECT_EQ(stand.topics(),
            (Topics{"spBv1.0/Plant1/DBIRTH/Line1/m1", "spBv1.0/Plant1/DDATA/Line1/m1",
                    "spBv1.0/Plant1/DDATA/Line1/m1"}));
}

TEST(SparkplugEdge, AMachineThatIsLostIsNotBornWithTheNode) {
  Stand stand;
  stand.edge.know(silence(stand.hot, kStartNs));
  stand.connect();
  EXPECT_EQ(stand.topics(), (Topics{kBirths[0], kBirths[2]}));
  stand.sent.clear();
  stand.say(stand.hot, 5, kStartNs - kNsPerHour, true);
  EXPECT_EQ(stand.topics(),
            (Topics{"spBv1.0/Plant1/DBIRTH/Line1/m1", "spBv1.0/Plant1/DDATA/Line1/m1",
                    "spBv1.0/Plant1/DDEATH/Line1/m1"}))
      << "what comes late is told, and nobody takes the machine for alive";
}

TEST(SparkplugEdge, DeclaresOnlyWhatMayBeSeen) {
  Stand stand;
  stand.connect();
  stand.sent.clear();
  stand.edge.allow({stand.hot});
  EXPECT_FALSE(stand.edge.ready());
  stand.settle();
  EXPECT_EQ(stand.topics(), (Topics{kBirths[0], kBirths[1]}));
  stand.say(stand.state, 1);
  EXPECT_EQ(stand.sent.size(), 2u);
}

}  // namespace
}  // namespace mw::plant
