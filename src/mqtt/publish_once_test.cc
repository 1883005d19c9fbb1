// Against a broker that does as the test says; a real one: tests/integration/notify_test.py.
#include "mqtt/publish_once.h"

#include <gtest/gtest.h>

#include <thread>

#include "core/clock.h"
#include "tests/support/scripted_broker.h"

namespace mw::mqtt {
namespace {

using testing_support::BrokerPacket;
using testing_support::ScriptedBroker;
using Reply = ScriptedBroker::Reply;
using std::chrono::milliseconds;

constexpr int kConnect = 1;
constexpr int kPublish = 3;
const std::string kTopic = "plant/alarms";

std::string packet(uint8_t head, const std::string& body) {
  return std::string{static_cast<char>(head), static_cast<char>(body.size())} + body;
}
std::string connack(int version, char code) {
  return packet(0x20, version >= 5 ? std::string{0, code, 0} : std::string{0, code});
}
/// The id stands after the topic.
std::string puback(const BrokerPacket& publish, const std::string& reason = {}) {
  return packet(0x40, publish.body.substr(2 + kTopic.size(), 2) + reason);
}

Result<void> publish(const std::string& address, int version, milliseconds timeout,
                     std::stop_token stop = {}) {
  Options options;
  options.address = address;
  options.client_id = "test";
  options.version = version;
  return publish_once(std::move(options), kTopic, "{\"hot\":true}", timeout, std::move(stop));
}

TEST(PublishOnce, ReturnsWhenTheBrokerHasTheMessage) {
  for (const int version : {4, 5}) {
    ScriptedBroker broker([&](const BrokerPacket& each) -> Reply {
      if (each.type() == kConnect) return {connack(version, 0)};
      if (each.type() == kPublish) return {puback(each)};
      return {};
    });
    const auto sent = publish(broker.address(), version, milliseconds(30'000));
    ASSERT_TRUE(sent) << sent.error().message.en;
    const BrokerPacket message = broker.packets().at(1);
    EXPECT_EQ(message.head & 0x06, 0x02) << "quality of service 1";
    EXPECT_TRUE(message.body.ends_with("{\"hot\":true}"));
  }
}

TEST(PublishOnce, SaysThatTheBrokerDoesNotHaveIt) {
  {
    Options options;
    options.address = "carrier-pigeon://127.0.0.1:1";
    options.client_id = "test";
    const auto sent = publish_once(std::move(options), kTopic, "x", milliseconds(5'000), {});
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().code, Code::kInvalidArgument);
  }
  std::string gone;
  {
    const ScriptedBroker broker([](const auto&) { return Reply{}; });
    gone = broker.address();
  }
  EXPECT_EQ(publish(gone, 4, milliseconds(20'000)).error().code, Code::kUnavailable);
  EXPECT_EQ(publish("tcp://no-such-host.invalid:1883", 4, milliseconds(20'000)).error().code,
            Code::kUnavailable);
  const ScriptedBroker silent([](const auto&) { return Reply{}; });
  EXPECT_EQ(publish(silent.address(), 5, milliseconds(1'500)).error().code, Code::kUnavailable);
  for (const auto& [version, code] : {std::pair{4, '\x05'}, {4, '\x04'}, {5, '\x87'}}) {
    const ScriptedBroker refusing(
        [version = version, code = code](const auto&) { return Reply{connack(version, code)}; });
    const auto sent = publish(refusing.address(), version, milliseconds(20'000));
    EXPECT_EQ(sent.error().code, Code::kUnauthenticated) << sent.error().message.en;
  }
}

TEST(PublishOnce, ATopicThatTheBrokerRefusesIsSaid) {
  for (const auto& [reason, code] :
       {std::pair{'\x87', Code::kUnauthenticated}, {'\x90', Code::kInvalidArgument}}) {
    const ScriptedBroker broker([reason = reason](const BrokerPacket& each) -> Reply {
      if (each.type() == kConnect) return {connack(5, 0)};
      if (each.type() == kPublish) return {puback(each, std::string{reason, 0})};
      return {};
    });
    const auto sent = publish(broker.address(), 5, milliseconds(20'000));
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().code, code) << sent.error().message.en;
  }
}

TEST(PublishOnce, WhatMayHaveArrivedIsToldApart) {
  for (const bool hang_up : {true, false}) {
    const ScriptedBroker broker([hang_up](const BrokerPacket& each) -> Reply {
      if (each.type() == kConnect) return {connack(4, 0)};
      return {{}, hang_up};
    });
    const auto sent = publish(broker.address(), 4, milliseconds(hang_up ? 20'000 : 3'000));
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().code, hang_up ? Code::kIo : Code::kDeadlineExceeded);
  }
}

TEST(PublishOnce, EndsWhenItIsAskedTo) {
  const ScriptedBroker silent([](const auto&) { return Reply{}; });
  std::stop_source stop;
  std::thread later([&] {
    std::this_thread::sleep_for(milliseconds(200));
    stop.request_stop();
  });
  const int64_t before_ns = steady_ns();
  EXPECT_EQ(publish(silent.address(), 4, milliseconds(60'000), stop.get_token()).error().code,
            Code::kCancelled);
  EXPECT_LT(steady_ns() - before_ns, 20 * kNsPerSecond);
  later.join();
}

/// Under LeakSanitizer: Paho made its trace buffer a second time when its last client went while a
/// thread of that client still ran.
TEST(PublishOnce, ClientsThatComeAndGoLeaveNothingBehind) {
  const ScriptedBroker broker([](const BrokerPacket& each) -> Reply {
    if (each.type() == kConnect) return {connack(4, 0)};
    if (each.type() == kPublish) return {puback(each)};
    return {};
  });
  for (int i = 0; i < 4; ++i) {
    std::vector<std::jthread> both;
    for (int j = 0; j < 2; ++j) {
      both.emplace_back([&] { EXPECT_TRUE(publish(broker.address(), 4, milliseconds(60'000))); });
    }
  }
}

}  // namespace
}  // namespace mw::mqtt
