#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>

#include "core/log.h"
#include "core/result.h"
#include "kafka/kafka_server.h"

namespace mw::kafka {

class KafkaClient;

struct ProducerOptions {
  Server server;
  LogSink log = no_log();
};

struct Outgoing {
  std::string key, payload;
  int64_t ts_ms = 0;  // of the record, since 1970; 0: now
};

/// Sends records so that all in-sync replicas have each, in the order given for each key, once for
/// as long as this lives (acks=all, idempotent).
///
/// Threads  send() one at a time; link() any.
class Producer {
 public:
  static Result<std::unique_ptr<Producer>> start(ProducerOptions options);
  /// What was not confirmed is thrown away.
  ~Producer();

  /// Returns once the brokers have confirmed all of it; waits for brokers that are away without
  /// end, and calls `meanwhile`, if there is one, 20 times a second. At most 10,000 records.
  /// Errors  kCancelled when `stop` asks: some may have arrived. What the brokers refuse:
  ///         kNotFound, kPermissionDenied, kTooLarge, kUnauthenticated; some may have arrived.
  Result<void> send(const std::string& topic, std::span<const Outgoing> records,
                    const std::stop_token& stop, const std::function<void()>& meanwhile = {});
  /// Serves the library for so long, so that link() tells of now.
  void idle(int wait_ms);
  LinkState link() const;

 private:
  explicit Producer(ProducerOptions options);
  Result<void> dial();

  const ProducerOptions options_;
  std::unique_ptr<KafkaClient> client_;
};

}  // namespace mw::kafka
