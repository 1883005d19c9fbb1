// Against a broker that does as the test says; a real one: tests/integration/notify_test.py.
#include "notify/mqtt_channel.h"

#include <gtest/gtest.h>

#include "tests/support/scripted_broker.h"

namespace mw::notify {
namespace {

using testing_support::BrokerPacket;
using testing_support::ScriptedBroker;

const FixedClock kClock(1'760'000'000'123 * kNsPerMs);

MqttChannelOptions options(const std::string& broker, const std::string& topic = "plant/alarms") {
  MqttChannelOptions out;
  out.broker = broker;
  out.topic = topic;
  out.version = 4;
  return out;
}

TEST(MqttChannel, PublishesAllThatWaitAsOneMessage) {
  ScriptedBroker broker([](const BrokerPacket& each) -> ScriptedBroker::Reply {
    if (each.type() == 1) return {std::string("\x20\x02\x00\x00", 4)};
    if (each.type() == 3) return {std::string("\x40\x02", 2) + each.body.substr(2 + 12, 2)};
    return {};
  });
  auto channel = make_mqtt_channel(options(broker.address()), kClock);
  ASSERT_TRUE(channel);
  const auto sent =
      (*channel)->send({{"k1", "one", "text", {{"alarm", "a1"}}}, {"k2", "two", "t", {}}}, {});
  ASSERT_TRUE(sent) << sent.error().message.en;
  int messages = 0;
  for (const BrokerPacket& each : broker.packets()) {
    if (each.type() != 3) continue;
    ++messages;
    EXPECT_EQ(each.body.substr(2, 12), "plant/alarms");
    EXPECT_EQ(each.body.substr(2 + 12 + 2),
              R"({"sent_ms":1760000000123,"messages":[{"key":"k1","subject":"one","text":"text",)"
              R"("alarm":"a1"},{"key":"k2","subject":"two","text":"t"}]})");
  }
  EXPECT_EQ(messages, 1);
}

TEST(MqttChannel, IsRefusedWhereItCouldNotWork) {
  const auto member = [](const MqttChannelOptions& each) {
    const auto made = make_mqtt_channel(each, kClock);
    return made ? std::string("made") : made.error().param;
  };
  EXPECT_EQ(member(options("tcp://127.0.0.1:1")), "made");
  for (const char* broker : {"", "127.0.0.1:1883", "mqtt://x", "http://x/", "file:///etc/passwd"}) {
    EXPECT_EQ(member(options(broker)), "broker") << broker;
  }
  for (const std::string& topic :
       {std::string(), std::string("a/#"), std::string("a/+/b"), std::string("$SYS/x"),
        std::string("a\0b", 3), std::string(65'536, 'a')}) {
    EXPECT_EQ(member(options("tcp://127.0.0.1:1", topic)), "topic") << topic.substr(0, 9);
  }
  MqttChannelOptions secret = options("tcp://127.0.0.1:1");
  secret.user = "plant";
  EXPECT_EQ(member(secret), "broker") << "a password is not sent in the clear";
  secret.broker = "ssl://127.0.0.1:1";
  EXPECT_EQ(member(secret), "made");
}

}  // namespace
}  // namespace mw::notify
