#pragma once

#include <memory>
#include <thread>
#include <vector>

#include "core/log.h"
#include "kafka/kafka_consumer.h"
#include "plant/internal/connector_health.h"
#include "plant/internal/live_table.h"
#include "plant/kafka/kafka_records.h"

namespace mw::plant {

/// What of `options` does not fit the plant or Kafka. The tags that its topics bring.
Result<std::vector<TagIndex>> check_kafka_options(const KafkaOptions& options,
                                                  const Catalogue& catalogue);

/// Records of Kafka topics as samples. Our position in the topics moves when the samples before it
/// are on disk, so whoever is killed in between reads records again and stores nothing twice: a
/// sample is its tag and time. While the store refuses, nothing is fetched, and the records wait
/// with the brokers; how many shows as the backlog.
/// Threads  one of its own.
class KafkaConnector final : public Connector {
 public:
  static Result<std::unique_ptr<Connector>> start(KafkaOptions options, const Catalogue& catalogue,
                                                  Ingest& ingest, LiveTable& live,
                                                  const Clock& clock, LogSink log);
  const ConnectorHealth& health() const override { return health_; }
  void request_stop() override { thread_.request_stop(); }

 private:
  KafkaConnector(const KafkaOptions& options, const std::vector<TagIndex>& tags,
                 KafkaRecords records, const Catalogue& catalogue, Ingest& ingest, LiveTable& live,
                 const Clock& clock, LogSink log);
  void run(const std::stop_token& stop);
  void look_at_link();
  /// Returns false when it was stopped before all was on disk.
  bool take(const std::vector<kafka::Record>& records, const std::stop_token& stop);
  bool store(const std::vector<Reading>& readings, const std::stop_token& stop);
  void refuse(const kafka::Record& record, uint64_t count, const Text& reason);
  void complain(Text problem);

  const std::string name_, address_;
  const KafkaRecords records_;
  const Catalogue& catalogue_;
  Ingest& ingest_;
  LiveTable& live_;
  const Clock& clock_;
  const LogSink log_;
  ConnectorHealth health_;
  LiveTable::LinkId link_ = 0;  // of the tags that its topics bring
  bool up_ = false;
  Text told_;              // the problem with the link that was told last
  int64_t logged_ns_ = 0;  // steady
  std::unique_ptr<kafka::Consumer> consumer_;
  std::jthread thread_;  // last: joined first
};

}  // namespace mw::plant
