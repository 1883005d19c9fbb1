#include "plant/sparkplug/sparkplug_sink.h"

#include <chrono>

namespace mw::plant {
namespace {

constexpr std::chrono::milliseconds kLook{50};
constexpr std::chrono::seconds kConfirm{10};

Error not_there(const Text& why) {
  return Error::make(Code::kUnavailable, why.en, why.in(Language::kZh));
}

}  // namespace

/// What became of one mark; shared with a callback that may come after we have gone.
struct SparkplugEdgeSink::Mark {
  std::mutex mutex;
  std::condition_variable wake;
  std::optional<Result<void>> result;
};

Result<std::unique_ptr<FeedSink>> SparkplugEdgeSink::start(
    SparkplugFeed options, std::shared_ptr<const Catalogue> catalogue,
    const std::vector<Sample>& known, const Clock& clock, LogSink log) {
  std::unique_ptr<SparkplugEdgeSink> sink(
      new SparkplugEdgeSink(std::move(options), std::move(catalogue), clock, std::move(log)));
  for (const Sample& each : known) sink->edge_.know(each);
  MW_TRY(sink->dial());
  return std::unique_ptr<FeedSink>(std::move(sink));
}

SparkplugEdgeSink::SparkplugEdgeSink(SparkplugFeed options,
                                     std::shared_ptr<const Catalogue> catalogue, const Clock& clock,
                                     LogSink log)
    : options_(std::move(options)),
      clock_(clock),
      log_(std::move(log)),
      edge_(options_, std::move(catalogue)) {}

SparkplugEdgeSink::~SparkplugEdgeSink() { leave(); }

Result<void> SparkplugEdgeSink::dial() {
  mqtt::Options mqtt;
  mqtt.address = options_.broker;
  mqtt.client_id = "millwright-" + options_.group + "-" + options_.edge;
  mqtt.user = options_.user;
  mqtt.password = options_.password;
  mqtt.ca_file = options_.ca_file;
  mqtt.keep_session = false;
  mqtt.subscriptions = edge_.subscriptions();
  mqtt.log = log_;
  mqtt.will = [this]() -> std::optional<mqtt::Will> {
    const std::lock_guard lock(mutex_);
    SparkplugMessage will = edge_.will();
    return mqtt::Will{std::move(will.topic), std::move(will.payload), will.qos, will.retained};
  };
  mqtt.on_message = [this](const mqtt::Message& message) {
    const std::lock_guard lock(mutex_);
    edge_.take(message.topic, message.payload);
    wake_.notify_all();
  };
  mqtt.on_link = [this](const Result<void>& link) {
    const std::lock_guard lock(mutex_);
    problem_ = {};
    if (link) {
      edge_.connected(clock_.now_ns());
    } else {
      edge_.disconnected();
      ++links_;
      const Text& why = link.error().message;
      problem_ = {"no connection to the MQTT server at " + options_.broker + ": " + why.en,
                  "无法连接 MQTT 服务器 " + options_.broker + "：" + why.in(Language::kZh)};
    }
    wake_.notify_all();
  };
  MW_ASSIGN(client_, mqtt::Client::start(std::move(mqtt)));
  return {};
}

void SparkplugEdgeSink::leave() {
  if (client_ == nullptr) return;
  std::optional<SparkplugMessage> goodbye;
  {
    const std::lock_guard lock(mutex_);
    if (edge_.ready() || edge_.must_leave()) goodbye = edge_.goodbye();
  }
  if (goodbye) {
    const Result<void> sent = publish({*goodbye});
    if (!sent) log_(LogLevel::kWarning, "plant", sent.error().message.en);
  }
  client_.reset();
  const std::lock_guard lock(mutex_);
  edge_.disconnected();
  ++links_;
}

Result<void> SparkplugEdgeSink::publish(const std::vector<SparkplugMessage>& messages) {
  for (const SparkplugMessage& each : messages) {
    MW_TRY(client_->publish(each.topic, each.payload, each.qos, each.retained));
  }
  return {};
}

Result<void> SparkplugEdgeSink::keep() {
  if (client_ == nullptr) return dial();  // which failed before
  bool leaving = false;
  std::vector<SparkplugMessage> births;
  {
    const std::lock_guard lock(mutex_);
    leaving = edge_.must_leave();
    if (!leaving) births = edge_.births(clock_.now_ns());
  }
  if (leaving) {
    leave();
    return dial();
  }
  return publish(births);
}

Result<void> SparkplugEdgeSink::send(std::span<const FeedItem> items, const std::stop_token& stop,
                                     const std::function<void()>& meanwhile) {
  while (!stop.stop_requested()) {
    MW_TRY(keep());
    std::vector<SparkplugMessage> data;
    uint64_t links = 0;
    bool ready = false;
    {
      std::unique_lock lock(mutex_);
      ready = edge_.ready() && !edge_.must_leave();
      links = links_;
      if (ready) {
        data = edge_.data(items, clock_.now_ns());
      } else {
        wake_.wait_for(lock, kLook);
      }
    }
    meanwhile();
    if (!ready) continue;
    MW_TRY(publish(data));
    MW_TRY(confirm(stop));
    const std::lock_guard lock(mutex_);
    if (links == links_) return {};
    return not_there({"the link was lost before all was confirmed", "全部确认之前连接已断开"});
  }
  return Error::make(Code::kCancelled, "stopped before all was confirmed", "全部确认之前已停止");
}

Result<void> SparkplugEdgeSink::confirm(const std::stop_token& stop) {
  const auto mark = std::make_shared<Mark>();
  MW_TRY(client_->publish("millwright/" + options_.group + "/" + options_.edge + "/mark", "",
                          [mark](Result<void> result) {
                            const std::lock_guard lock(mark->mutex);
                            mark->result = std::move(result);
                            mark->wake.notify_all();
                          }));
  std::unique_lock lock(mark->mutex);
  const auto end = std::chrono::steady_clock::now() + kConfirm;
  while (!mark->result && !stop.stop_requested() && std::chrono::steady_clock::now() < end) {
    mark->wake.wait_for(lock, kLook);
  }
  if (mark->result) return *mark->result;
  return not_there({"the MQTT server does not confirm", "MQTT 服务器没有确认"});
}

void SparkplugEdgeSink::idle(int wait_ms) {
  const Result<void> kept = keep();
  if (!kept) log_(LogLevel::kWarning, "plant", kept.error().message.en);
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, std::chrono::milliseconds(wait_ms));
}

FeedSink::Link SparkplugEdgeSink::link() const {
  const std::lock_guard lock(mutex_);
  if (edge_.ready()) return {true, {}};
  if (!problem_.en.empty()) return {false, problem_};
  const Text waits = edge_.waits_for();
  return {waits.en.empty(), waits};
}

void SparkplugEdgeSink::allow(const std::set<TagIndex>& tags) {
  const std::lock_guard lock(mutex_);
  edge_.allow(tags);
}

std::vector<std::string> SparkplugEdgeSink::take_refusals() {
  const std::lock_guard lock(mutex_);
  return edge_.take_refusals();
}

}  // namespace mw::plant
