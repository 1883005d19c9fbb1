#include "plant/internal/plant_impl.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "core/check.h"
#include "plant/connector_check.h"
#include "plant/csv_export.h"
#include "plant/feed/feed.h"
#include "plant/folder/folder_connector.h"
#include "plant/internal/reading_check.h"
#include "plant/internal/rollup_fold.h"
#include "plant/internal/topic_table.h"
#include "plant/kafka/kafka_connector.h"
#include "plant/kafka/kafka_sink.h"
#include "plant/modbus/modbus_connector.h"
#include "plant/opcua/opcua_connector.h"
#include "plant/query.h"
#include "plant/sparkplug/sparkplug_connector.h"
#include "plant/sparkplug/sparkplug_sink.h"
#include "plant/store_options.h"

namespace mw::plant {
namespace {

constexpr int64_t kTellMs = 25;       // subscribers: a value reaches a browser within 100 ms
constexpr int64_t kWatchdogMs = 250;  // a multiple of it
// How far back the start looks for the moment at which a machine entered its present state.
constexpr int64_t kStateLookBackNs = 7 * kNsPerDay;

const Clock& clock_of(const PlantOptions& options) {
  static const SystemClock system_clock;
  return options.clock != nullptr ? *options.clock : system_clock;
}

Result<std::unique_ptr<Connector>> start_feed(const FeedOptions& options, const FeedParts& parts) {
  if (const auto* sparkplug = std::get_if<SparkplugFeed>(&options.to)) {
    std::vector<Sample> known;
    for (const TagIndex tag : tags_of_feed(options, *parts.catalogue)) {
      MW_ASSIGN(const std::optional<Sample> latest, parts.store->latest(tag));
      if (latest) known.push_back(*latest);
    }
    MW_ASSIGN(auto sink, SparkplugEdgeSink::start(*sparkplug, parts.catalogue, known, *parts.clock,
                                                  parts.log));
    return Feed::start(options, parts, "sparkplug_out",
                       sparkplug->broker + " " + sparkplug->group + "/" + sparkplug->edge,
                       std::move(sink));
  }
  const auto& kafka = std::get<KafkaFeed>(options.to);
  MW_ASSIGN(auto sink, KafkaSink::start(kafka, parts.catalogue, parts.log));
  return Feed::start(options, parts, "kafka_out", kafka.server.address + " " + kafka.topic,
                     std::move(sink));
}

}  // namespace

Result<std::unique_ptr<Plant>> Plant::open(PlantOptions options) {
  return PlantImpl::open(std::move(options));
}

Result<std::unique_ptr<Plant>> PlantImpl::open(PlantOptions options) {
  MW_CHECK(options.catalogue != nullptr);
  if (!options.log) options.log = no_log();
  MW_TRY(check_retention(options.retention));
  StoreOptions store_options;
  store_options.url = options.store_url;
  store_options.password = options.store_password;
  store_options.data_folder = options.data_folder;
  store_options.catalogue = options.catalogue;
  store_options.log = options.log;
  MW_ASSIGN(std::unique_ptr<SampleStore> store, open_store(std::move(store_options)));
  FedStore* fed = nullptr;
  if (!options.feeds.empty()) {
    auto around = std::make_unique<FedStore>(std::move(store), options.log);
    fed = around.get();
    store = std::move(around);
  }
  std::unique_ptr<PlantImpl> plant(new PlantImpl(options, clock_of(options), std::move(store)));
  MW_TRY(plant->restore());
  // Before anything can come in.
  if (fed != nullptr) MW_TRY(plant->start_feeds(options, *fed));
  plant->ticker_ = std::thread([raw = plant.get()] { raw->run(); });
  MW_TRY(check_connectors(options.connectors, options.topics, *options.catalogue));
  if (!options.broker.empty()) MW_TRY(plant->connect(options));
  MW_TRY(plant->start_connectors(options.connectors));
  plant->retention_->start();
  plant->recorder_ = std::make_unique<ConnectorRecorder>(
      *plant->store_, plant->clock_, plant->log_, [raw = plant.get()] {
        return raw->connectors({Identity::Kind::kService, "plant", {{Role::kViewer, {"*"}, {}}}});
      });
  plant->recorder_->start();
  return std::unique_ptr<Plant>(std::move(plant));
}

PlantImpl::PlantImpl(const PlantOptions& options, const Clock& clock,
                     std::unique_ptr<SampleStore> store)
    : catalogue_(options.catalogue),
      zone_(options.zone),
      clock_(clock),
      log_(options.log),
      store_(std::move(store)),
      live_(catalogue_),
      ingest_(catalogue_, *store_, live_, clock_, log_),
      opcua_folder_((std::filesystem::path(options.data_folder) / "opcua").string()),
      sparkplug_folder_((std::filesystem::path(options.data_folder) / "sparkplug").string()),
      feeds_folder_((std::filesystem::path(options.data_folder) / "feeds").string()),
      push_keys_(options.push_keys),
      tellers_(options.tellers),
      push_health_({"push", "push", "POST /api/plant/samples", {}}, *catalogue_, clock_) {
  RemovalRecord record = options.record_removal;
  if (!record) {
    record = [log = log_](const Removal& removal) -> Result<void> {
      log(LogLevel::kInfo, "plant",
          "retention removes old samples of " + std::to_string(removal.tags) + " tags");
      return {};
    };
  }
  retention_ = std::make_unique<RetentionRunner>(options.retention, catalogue_, *store_, clock_,
                                                 std::move(record), log_);
}

PlantImpl::~PlantImpl() {
  recorder_.reset();
  link_.reset();
  stop_connectors(connectors_);
  stop_connectors(feeds_);
  retention_.reset();
  {
    const std::lock_guard lock(stop_mutex_);
    stopping_ = true;
  }
  stop_wake_.notify_all();
  if (ticker_.joinable()) ticker_.join();
}

Result<void> PlantImpl::restore() {
  for (const Tag& tag : catalogue_->tags()) {
    MW_ASSIGN(std::optional<Sample> latest, store_->latest(tag.index));
    // Marks carry no value; the value they mark lies before them.
    const auto is_mark = [&] {
      return latest->quality == Quality::kBad && std::isnan(latest->value) && latest->text.empty();
    };
    for (int i = 0; latest && i < 100 && is_mark(); ++i) {
      MW_ASSIGN(latest, store_->last_before(tag.index, latest->ts_ns));
    }
    if (!latest) continue;
    TimeNs since_ns = latest->ts_ns;
    if (is_text(tag.kind)) {
      std::optional<std::string> state;
      MW_TRY(store_->scan(tag.index, {latest->ts_ns - kStateLookBackNs, latest->ts_ns + 1},
                          [&](const Sample& sample) {
                            if (sample.quality == Quality::kBad || sample.text == state)
                              return true;
                            state = sample.text;
                            since_ns = sample.ts_ns;
                            return true;
                          }));
    }
    MW_ASSIGN(const FlatLine flat, FlatLine::from_store(*store_, tag, latest->ts_ns));
    live_.restore(*latest, since_ns, clock_.now_ns(), flat);
  }
  return {};
}

Result<void> PlantImpl::connect(const PlantOptions& options) {
  BrokerStatus status;
  status.configured = true;
  status.since_ns = clock_.now_ns();
  status.address = options.broker;
  status.problem = {"not connected yet", "尚未连接"};
  live_.set_broker(status);
  link_health_ = std::make_unique<ConnectorHealth>(
      ConnectorHealth::Description{"broker", "mqtt", options.broker, {}}, *catalogue_, clock_);

  mqtt::Options mqtt;
  mqtt.address = options.broker;
  mqtt.client_id = options.client_id;
  mqtt.user = options.broker_user;
  mqtt.password = options.broker_password;
  mqtt.ca_file = options.broker_ca_file;
  mqtt.version = options.mqtt_version;
  mqtt.keep_session = true;
  MW_ASSIGN(TopicTable topics, TopicTable::make(options.topics, *catalogue_));
  mqtt.subscriptions = topics.topics();
  mqtt.subscriptions.push_back("millwright/" + catalogue_->site() + "/#");
  ingest_.follow(std::move(topics));
  mqtt.log = log_;
  mqtt.on_message = [this](const mqtt::Message& message) {
    // Returning acknowledges the message to the broker: by now it is committed, refused for good,
    // or, while the disk refuses, held in memory (ADR 0043). Errors are counted by the ingest.
    const Result<IngestOutcome> taken = ingest_.take_message(message.topic, message.payload);
    if (taken) {
      link_health_->took(*taken);
    } else {
      link_health_->refused();
      link_health_->complained(taken.error().message);
    }
  };
  mqtt.on_link = [this](const Result<void>& link) {
    set_link(link.has_value(), link ? std::string() : link.error().message.en);
  };
  MW_ASSIGN(link_, mqtt::Client::start(std::move(mqtt)));
  return {};
}

Result<void> PlantImpl::start_connectors(const std::vector<ConnectorOptions>& connectors) {
  for (const ConnectorOptions& each : connectors) {
    MW_ASSIGN(std::unique_ptr<Connector> connector, start_connector(each));
    connectors_.push_back(std::move(connector));
  }
  return {};
}

Result<void> PlantImpl::start_feeds(const PlantOptions& options, FedStore& store) {
  MW_CHECK(options.feed_host.identity_of && options.feed_host.record);
  std::vector<std::string> taken;
  for (const ConnectorOptions& each : options.connectors) {
    taken.push_back(std::visit([](const auto& one) { return one.name; }, each));
  }
  MW_TRY(check_feeds(options.feeds, *catalogue_, std::move(taken)));
  const FeedParts parts{catalogue_, &store, &clock_, log_, options.feed_host, feeds_folder_};
  for (const FeedOptions& each : options.feeds) {
    MW_ASSIGN(auto feed, start_feed(each, parts));
    feeds_.push_back(std::move(feed));
  }
  return {};
}

Result<std::unique_ptr<Connector>> PlantImpl::start_connector(const ConnectorOptions& options) {
  if (const auto* folder = std::get_if<FolderOptions>(&options)) {
    return FolderConnector::start(*folder, *catalogue_, ingest_, clock_, log_);
  }
  if (const auto* opcua = std::get_if<OpcuaOptions>(&options)) {
    OpcuaOptions placed = *opcua;
    if (placed.folder.empty()) placed.folder = opcua_folder_;
    return OpcuaConnector::start(std::move(placed), *catalogue_, ingest_, live_, clock_, log_);
  }
  if (const auto* sparkplug = std::get_if<SparkplugOptions>(&options)) {
    SparkplugOptions placed = *sparkplug;
    if (placed.folder.empty()) placed.folder = sparkplug_folder_;
    return SparkplugConnector::start(std::move(placed), *catalogue_, ingest_, live_, clock_, log_);
  }
  if (const auto* kafka = std::get_if<KafkaOptions>(&options)) {
    return KafkaConnector::start(*kafka, *catalogue_, ingest_, live_, clock_, log_);
  }
  return ModbusConnector::start(std::get<ModbusOptions>(options), *catalogue_, ingest_, live_,
                                clock_, log_);
}

void PlantImpl::set_link(bool connected, std::string problem) {
  BrokerStatus status = live_.broker();
  if (status.connected != connected) status.since_ns = clock_.now_ns();
  status.connected = connected;
  status.problem = {};
  if (!connected) {
    status.problem = {"no connection to the broker at " + status.address + ": " + problem,
                      "无法连接消息代理 " + status.address + "：" + problem};
    link_health_->failed(status.problem);
  } else {
    link_health_->connected();
  }
  live_.set_broker(std::move(status));
}

void PlantImpl::run() {
  std::unique_lock lock(stop_mutex_);
  const auto stopped = [&] { return stopping_; };
  for (int64_t round = 1; !stop_wake_.wait_for(lock, std::chrono::milliseconds(kTellMs), stopped);
       ++round) {
    lock.unlock();
    if (round % (kWatchdogMs / kTellMs) == 0) look_at_watchdogs();
    tell_subscribers();
    lock.lock();
  }
}

void PlantImpl::look_at_watchdogs() {
  const std::vector<Sample> marks = live_.tick(clock_.now_ns());
  if (marks.empty()) return;
  const Result<AppendOutcome> stored = ingest_.store_marks(marks);
  if (!stored) log_(LogLevel::kError, "plant", "marks of lost tags: " + stored.error().message.en);
}

std::shared_ptr<const Catalogue> PlantImpl::catalogue(const Identity& who) const {
  std::string key;
  for (const Line& line : catalogue_->lines()) {
    if (who.may_see_line(line.id)) key += line.id + "\n";
  }
  const std::lock_guard lock(views_mutex_);
  std::shared_ptr<const Catalogue>& view = views_[key];
  if (view == nullptr) view = Catalogue::visible_to(catalogue_, who);
  return view;
}

Snapshot PlantImpl::snapshot(const Identity& who) const {
  Snapshot snapshot = live_.snapshot(*catalogue(who), clock_.now_ns());
  snapshot.connectors = connectors(who);
  return snapshot;
}

std::vector<ConnectorStatus> PlantImpl::connectors(const Identity& who) const {
  std::vector<ConnectorStatus> out;
  const auto add = [&](const ConnectorHealth& health) {
    if (!health.visible_to(who)) return;
    ConnectorStatus status = health.status();
    const std::lock_guard lock(expiries_mutex_);
    const auto seen = expiries_.find(status.name);
    if (seen != expiries_.end()) {
      status.certificate_expires_ns =
          std::min(status.certificate_expires_ns.value_or(seen->second), seen->second);
    }
    out.push_back(std::move(status));
  };
  if (link_health_ != nullptr) add(*link_health_);
  for (const std::unique_ptr<Connector>& connector : connectors_) add(connector->health());
  for (const std::unique_ptr<Connector>& feed : feeds_) add(feed->health());
  const ConnectorStatus pushed = push_health_.status();
  if (pushed.state != ConnectorState::kConnecting) add(push_health_);
  return out;
}

Result<ConnectorHistory> PlantImpl::connector_history(const Identity& who,
                                                      std::string_view connector, TimeWindow window,
                                                      int max_points) const {
  const std::vector<ConnectorStatus> visible = connectors(who);
  const auto found = std::find_if(visible.begin(), visible.end(),
                                  [&](const auto& each) { return each.name == connector; });
  if (found == visible.end()) {
    const std::string id(connector.substr(0, 130));
    return Error::make(Code::kNotFound, "there is no connector '" + id + "'",
                       "没有连接“" + id + "”", "connector");
  }
  MW_ASSIGN(window, checked(window));
  window.start_ns = std::max(window.start_ns, clock_.now_ns() - kConnectorHistoryNs);
  MW_ASSIGN(const std::vector<ConnectorMinute> minutes, recorder_->history(found->name, window));
  return in_points(minutes, window, max_points);
}

void PlantImpl::set_certificate_expiry(std::string_view connector, TimeNs expires_ns) {
  const std::lock_guard lock(expiries_mutex_);
  expiries_.insert_or_assign(std::string(connector), expires_ns);
}

IngestStats PlantImpl::stats() const {
  IngestStats stats;
  stats.messages = ingest_.messages();
  stats.refused_messages = ingest_.refused_messages();
  stats.samples = ingest_.samples();
  stats.bad_samples = ingest_.bad_samples();
  stats.samples_per_s = ingest_.samples_per_s();
  stats.store = store_->stats();
  stats.retention = retention_->status();
  return stats;
}

}  // namespace mw::plant
