#include "notify/mqtt_channel.h"

#include "core/sha256.h"
#include "mqtt/publish_once.h"
#include "notify/internal/message_body.h"

namespace mw::notify {
namespace {

constexpr std::size_t kMostTopicBytes = 65'535;

class MqttChannel final : public Channel {
 public:
  MqttChannel(MqttChannelOptions options, const Clock& clock)
      : options_(std::move(options)), clock_(clock) {}

  Result<void> send(const std::vector<Message>& messages, std::stop_token stop) override {
    mqtt::Options options;
    options.address = options_.broker;
    // Of the topic: a broker ends the connection of whoever has the same name, and two channels of
    // one broker have two topics.
    options.client_id = "millwright-notify-" + sha256_hex(options_.topic).substr(0, 12);
    options.user = options_.user;
    options.password = options_.password;
    options.ca_file = options_.ca_file;
    options.version = options_.version;
    return mqtt::publish_once(std::move(options), options_.topic,
                              message_body(messages, clock_.now_ns()), options_.timeout,
                              std::move(stop));
  }

 private:
  const MqttChannelOptions options_;
  const Clock& clock_;
};

Error wrong(const std::string& member, const std::string& en, const std::string& zh) {
  return Error::make(Code::kInvalidArgument, member + ": expected " + en, member + " 应为" + zh,
                     member);
}

bool is_topic(const std::string& topic) {
  return !topic.empty() && topic.size() <= kMostTopicBytes && topic.front() != '$' &&
         topic.find_first_of(std::string("+#\0", 3)) == std::string::npos;
}

}  // namespace

Result<std::unique_ptr<Channel>> make_mqtt_channel(MqttChannelOptions options, const Clock& clock) {
  const bool tls = options.broker.starts_with("ssl://");
  if (!tls && !options.broker.starts_with("tcp://")) {
    return wrong("broker", "ssl://HOST:PORT or tcp://HOST:PORT, got '" + options.broker + "'",
                 " ssl://主机:端口 或 tcp://主机:端口，实际为“" + options.broker + "”");
  }
  if (!is_topic(options.topic)) {
    return wrong("topic", "a topic to publish to, without + and #, got '" + options.topic + "'",
                 "可发布的主题（不含 + 与 #），实际为“" + options.topic + "”");
  }
  if (!options.user.empty() && !tls) {
    return wrong("broker", "ssl:// where there is a user: a password is not sent in the clear",
                 " ssl://：有用户名时不得明文发送密码");
  }
  return std::unique_ptr<Channel>(new MqttChannel(std::move(options), clock));
}

}  // namespace mw::notify
