// What Sparkplug 3.0 demands of a host application, and of what it hears, each statement by its id.
// What a message does wrong by itself: sparkplug_rules_test.cc; the CONNECT packet:
// sparkplug_test.py.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>

#include "core/json.h"
#include "plant/internal/test_plant.h"
#include "plant/sparkplug/sparkplug_connector.h"
#include "tests/support/sparkplug_messages.h"

namespace mw::plant {
namespace {

using testing_support::SparkplugBench;
using Said = testing_support::SparkplugSaid;

constexpr std::size_t kDevice = 0;  // positions of the sources, as SparkplugBench::usual() has them
constexpr std::size_t kNode = 1;

struct Stand {
  std::shared_ptr<const Catalogue> catalogue = test_catalogue();
  SparkplugBench bench{*catalogue};
  std::vector<Reading>& live = bench.sink.live;
};

double last_value(const Stand& stand) { return std::get<double>(stand.live.back().value); }
Json state_of(const SparkplugMessage& message) { return parse_json(message.payload).value(); }
int rebirths(const Stand& stand) {
  return static_cast<int>(std::count_if(
      stand.bench.sink.sent.begin(), stand.bench.sink.sent.end(),
      [](const SparkplugMessage& each) { return each.topic == "spBv1.0/Plant1/NCMD/Gateway1"; }));
}
/// Whether a message on this topic comes to nothing.
bool refuses(const std::string& topic) {
  Stand stand;
  stand.bench.connect();
  Said said = stand.bench.node_birth();
  said.topic = topic;
  stand.bench.hear(said);
  return stand.bench.sink.refusals == 1 && stand.live.empty();
}

void namespace_is_ours() {
  EXPECT_FALSE(refuses("spBv1.0/Plant1/NBIRTH/Gateway1"));
  for (const char* topic : {"spAv1.0/Plant1/NBIRTH/Gateway1", "spBv1.0/Plant1/BIRTH/Gateway1",
                            "spBv1.0/NBIRTH", "spBv1.0", "", "spBv1.0/Plant1/STATE/mw"}) {
    EXPECT_TRUE(refuses(topic)) << topic;
  }
}

void ids_have_no_reserved_characters() {
  for (const char* id : {"", "a+", "a/b", "#", "a\x01", "a\x7f"}) {
    EXPECT_FALSE(is_sparkplug_id(id)) << id;
    const std::string text = id;
    if (text.find('/') != std::string::npos) continue;
    EXPECT_TRUE(refuses("spBv1.0/" + text + "/NBIRTH/Gateway1")) << id;
    EXPECT_TRUE(refuses("spBv1.0/Plant1/NBIRTH/" + text)) << id;
    EXPECT_TRUE(refuses("spBv1.0/Plant1/DBIRTH/Gateway1/" + text)) << id;
    SparkplugOptions options = SparkplugBench::usual();
    options.metrics[0].group = text;
    EXPECT_FALSE(check_sparkplug_options(options, *test_catalogue())) << id;
  }
}

void ids_may_be_any_utf8() {
  const std::string id = "\xe4\xb8\x80\xe5\x8f\xb7 line, 1";
  EXPECT_TRUE(is_sparkplug_id(id));
  const std::string text = "spBv1.0/" + id + "/DDATA/" + id + "/" + id;
  const Result<SparkplugTopic> topic = parse_sparkplug_topic(text);
  ASSERT_TRUE(topic);
  EXPECT_TRUE(topic->group == id && topic->edge == id && topic->device == id);
}

void device_where_it_belongs() {
  EXPECT_TRUE(refuses("spBv1.0/Plant1/DDATA/Gateway1"));
  EXPECT_TRUE(refuses("spBv1.0/Plant1/DBIRTH/Gateway1"));
  EXPECT_TRUE(refuses("spBv1.0/Plant1/DDEATH/Gateway1"));
  EXPECT_TRUE(refuses("spBv1.0/Plant1/NBIRTH/Gateway1/Press1"));
  EXPECT_TRUE(refuses("spBv1.0/Plant1/NDATA/Gateway1/Press1"));
  EXPECT_TRUE(refuses("spBv1.0/Plant1/NDEATH/Gateway1/Press1"));
  EXPECT_TRUE(refuses("spBv1.0/STATE/mw/Press1"));
}

void device_of_two_nodes() {
  SparkplugOptions options = SparkplugBench::usual();
  options.metrics[1] = {"m2/temperature", "Plant1", "Gateway2", "Press1", "Oil", 1, 0, "", {}};
  const auto catalogue = test_catalogue();
  SparkplugBench bench(*catalogue, options);
  bench.connect();
  bench.bear();
  ASSERT_EQ(bench.sink.live.size(), 1u);
  EXPECT_EQ(bench.sink.live[0].tag, "m1/temperature");
  for (Said said : {bench.node_birth(), bench.device_birth()}) {
    said.topic.replace(said.topic.find("Gateway1"), 8, "Gateway2");
    bench.hear(said);
  }
  ASSERT_EQ(bench.sink.live.size(), 2u);
  EXPECT_EQ(bench.sink.live[1].tag, "m2/temperature");
}

void topics_are_heard() {
  Stand stand;
  stand.bench.connect();
  stand.bench.hear(stand.bench.node_birth());
  EXPECT_EQ(last_value(stand), 7);
  stand.bench.hear(stand.bench.device_birth());
  EXPECT_EQ(last_value(stand), 55);
  stand.bench.hear(stand.bench.data(false, 8));
  EXPECT_EQ(last_value(stand), 8);
  stand.bench.hear(stand.bench.data(true, 56));
  EXPECT_EQ(last_value(stand), 56);
}

void deaths_are_heard() {
  Stand stand;
  stand.bench.connect();
  stand.bench.bear();
  EXPECT_TRUE(stand.bench.sink.up[kDevice] && stand.bench.sink.up[kNode]);
  stand.bench.hear(stand.bench.device_death());
  EXPECT_TRUE(!stand.bench.sink.up[kDevice] && stand.bench.sink.up[kNode]);
  stand.bench.hear(stand.bench.node_death());
  EXPECT_FALSE(stand.bench.sink.up[kNode]);
}

void payload_is_protobuf() {
  for (const char* verb : {"NBIRTH/Gateway1", "NDEATH/Gateway1", "DBIRTH/Gateway1/Press1"}) {
    Stand stand;
    stand.bench.connect();
    Said said;
    said.topic = std::string("spBv1.0/Plant1/") + verb;
    said.raw = "{\"metrics\": []}";
    stand.bench.hear(said);
    EXPECT_EQ(stand.bench.sink.refusals, 1) << verb;
    EXPECT_GT(stand.bench.sink.heard("no Sparkplug B payload"), 0) << verb;
  }
}

void device_needs_node() {
  Stand stand;
  stand.bench.connect();
  stand.bench.hear(stand.bench.device_birth());
  EXPECT_TRUE(stand.live.empty());
  EXPECT_EQ(stand.bench.sink.refusals, 1);
  EXPECT_GT(stand.bench.sink.heard("came before its birth"), 0);
  stand.bench.bear();
  EXPECT_EQ(last_value(stand), 55);
}

void sequence_runs_round() {
  Stand stand;
  stand.bench.connect();
  stand.bench.bear();
  for (int i = 0; i < 600; ++i) {
    stand.bench.hear(i % 100 == 99 ? stand.bench.device_death() : stand.bench.data(false, i));
    if (i % 100 == 99) stand.bench.hear(stand.bench.device_birth());
  }
  stand.bench.pass(5000);
  EXPECT_EQ(stand.bench.sink.heard("missing"), 0);
  EXPECT_EQ(rebirths(stand), 0);
  EXPECT_EQ(stand.bench.sink.refusals, 0);
}

void death_is_matched() {
  Stand stand;
  stand.bench.connect();
  stand.bench.hear(stand.bench.node_birth(4));
  stand.bench.hear(stand.bench.node_death(3));
  EXPECT_TRUE(stand.bench.sink.up[kNode]);
  EXPECT_EQ(stand.bench.sink.heard("another session"), 1);
  stand.bench.hear(stand.bench.node_birth(4));  // asked for: the number stays
  stand.bench.hear(stand.bench.node_death(4));
  EXPECT_FALSE(stand.bench.sink.up[kNode]);
}

void timestamps_are_utc() {
  Stand stand;
  stand.bench.connect();
  Said birth = stand.bench.node_birth();
  birth.metrics[2].timestamp_ms = stand.bench.ms - 1000;
  stand.bench.ms += 200;
  stand.bench.hear(birth);
  EXPECT_EQ(stand.live.back().ts_ns, stand.bench.now_ns() - 1200 * kNsPerMs);
  EXPECT_EQ(stand.bench.sink.skew, -200 * kNsPerMs);
  Said data = stand.bench.data(false, 1);
  data.metrics[0].timestamp_ms.reset();  // then the message's
  stand.bench.hear(data);
  EXPECT_EQ(stand.live.back().ts_ns, stand.bench.now_ns());
}

void node_death_ends_all() {
  Stand stand;
  stand.bench.connect();
  stand.bench.bear();
  stand.bench.ms += 5000;
  stand.bench.hear(stand.bench.node_death());
  EXPECT_FALSE(stand.bench.sink.up[kNode] || stand.bench.sink.up[kDevice]);
  EXPECT_EQ(stand.bench.sink.down_at[kNode], stand.bench.now_ns());
  EXPECT_EQ(stand.bench.sink.down_at[kDevice], stand.bench.now_ns());
  const std::size_t count = stand.live.size();
  stand.bench.pass(60'000);
  EXPECT_EQ(stand.live.size(), count);  // nothing of it is confirmed
}

void device_death_has_its_own_time() {
  Stand stand;
  stand.bench.connect();
  stand.bench.bear();
  const Said death = stand.bench.device_death();
  const TimeNs died_ns = stand.bench.now_ns();
  stand.bench.ms += 700;
  stand.bench.hear(death);
  EXPECT_EQ(stand.bench.sink.down_at[kDevice], died_ns);
  EXPECT_TRUE(stand.bench.sink.up[kNode]);
}

void will_is_right() {
  Stand stand;
  const auto will = stand.bench.host.will(stand.bench.now_ns());
  ASSERT_TRUE(will);
  EXPECT_EQ(will->topic, "spBv1.0/STATE/mw");
  EXPECT_EQ(will->qos, 1);
  EXPECT_TRUE(will->retained);
  EXPECT_EQ(state_of(*will), (Json{{"online", false}, {"timestamp", stand.bench.ms}}));
  stand.bench.ms += 1000;  // of the next attempt
  EXPECT_EQ(state_of(*stand.bench.host.will(stand.bench.now_ns()))["timestamp"], stand.bench.ms);
}

void birth_is_right() {
  Stand stand;
  stand.bench.hear(stand.bench.data(false, 1));
  const uint64_t will_ms = stand.bench.ms;
  stand.bench.host.will(stand.bench.now_ns());
  stand.bench.ms += 300;
  EXPECT_TRUE(stand.bench.sink.sent.empty());
  stand.bench.host.connected(stand.bench.steady());
  stand.bench.pass(5000);
  ASSERT_FALSE(stand.bench.sink.sent.empty());
  const SparkplugMessage& birth = stand.bench.sink.sent[0];
  EXPECT_EQ(birth.topic, "spBv1.0/STATE/mw");
  EXPECT_EQ(birth.qos, 1);
  EXPECT_TRUE(birth.retained);
  EXPECT_EQ(state_of(birth), (Json{{"online", true}, {"timestamp", will_ms}}));
}

void subscribes_before_its_birth() {
  Stand stand;
  const std::vector<std::string> topics = stand.bench.host.subscriptions();
  EXPECT_EQ(topics, (std::vector<std::string>{
                        "spBv1.0/STATE/mw", "spBv1.0/Plant1/NBIRTH/+", "spBv1.0/Plant1/NDATA/+",
                        "spBv1.0/Plant1/NDEATH/+", "spBv1.0/Plant1/DBIRTH/+/+",
                        "spBv1.0/Plant1/DDATA/+/+", "spBv1.0/Plant1/DDEATH/+/+"}));
  // mqtt::Client says that it is connected once it is subscribed; nothing is published before.
  stand.bench.host.will(stand.bench.now_ns());
  stand.bench.pass(5000);
  EXPECT_TRUE(stand.bench.sink.sent.empty());
}

void says_otherwise() {
  Stand stand;
  const auto say = [&](const char* text) {
    Said said;
    said.topic = "spBv1.0/STATE/mw";
    said.raw = text;
    said.retained = true;
    stand.bench.hear(said);
  };
  stand.bench.connect();
  const SparkplugMessage birth = stand.bench.sink.sent[0];
  say("{\"online\": false, \"timestamp\": 9999999999999}");
  ASSERT_EQ(stand.bench.sink.sent.size(), 2u);
  EXPECT_EQ(stand.bench.sink.sent[1].topic, birth.topic);
  EXPECT_EQ(stand.bench.sink.sent[1].payload, birth.payload);
  for (const char* text : {"{\"online\": true, \"timestamp\": 1}", "OFFLINE", "[]", ""}) say(text);
  EXPECT_EQ(stand.bench.sink.sent.size(), 2u);
  stand.bench.host.goodbye(stand.bench.now_ns());
  say("{\"online\": false, \"timestamp\": 1}");  // our own
  EXPECT_EQ(stand.bench.sink.sent.size(), 2u);
}

void goodbye_has_its_own_time() {
  Stand stand;
  EXPECT_FALSE(Stand().bench.host.goodbye(1));  // never connected
  stand.bench.connect();
  stand.bench.ms += 5000;
  const auto goodbye = stand.bench.host.goodbye(stand.bench.now_ns());
  ASSERT_TRUE(goodbye);
  EXPECT_EQ(goodbye->topic, "spBv1.0/STATE/mw");
  EXPECT_EQ(goodbye->qos, 1);
  EXPECT_TRUE(goodbye->retained);
  EXPECT_EQ(state_of(*goodbye), (Json{{"online", false}, {"timestamp", stand.bench.ms}}));
}

/// One message is left out, and the next one comes.
void lose_one(Stand& stand, uint64_t lost = 1) {
  stand.bench.connect();
  stand.bench.bear();
  stand.bench.next += lost;
  stand.bench.hear(stand.bench.data(true, 99));
}

void reorder_timeout_is_configured() {
  for (const int ms : {500, 3000}) {
    SparkplugOptions options = SparkplugBench::usual();
    options.reorder_ms = ms;
    Stand stand;
    SparkplugBench bench(*stand.catalogue, options);
    bench.connect();
    bench.bear();
    ++bench.next;
    bench.hear(bench.data(true, 99));
    bench.pass(static_cast<uint64_t>(ms) - 100);
    EXPECT_EQ(bench.sink.heard("missing"), 0) << ms;
    bench.pass(200);
    EXPECT_EQ(bench.sink.heard("missing"), 1) << ms;
  }
}

void reorder_timeout_starts() {
  Stand stand;
  lose_one(stand);
  EXPECT_EQ(last_value(stand), 55);  // it waits
  stand.bench.pass(1900);
  EXPECT_EQ(rebirths(stand), 0);
}

void reorder_timeout_asks_for_rebirth() {
  Stand stand;
  lose_one(stand, 3);
  stand.bench.pass(2200);
  EXPECT_EQ(rebirths(stand), 1);
  EXPECT_EQ(stand.bench.sink.heard("3 messages are missing"), 1);
  EXPECT_EQ(last_value(stand), 99);  // what did come is kept
}

void reordered_messages_end_the_timeout() {
  Stand stand;
  stand.bench.connect();
  stand.bench.bear();
  const Said first = stand.bench.data(true, 1);
  const Said second = stand.bench.data(true, 2);
  const Said third = stand.bench.data(true, 3);
  stand.bench.hear(third);
  stand.bench.hear(second);
  EXPECT_EQ(last_value(stand), 55);
  stand.bench.hear(first);
  EXPECT_EQ(last_value(stand), 3);
  stand.bench.pass(10'000);
  EXPECT_EQ(rebirths(stand), 0);
  stand.bench.hear(stand.bench.data(true, 4));
  EXPECT_EQ(last_value(stand), 4);
  ++stand.bench.next;  // the next one out of order starts it anew
  stand.bench.hear(stand.bench.data(true, 5));
  stand.bench.pass(2200);
  EXPECT_EQ(rebirths(stand), 1);
}

void rebirth_request_is_right() {
  Stand stand;
  lose_one(stand);
  stand.bench.pass(2200);
  ASSERT_EQ(rebirths(stand), 1);
  const SparkplugMessage& sent = stand.bench.sink.sent.back();
  EXPECT_EQ(sent.topic, "spBv1.0/Plant1/NCMD/Gateway1");
  EXPECT_EQ(sent.qos, 0);
  EXPECT_FALSE(sent.retained);
  const Result<SparkplugPayload> read = read_sparkplug(sent.payload);
  ASSERT_TRUE(read);
  EXPECT_LE(*read->timestamp_ms, stand.bench.ms);
  EXPECT_GT(*read->timestamp_ms, stand.bench.ms - 1000);
  EXPECT_FALSE(read->seq);
  ASSERT_EQ(read->metrics.size(), 1u);
  EXPECT_EQ(read->metrics[0].name, "Node Control/Rebirth");
  EXPECT_FALSE(read->metrics[0].alias);
  EXPECT_EQ(read->metrics[0].kind, SparkplugValueKind::kBoolean);
  EXPECT_EQ(read->metrics[0].bits, 1u);
  EXPECT_EQ(read->metrics[0].timestamp_ms, read->timestamp_ms);
}

struct Statement {
  const char* id;
  void (*holds)();
};

const Statement kStatements[] = {
    {"tck-id-conformance-primary-host", &birth_is_right},
    {"tck-id-intro-sparkplug-host-state", &birth_is_right},
    {"tck-id-intro-group-id-string", &ids_may_be_any_utf8},
    {"tck-id-intro-group-id-chars", &ids_have_no_reserved_characters},
    {"tck-id-intro-edge-node-id-string", &ids_may_be_any_utf8},
    {"tck-id-intro-edge-node-id-chars", &ids_have_no_reserved_characters},
    {"tck-id-intro-device-id-string", &ids_may_be_any_utf8},
    {"tck-id-intro-device-id-chars", &ids_have_no_reserved_characters},
    {"tck-id-principles-birth-certificates-order", &birth_is_right},
    {"tck-id-components-ph-state", &birth_is_right},
    {"tck-id-topic-structure", &namespace_is_ours},
    {"tck-id-topic-structure-namespace-a", &namespace_is_ours},
    {"tck-id-topic-structure-namespace-valid-group-id", &ids_have_no_reserved_characters},
    {"tck-id-topic-structure-namespace-valid-edge-node-id", &ids_have_no_reserved_characters},
    {"tck-id-topic-structure-namespace-valid-device-id", &ids_have_no_reserved_characters},
    {"tck-id-topic-structure-namespace-duplicate-device-id-across-edge-node", &device_of_two_nodes},
    {"tck-id-topic-structure-namespace-device-id-associated-message-types",
     &device_where_it_belongs},
    {"tck-id-topic-structure-namespace-device-id-non-associated-message-types",
     &device_where_it_belongs},
    {"tck-id-topics-nbirth-topic", &topics_are_heard},
    {"tck-id-topics-nbirth-bdseq-matching", &death_is_matched},
    {"tck-id-topics-ndata-topic", &topics_are_heard},
    {"tck-id-topics-ndata-seq-num", &sequence_runs_round},
    {"tck-id-topics-ndeath-topic", &deaths_are_heard},
    {"tck-id-topics-ncmd-topic", &rebirth_request_is_right},
    {"tck-id-topics-ncmd-mqtt", &rebirth_request_is_right},
    {"tck-id-topics-ncmd-timestamp", &rebirth_request_is_right},
    {"tck-id-topics-ncmd-payload", &rebirth_request_is_right},
    {"tck-id-topics-dbirth-topic", &topics_are_heard},
    {"tck-id-topics-dbirth-seq", &sequence_runs_round},
    {"tck-id-topics-ddata-topic", &topics_are_heard},
    {"tck-id-topics-ddata-seq-num", &sequence_runs_round},
    {"tck-id-topics-ddeath-topic", &deaths_are_heard},
    {"tck-id-topics-ddeath-seq-num", &sequence_runs_round},
    {"tck-id-host-topic-phid-birth-message", &birth_is_right},
    {"tck-id-host-topic-phid-birth-qos", &birth_is_right},
    {"tck-id-host-topic-phid-birth-retain", &birth_is_right},
    {"tck-id-host-topic-phid-birth-topic", &birth_is_right},
    {"tck-id-host-topic-phid-birth-sub-required", &subscribes_before_its_birth},
    {"tck-id-host-topic-phid-birth-required", &birth_is_right},
    {"tck-id-host-topic-phid-birth-payload", &birth_is_right},
    {"tck-id-host-topic-phid-birth-payload-timestamp", &birth_is_right},
    {"tck-id-host-topic-phid-death-qos", &will_is_right},
    {"tck-id-host-topic-phid-death-retain", &will_is_right},
    {"tck-id-host-topic-phid-death-topic", &will_is_right},
    {"tck-id-host-topic-phid-death-required", &will_is_right},
    {"tck-id-host-topic-phid-death-payload", &will_is_right},
    {"tck-id-host-topic-phid-death-payload-timestamp-connect", &will_is_right},
    {"tck-id-host-topic-phid-death-payload-timestamp-disconnect-clean", &goodbye_has_its_own_time},
    {"tck-id-message-flow-phid-sparkplug-subscription", &subscribes_before_its_birth},
    {"tck-id-message-flow-phid-sparkplug-state-publish", &birth_is_right},
    {"tck-id-message-flow-phid-sparkplug-state-publish-payload", &birth_is_right},
    {"tck-id-message-flow-phid-sparkplug-state-publish-payload-timestamp", &birth_is_right},
    {"tck-id-message-flow-hid-sparkplug-state-message-delivered", &says_otherwise},
    {"tck-id-message-flow-edge-node-birth-publish-will-message-topic", &deaths_are_heard},
    {"tck-id-message-flow-edge-node-birth-publish-will-message-payload", &payload_is_protobuf},
    {"tck-id-message-flow-edge-node-birth-publish-nbirth-topic", &topics_are_heard},
    {"tck-id-message-flow-edge-node-birth-publish-nbirth-payload", &payload_is_protobuf},
    {"tck-id-operational-behavior-edge-node-termination-host-action-ndeath-node-offline",
     &node_death_ends_all},
    {"tck-id-operational-behavior-edge-node-termination-host-action-ndeath-node-tags-stale",
     &node_death_ends_all},
    {"tck-id-operational-behavior-edge-node-termination-host-action-ndeath-devices-offline",
     &node_death_ends_all},
    {"tck-id-operational-behavior-edge-node-termination-host-action-ndeath-devices-tags-stale",
     &node_death_ends_all},
    {"tck-id-message-flow-device-birth-publish-nbirth-wait", &device_needs_node},
    {"tck-id-message-flow-device-birth-publish-dbirth-topic", &topics_are_heard},
    {"tck-id-message-flow-device-birth-publish-dbirth-match-edge-node-topic", &device_needs_node},
    {"tck-id-message-flow-device-birth-publish-dbirth-payload", &payload_is_protobuf},
    {"tck-id-operational-behavior-edge-node-termination-host-action-ddeath-devices-offline",
     &device_death_has_its_own_time},
    {"tck-id-operational-behavior-edge-node-termination-host-action-ddeath-devices-tags-stale",
     &device_death_has_its_own_time},
    {"tck-id-operational-behavior-host-reordering-param", &reorder_timeout_is_configured},
    {"tck-id-operational-behavior-host-reordering-start", &reorder_timeout_starts},
    {"tck-id-operational-behavior-host-reordering-rebirth", &reorder_timeout_asks_for_rebirth},
    {"tck-id-operational-behavior-host-reordering-success", &reordered_messages_end_the_timeout},
    {"tck-id-operational-behavior-primary-application-state-with-multiple-servers-state",
     &birth_is_right},
    {"tck-id-operational-behavior-host-application-connect-will-topic", &will_is_right},
    {"tck-id-operational-behavior-host-application-connect-will-payload", &will_is_right},
    {"tck-id-operational-behavior-host-application-connect-birth", &birth_is_right},
    {"tck-id-operational-behavior-host-application-connect-birth-topic", &birth_is_right},
    {"tck-id-operational-behavior-host-application-connect-birth-payload", &birth_is_right},
    {"tck-id-operational-behavior-host-application-connect-birth-qos", &birth_is_right},
    {"tck-id-operational-behavior-host-application-connect-birth-retained", &birth_is_right},
    {"tck-id-operational-behavior-host-application-termination", &goodbye_has_its_own_time},
    {"tck-id-operational-behavior-host-application-death-topic", &will_is_right},
    {"tck-id-operational-behavior-host-application-death-payload", &will_is_right},
    {"tck-id-operational-behavior-host-application-death-qos", &will_is_right},
    {"tck-id-operational-behavior-host-application-death-retained", &will_is_right},
    {"tck-id-operational-behavior-data-commands-ncmd-rebirth-verb", &rebirth_request_is_right},
    {"tck-id-operational-behavior-data-commands-ncmd-rebirth-name", &rebirth_request_is_right},
    {"tck-id-operational-behavior-data-commands-ncmd-rebirth-value", &rebirth_request_is_right},
    {"tck-id-operational-behavior-data-commands-rebirth-action-3", &death_is_matched},
    {"tck-id-operational-behavior-data-commands-ncmd-verb", &rebirth_request_is_right},
    {"tck-id-operational-behavior-data-commands-ncmd-metric-name", &rebirth_request_is_right},
    {"tck-id-operational-behavior-data-commands-ncmd-metric-value", &rebirth_request_is_right},
    {"tck-id-payloads-timestamp-in-UTC", &timestamps_are_utc},
    {"tck-id-payloads-sequence-num-incrementing", &sequence_runs_round},
    {"tck-id-payloads-name-cmd-requirement", &rebirth_request_is_right},
    {"tck-id-payloads-metric-timestamp-in-UTC", &timestamps_are_utc},
    {"tck-id-payloads-nbirth-bdseq-repeat", &death_is_matched},
    {"tck-id-payloads-dbirth-seq-inc", &sequence_runs_round},
    {"tck-id-payloads-ndata-seq-inc", &sequence_runs_round},
    {"tck-id-payloads-ddata-seq-inc", &sequence_runs_round},
    {"tck-id-payloads-ncmd-timestamp", &rebirth_request_is_right},
    {"tck-id-payloads-ncmd-seq", &rebirth_request_is_right},
    {"tck-id-payloads-ncmd-qos", &rebirth_request_is_right},
    {"tck-id-payloads-ncmd-retain", &rebirth_request_is_right},
    {"tck-id-payloads-ndeath-bdseq", &death_is_matched},
    {"tck-id-payloads-ddeath-seq-inc", &sequence_runs_round},
    {"tck-id-payloads-state-will-message-payload", &will_is_right},
    {"tck-id-payloads-state-subscribe", &subscribes_before_its_birth},
    {"tck-id-payloads-state-birth", &birth_is_right},
    {"tck-id-payloads-state-birth-payload", &birth_is_right},
};

class SparkplugHostStatement : public testing::TestWithParam<Statement> {};

TEST_P(SparkplugHostStatement, Holds) { GetParam().holds(); }

std::string name_of(const testing::TestParamInfo<Statement>& info) {
  std::string name = info.param.id;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Host, SparkplugHostStatement, testing::ValuesIn(kStatements), name_of);

}  // namespace
}  // namespace mw::plant
