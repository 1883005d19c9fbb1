#include "plant/sparkplug_look.h"

#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "mqtt/visit_broker.h"
#include "plant/sparkplug/sparkplug_host.h"
#include "plant/sparkplug/sparkplug_topic.h"

namespace mw::plant {
namespace {

constexpr std::chrono::milliseconds kTick{100};
constexpr std::size_t kMostShown = 5'000;  // of one connection: what the console maps at most

/// A host that brings no tags: of what it hears only the births count.
class Listener final : private SparkplugSink {
 public:
  Listener(const SparkplugOptions& options, const Catalogue& nothing)
      : host_(options, nothing, *this) {}

  std::vector<std::string> subscriptions() const { return host_.subscriptions(); }

  void take(const mqtt::Message& message, TimeNs now_ns) {
    const std::lock_guard lock(mutex_);
    host_.take({message.topic, message.payload, message.qos, message.retained}, now_ns,
               steady_ns());
  }
  void connected() {
    const std::lock_guard lock(mutex_);
    host_.connected(steady_ns());
  }
  /// What is to be sent now: requests for a birth.
  std::vector<SparkplugMessage> tick(TimeNs now_ns) {
    const std::lock_guard lock(mutex_);
    host_.tick(now_ns, steady_ns());
    return std::exchange(outbox_, {});
  }
  std::vector<SparkplugUnmapped> metrics() {
    const std::lock_guard lock(mutex_);
    return host_.unmapped();
  }

 private:
  void take(std::span<const Reading>, Arrival, std::optional<int64_t>) override {}
  void came_up(std::size_t) override {}
  void waits(std::size_t) override {}
  void went_down(std::size_t, TimeNs) override {}
  void publish(SparkplugMessage message) override { outbox_.push_back(std::move(message)); }
  void complain(Text) override {}
  void note(const std::string&) override {}
  void refused() override {}

  std::mutex mutex_;  // never held while the client is called: its callbacks take it
  SparkplugHost host_;
  std::vector<SparkplugMessage> outbox_;
};

mqtt::Options mqtt_of(const SparkplugOptions& options) {
  mqtt::Options mqtt;
  mqtt.address = options.broker;
  mqtt.user = options.user;
  mqtt.password = options.password;
  mqtt.ca_file = options.ca_file;
  return mqtt;
}

}  // namespace

Result<SparkplugSeen> look_at_sparkplug(SparkplugOptions options, const Clock& clock,
                                        std::chrono::milliseconds duration) {
  for (const std::string& group : options.groups) {
    if (is_sparkplug_id(group)) continue;
    return Error::make(
        Code::kInvalidArgument,
        "groups: '" + group.substr(0, 100) + "': expected 1 to 256 bytes without '+', '/' and '#'",
        "groups：“" + group.substr(0, 100) + "”：应为 1 到 256 字节，不含“+”、“/”和“#”", "/groups");
  }
  mqtt::Options mqtt = mqtt_of(options);
  options.host_id.clear();
  options.metrics.clear();
  if (options.groups.empty()) options.groups = {"+"};
  MW_ASSIGN(const auto nothing, Catalogue::parse(R"({"site": "look"})"));
  const auto listener = std::make_shared<Listener>(options, *nothing);
  mqtt.subscriptions = listener->subscriptions();
  mqtt.on_message = [listener, &clock](const mqtt::Message& message) {
    listener->take(message, clock.now_ns());
  };
  MW_TRY(mqtt::visit_broker(std::move(mqtt), [&](mqtt::Client& client) {
    listener->connected();
    const auto until = std::chrono::steady_clock::now() + duration;
    while (std::chrono::steady_clock::now() < until) {
      for (const SparkplugMessage& each : listener->tick(clock.now_ns())) {
        // A request that is lost is asked again by the host.
        (void)client.publish(each.topic, each.payload, each.qos, each.retained);
      }
      std::this_thread::sleep_for(kTick);
    }
  }));
  SparkplugSeen out;
  std::vector<SparkplugUnmapped> metrics = listener->metrics();
  out.cut = metrics.size() > kMostShown;
  if (out.cut) metrics.resize(kMostShown);
  for (SparkplugUnmapped& each : metrics) {
    out.metrics.push_back({std::move(each.group), std::move(each.edge), std::move(each.device),
                           std::move(each.metric), std::move(each.type), std::move(each.unit),
                           each.scalar});
  }
  return out;
}

}  // namespace mw::plant
