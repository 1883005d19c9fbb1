// Looking at edge nodes over a broker that sends what the test says; real ones:
// tests/integration/plant_setup_test.py.
#include "plant/sparkplug_look.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

#include "tests/support/scripted_broker.h"
#include "tests/support/sparkplug_messages.h"

namespace mw::plant {
namespace {

using testing_support::BrokerPacket;
using testing_support::ScriptedBroker;
using testing_support::SparkplugMetricSaid;
using testing_support::SparkplugSaid;
using Reply = ScriptedBroker::Reply;
using std::chrono::milliseconds;

constexpr int kConnect = 1;
constexpr int kPublish = 3;
constexpr int kSubscribe = 8;
constexpr uint64_t kNowMs = 1'760'000'000'000;
constexpr const char* kCommand = "spBv1.0/Plant1/NCMD/Gateway1";

/// PUBLISH at quality of service 0.
std::string published(const SparkplugSaid& said) {
  const std::string payload = said.payload();
  std::string out = "\x30";
  for (std::size_t left = 2 + said.topic.size() + payload.size();; left >>= 7) {
    out += static_cast<char>((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
    if (left <= 0x7f) break;
  }
  out += {static_cast<char>(said.topic.size() >> 8), static_cast<char>(said.topic.size())};
  return out + said.topic + payload;
}

SparkplugMetricSaid metric(const std::string& name, SparkplugType type, int field) {
  SparkplugMetricSaid out;
  out.name = name;
  out.timestamp_ms = kNowMs;
  out.type = static_cast<uint64_t>(type);
  out.value_field = field;
  return out;
}

SparkplugSaid message(const std::string& topic, uint64_t seq,
                      std::vector<SparkplugMetricSaid> metrics) {
  return {"spBv1.0/" + topic, kNowMs, seq, std::move(metrics), 0, false, {}};
}

std::string births() {
  SparkplugMetricSaid oil = metric("Oil/Temperature", SparkplugType::kDouble, 13);
  oil.properties = {{"engUnit", uint64_t{12}, 0, "degC"}};
  return published(message("Plant1/NBIRTH/Gateway1", 0,
                           {metric("Node Control/Rebirth", SparkplugType::kBoolean, 14),
                            metric("bdSeq", SparkplugType::kInt64, 11)})) +
         published(message("Plant1/DBIRTH/Gateway1/Press1", 1,
                           {oil, metric("Curve", SparkplugType::kDataSet, 17)}));
}

/// An edge node whose birth was before we came: it tells a value, and is born again when asked.
ScriptedBroker::Script an_edge_node() {
  return [](const BrokerPacket& each) -> Reply {
    if (each.type() == kConnect) return {std::string("\x20\x02\x00\x00", 4)};
    if (each.type() == kPublish && each.body.find(kCommand) != std::string::npos) {
      return {births()};
    }
    if (each.type() != kSubscribe) return {};
    const auto filters = std::count(each.body.begin(), each.body.end(), '\x01');
    const std::string codes(static_cast<std::size_t>(std::max<std::ptrdiff_t>(filters, 6)), '\x01');
    std::string answer = "\x90";
    answer += static_cast<char>(2 + codes.size());
    return {answer + each.body.substr(0, 2) + codes +
            published(message("Plant1/DDATA/Gateway1/Press1", 7,
                              {metric("Oil/Temperature", SparkplugType::kDouble, 13)}))};
  };
}

Result<SparkplugSeen> look(const ScriptedBroker& broker, bool rebirth) {
  SparkplugOptions options;
  options.name = "look";
  options.broker = broker.address();
  options.host_id = "millwright";
  options.rebirth = rebirth;
  const FixedClock clock(static_cast<TimeNs>(kNowMs) * 1'000'000);
  return look_at_sparkplug(std::move(options), clock, milliseconds(1'500));
}

int commands(const ScriptedBroker& broker) {
  int count = 0;
  for (const BrokerPacket& each : broker.packets()) {
    if (each.type() == kPublish) ++count;
  }
  return count;
}

TEST(SparkplugLook, AsksWhoIsHeardOfToBeBornAndTellsWhatIsThen) {
  const ScriptedBroker broker(an_edge_node());
  const auto seen = look(broker, true);
  ASSERT_TRUE(seen) << seen.error().message.en;
  ASSERT_EQ(seen->metrics.size(), 2u);
  const auto oil = std::find_if(seen->metrics.begin(), seen->metrics.end(),
                                [](const auto& each) { return each.metric == "Oil/Temperature"; });
  ASSERT_NE(oil, seen->metrics.end());
  EXPECT_EQ(oil->group + "/" + oil->edge + "/" + oil->device, "Plant1/Gateway1/Press1");
  EXPECT_EQ(oil->type, "Double");
  EXPECT_EQ(oil->unit, "degC");
  EXPECT_TRUE(oil->readable);
  EXPECT_FALSE(seen->metrics[oil == seen->metrics.begin() ? 1 : 0].readable) << "a data set";
  EXPECT_FALSE(seen->cut);
  EXPECT_EQ(commands(broker), 1) << "one request, and no state of a host";
}

TEST(SparkplugLook, SendsNothingWhereItMayNotAsk) {
  const ScriptedBroker broker(an_edge_node());
  const auto seen = look(broker, false);
  ASSERT_TRUE(seen) << seen.error().message.en;
  EXPECT_TRUE(seen->metrics.empty());
  EXPECT_EQ(commands(broker), 0);
}

TEST(SparkplugLook, RefusesAGroupThatNoTopicCanHave) {
  SparkplugOptions options;
  options.broker = "tcp://127.0.0.1:1";
  options.groups = {"Plant/#"};
  const FixedClock clock(0);
  const auto seen = look_at_sparkplug(std::move(options), clock, milliseconds(10));
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().param, "/groups");
}

}  // namespace
}  // namespace mw::plant
