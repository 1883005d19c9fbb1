#include "plant/sparkplug/sparkplug_connector.h"

#include <openssl/rand.h>

#include <array>
#include <chrono>

#include "core/file.h"
#include "core/hex.h"

namespace mw::plant {
namespace {

constexpr int kTickMs = 100;
constexpr int64_t kListEveryNs = 2 * kNsPerSecond;
constexpr std::size_t kMostOutbox = 10'000;
constexpr std::size_t kMostLogged = 500;

/// Two installations of one name must not throw each other out of the MQTT server.
Result<std::string> client_id_of(const std::string& name) {
  std::array<uint8_t, 4> random{};
  if (RAND_bytes(random.data(), random.size()) != 1) {
    return Error::make(Code::kInternal, "OpenSSL gives no random numbers",
                       "OpenSSL 无法生成随机数");
  }
  return "millwright-" + name + "-" + hex_of(random);
}

}  // namespace

Result<std::unique_ptr<Connector>> SparkplugConnector::start(SparkplugOptions options,
                                                             const Catalogue& catalogue,
                                                             Ingest& ingest, LiveTable& live,
                                                             const Clock& clock, LogSink log) {
  MW_ASSIGN(const std::vector<TagIndex> tags, check_sparkplug_options(options, catalogue));
  std::unique_ptr<SparkplugConnector> connector(new SparkplugConnector(
      std::move(options), tags, catalogue, ingest, live, clock, std::move(log)));
  MW_TRY(connector->dial());
  connector->thread_ =
      std::jthread([raw = connector.get()](const std::stop_token& stop) { raw->run(stop); });
  return std::unique_ptr<Connector>(std::move(connector));
}

SparkplugConnector::SparkplugConnector(SparkplugOptions options, const std::vector<TagIndex>& tags,
                                       const Catalogue& catalogue, Ingest& ingest, LiveTable& live,
                                       const Clock& clock, LogSink log)
    : options_(std::move(options)),
      ingest_(ingest),
      live_(live),
      clock_(clock),
      log_(std::move(log)),
      health_({options_.name, "sparkplug", options_.broker, {tags.begin(), tags.end()}}, catalogue,
              clock),
      host_(options_, catalogue, *this) {
  for (const std::vector<TagIndex>& each : host_.sources()) {
    links_.push_back(live_.add_link(each));
    live_.set_link(links_.back(), false, clock_.now_ns());  // until it is born
  }
}

Result<void> SparkplugConnector::dial() {
  mqtt::Options mqtt;
  mqtt.address = options_.broker;
  MW_ASSIGN(mqtt.client_id, client_id_of(options_.name));
  mqtt.user = options_.user;
  mqtt.password = options_.password;
  mqtt.ca_file = options_.ca_file;
  mqtt.keep_session = false;
  mqtt.subscriptions = host_.subscriptions();
  mqtt.log = log_;
  mqtt.will = [this]() -> std::optional<mqtt::Will> {
    const std::lock_guard lock(mutex_);
    std::optional<SparkplugMessage> will = host_.will(clock_.now_ns());
    if (!will) return std::nullopt;
    return mqtt::Will{std::move(will->topic), std::move(will->payload), will->qos, will->retained};
  };
  mqtt.on_message = [this](const mqtt::Message& message) { on_message(message); };
  mqtt.on_link = [this](const Result<void>& link) { on_link(link); };
  MW_ASSIGN(client_, mqtt::Client::start(std::move(mqtt)));
  return {};
}

SparkplugConnector::~SparkplugConnector() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
  std::optional<SparkplugMessage> goodbye;
  {
    const std::lock_guard lock(mutex_);
    goodbye = host_.goodbye(clock_.now_ns());
  }
  if (goodbye && client_ != nullptr) {
    const Result<void> sent =
        client_->publish(goodbye->topic, goodbye->payload, goodbye->qos, goodbye->retained);
    if (!sent) log_(LogLevel::kWarning, "plant", options_.name + ": " + sent.error().message.en);
  }
  client_.reset();
}

void SparkplugConnector::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, stop, std::chrono::milliseconds(kTickMs),
                     [&] { return !outbox_.empty(); });
      host_.tick(clock_.now_ns(), steady_ns());
    }
    send_outbox();
    list_unmapped();
  }
}

void SparkplugConnector::send_outbox() {
  std::vector<SparkplugMessage> outbox;
  {
    const std::lock_guard lock(mutex_);
    outbox.swap(outbox_);
  }
  for (const SparkplugMessage& each : outbox) {
    const Result<void> sent = client_->publish(each.topic, each.payload, each.qos, each.retained);
    if (!sent) log_(LogLevel::kWarning, "plant", options_.name + ": " + sent.error().message.en);
  }
}

void SparkplugConnector::list_unmapped() {
  std::vector<SparkplugUnmapped> metrics;
  {
    const std::lock_guard lock(mutex_);
    if (host_.births() == listed_births_ || steady_ns() - listed_ns_ < kListEveryNs) return;
    listed_births_ = host_.births();
    metrics = host_.unmapped();
  }
  listed_ns_ = steady_ns();
  const std::filesystem::path file =
      std::filesystem::path(options_.folder) / (options_.name + ".toml");
  Result<void> written = make_private_folder(options_.folder);
  if (written) written = write_file_atomically(file, sparkplug_unmapped_toml(metrics));
  if (written) return;
  health_.complained(written.error().message);
  log_(LogLevel::kWarning, "plant", options_.name + ": " + written.error().message.en);
}

void SparkplugConnector::on_message(const mqtt::Message& message) {
  const std::lock_guard lock(mutex_);
  host_.take({message.topic, message.payload, message.qos, message.retained}, clock_.now_ns(),
             steady_ns());
  if (!outbox_.empty()) wake_.notify_all();
}

void SparkplugConnector::on_link(const Result<void>& link) {
  {
    const std::lock_guard lock(mutex_);
    if (link) {
      health_.connected();
      host_.connected(steady_ns());
    } else {
      host_.disconnected();
      // Its death was ours alone: what waited to be sent is told anew.
      outbox_.clear();
      const TimeNs now_ns = clock_.now_ns();
      for (const LiveTable::LinkId each : links_) live_.set_link(each, false, now_ns);
      const Text& why = link.error().message;
      health_.failed({"no connection to the MQTT server at " + options_.broker + ": " + why.en,
                      "无法连接 MQTT 服务器 " + options_.broker + "：" + why.in(Language::kZh)});
    }
  }
  wake_.notify_all();
}

void SparkplugConnector::take(std::span<const Reading> readings, Arrival arrival,
                              std::optional<int64_t> skew_ns) {
  Result<IngestOutcome> taken = ingest_.take(readings, arrival);
  if (!taken) {
    complain(taken.error().message);
    return;
  }
  taken->skew_ns = skew_ns;
  health_.took(*taken);
}

void SparkplugConnector::came_up(std::size_t position) {
  live_.set_link(links_[position], true, clock_.now_ns());
}

void SparkplugConnector::waits(std::size_t position) {
  live_.set_link(links_[position], false, clock_.now_ns());
}

void SparkplugConnector::went_down(std::size_t position, TimeNs at_ns) {
  const std::vector<Sample> marks = live_.cut_link(links_[position], at_ns);
  if (marks.empty()) return;
  const Result<AppendOutcome> stored = ingest_.store_marks(marks);
  if (!stored) complain(stored.error().message);
}

void SparkplugConnector::publish(SparkplugMessage message) {
  if (outbox_.size() < kMostOutbox) outbox_.push_back(std::move(message));
}

void SparkplugConnector::complain(Text problem) {
  log_once_a_minute(LogLevel::kWarning, problem.en);
  health_.complained(std::move(problem));
}

void SparkplugConnector::note(const std::string& line) { log_once_a_minute(LogLevel::kInfo, line); }

void SparkplugConnector::log_once_a_minute(LogLevel level, const std::string& line) {
  const int64_t now_ns = steady_ns();
  if (logged_.size() >= kMostLogged) logged_.clear();
  const auto [place, fresh] = logged_.try_emplace(line, now_ns);
  if (!fresh && now_ns - place->second < kNsPerMinute) return;
  place->second = now_ns;
  log_(level, "plant", options_.name + ": " + line);
}

}  // namespace mw::plant
