// Against a broker that sends what the test says; a real one:
// tests/integration/plant_setup_test.py.
#include "mqtt/listen_for.h"

#include <gtest/gtest.h>

#include "tests/support/scripted_broker.h"

namespace mw::mqtt {
namespace {

using testing_support::BrokerPacket;
using testing_support::ScriptedBroker;
using Reply = ScriptedBroker::Reply;
using std::chrono::milliseconds;

constexpr int kConnect = 1;
constexpr int kSubscribe = 8;

/// PUBLISH at quality of service 0.
std::string message(const std::string& topic, const std::string& payload) {
  const std::size_t size = 2 + topic.size() + payload.size();
  std::string out = "\x30";
  for (std::size_t left = size;; left >>= 7) {
    out += static_cast<char>((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
    if (left <= 0x7f) break;
  }
  out += {static_cast<char>(topic.size() >> 8), static_cast<char>(topic.size())};
  return out + topic + payload;
}

ScriptedBroker::Script sends(const std::string& messages) {
  return [messages](const BrokerPacket& each) -> Reply {
    if (each.type() == kConnect) return {std::string("\x20\x02\x00\x00", 4)};
    if (each.type() != kSubscribe) return {};
    return {std::string("\x90\x03", 2) + each.body.substr(0, 2) + "\x01" + messages};
  };
}

Result<Heard> listen(const ScriptedBroker& broker, milliseconds duration) {
  Options options;
  options.address = broker.address();
  return listen_for(std::move(options), duration);
}

TEST(ListenFor, KeepsTheNewestOfEachTopicShortened) {
  const ScriptedBroker broker(sends(message("b", "1") + message("a", std::string(5'000, 'x')) +
                                    message("b", "2") + message("b", "")));
  const auto heard = listen(broker, milliseconds(1'500));
  ASSERT_TRUE(heard) << heard.error().message.en;
  ASSERT_EQ(heard->topics.size(), 2u);
  EXPECT_EQ(heard->topics[0].topic, "a");
  EXPECT_EQ(heard->topics[0].payload, std::string(2'048, 'x'));
  EXPECT_EQ(heard->topics[1].messages, 3u);
  EXPECT_EQ(heard->topics[1].payload, "");
  EXPECT_FALSE(heard->cut);
}

TEST(ListenFor, TakesNoMoreThanAThousandTopicsAndSaysSo) {
  std::string messages;
  for (int i = 0; i < 1'001; ++i) messages += message("t" + std::to_string(i), "1");
  const ScriptedBroker broker(sends(messages));
  const auto heard = listen(broker, milliseconds(3'000));
  ASSERT_TRUE(heard) << heard.error().message.en;
  EXPECT_EQ(heard->topics.size(), 1'000u);
  EXPECT_TRUE(heard->cut);
}

TEST(ListenFor, SaysWhyThereIsNoConnection) {
  const ScriptedBroker refusing(
      [](const BrokerPacket&) { return Reply{std::string("\x20\x02\x00\x05", 4)}; });
  EXPECT_EQ(listen(refusing, milliseconds(100)).error().code, Code::kUnauthenticated);
}

}  // namespace
}  // namespace mw::mqtt
