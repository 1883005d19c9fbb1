#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/log.h"
#include "mqtt/mqtt_client.h"
#include "plant/internal/connector_health.h"
#include "plant/internal/live_table.h"
#include "plant/sparkplug/sparkplug_host.h"

namespace mw::plant {

/// What of `options` does not fit the plant or Sparkplug: a tag that the plant does not have,
/// another unit than the tag's, states it does not know, a tag twice, names that no topic can have.
Result<std::vector<TagIndex>> check_sparkplug_options(const SparkplugOptions& options,
                                                      const Catalogue& catalogue);

/// "[[connector.metric]]" for each, to be given a tag and pasted into a configuration.
std::string sparkplug_unmapped_toml(const std::vector<SparkplugUnmapped>& metrics);

/// A SparkplugHost over one MQTT server, for as long as it lives. What was seen and is no tag is
/// listed in SparkplugOptions::folder, NAME.toml.
///
/// Threads  one of its own, for what is due at a time; messages come on the library's.
class SparkplugConnector final : public Connector, private SparkplugSink {
 public:
  static Result<std::unique_ptr<Connector>> start(SparkplugOptions options,
                                                  const Catalogue& catalogue, Ingest& ingest,
                                                  LiveTable& live, const Clock& clock, LogSink log);
  /// Publishes the death certificate, and waits for it to be sent.
  ~SparkplugConnector() override;
  const ConnectorHealth& health() const override { return health_; }
  void request_stop() override { thread_.request_stop(); }

 private:
  SparkplugConnector(SparkplugOptions options, const std::vector<TagIndex>& tags,
                     const Catalogue& catalogue, Ingest& ingest, LiveTable& live,
                     const Clock& clock, LogSink log);
  Result<void> dial();
  void run(const std::stop_token& stop);
  void on_message(const mqtt::Message& message);
  void on_link(const Result<void>& link);
  void send_outbox();
  void list_unmapped();
  /// An edge node that sends nonsense does so with each message.
  void log_once_a_minute(LogLevel level, const std::string& line);

  // SparkplugSink, with mutex_ held.
  void take(std::span<const Reading> readings, Arrival arrival,
            std::optional<int64_t> skew_ns) override;
  void came_up(std::size_t position) override;
  void waits(std::size_t position) override;
  void went_down(std::size_t position, TimeNs at_ns) override;
  void publish(SparkplugMessage message) override;
  void complain(Text problem) override;
  void note(const std::string& line) override;
  void refused() override { health_.refused(); }

  const SparkplugOptions options_;
  Ingest& ingest_;
  LiveTable& live_;
  const Clock& clock_;
  const LogSink log_;
  ConnectorHealth health_;
  std::mutex mutex_;  // never held while the client is called: its callbacks take it
  std::condition_variable_any wake_;
  SparkplugHost host_;
  std::vector<LiveTable::LinkId> links_;  // as host_.sources()
  std::vector<SparkplugMessage> outbox_;
  std::map<std::string, int64_t> logged_;  // when; steady
  uint64_t listed_births_ = 0;
  int64_t listed_ns_ = 0;  // steady
  std::unique_ptr<mqtt::Client> client_;
  std::jthread thread_;
};

}  // namespace mw::plant
