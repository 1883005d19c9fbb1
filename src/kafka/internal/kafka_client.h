#pragma once

#include <librdkafka/rdkafka.h>

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/log.h"
#include "core/result.h"
#include "kafka/kafka_server.h"

namespace mw::kafka {

/// One client of the library, with what its callbacks told. Callbacks run while whoever owns it
/// polls, but for those of the log, which run on the library's threads.
class KafkaClient {
 public:
  using Settings = std::vector<std::pair<const char*, std::string>>;
  using Delivered = void (*)(rd_kafka_t*, const rd_kafka_message_t*, void*);
  /// `delivered` of a producer. Errors: what the library does not take of `settings` or `server`,
  /// such as a file of certificates that is not there.
  static Result<std::unique_ptr<KafkaClient>> make(rd_kafka_type_t type, const Server& server,
                                                   const Settings& settings, LogSink log,
                                                   Delivered delivered = nullptr);
  ~KafkaClient();
  KafkaClient(const KafkaClient&) = delete;
  KafkaClient& operator=(const KafkaClient&) = delete;

  rd_kafka_t* handle() const { return handle_; }
  LinkState link() const;
  /// Something that the library tells otherwise than by its callback for errors.
  void note_problem(const std::string& what);
  /// A record came: where nothing is known of the link yet, it is up. Statistics come each 500 ms,
  /// and the first value of a tag would be called cut off until then.
  void note_record();

 private:
  explicit KafkaClient(rd_kafka_type_t type, LogSink log) : type_(type), log_(std::move(log)) {}
  static void on_log(const rd_kafka_t* handle, int level, const char* facility, const char* text);
  static void on_error(rd_kafka_t* handle, int error, const char* reason, void* self);
  static int on_statistics(rd_kafka_t* handle, char* json, std::size_t size, void* self);

  const rd_kafka_type_t type_;
  const LogSink log_;
  rd_kafka_t* handle_ = nullptr;
  mutable std::mutex mutex_;
  LinkState link_;
  bool known_ = false;   // that it is up or why it is not
  std::string problem_;  // the last error, for as long as the link is down
};

/// The library's error in ours: kUnauthenticated where the brokers do not know us, kUnavailable
/// where they are not there, kPermissionDenied, kNotFound for a topic, kTooLarge for a message.
Error kafka_error(rd_kafka_resp_err_t error, const std::string& what);

}  // namespace mw::kafka
