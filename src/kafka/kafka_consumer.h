#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/log.h"
#include "core/result.h"
#include "kafka/kafka_server.h"

namespace mw::kafka {

class KafkaClient;

/// One record as it was fetched.
struct Record {
  std::string topic;
  int32_t partition = 0;
  int64_t offset = 0;
  std::optional<std::string> key, payload;  // absent: null, which is not the same as empty
  std::optional<int64_t> ts_ms;  // of the record, since 1970: its maker's or its broker's
  std::string place() const;     // "topic[0]@17", for messages
};

struct ConsumerOptions {
  Server server;
  std::string group;
  std::vector<std::string> topics;
  bool from_start = true;  // of what a group without a position gets: all, or only what comes now
  LogSink log = no_log();
};

/// A member of a consumer group. Its position at the brokers moves by commit() alone, so that what
/// it stands on was kept; whoever dies before gets the same records again.
///
/// Memory   at most 16 MiB of records are fetched ahead.
/// Threads  one at a time.
class Consumer {
 public:
  /// Errors  kInvalidArgument. Brokers that are not there are none: they are tried without end.
  static Result<std::unique_ptr<Consumer>> start(ConsumerOptions options);
  ~Consumer();

  /// Waits up to `wait` for a first record, and gives those that are there: at most `most`, and no
  /// more once they have 4 MiB. Also keeps the membership and link() alive: to be called all the
  /// time, or others get our partitions.
  /// Errors  what the brokers say of a topic or of us; the next call goes on.
  Result<std::vector<Record>> poll(std::chrono::milliseconds wait, std::size_t most);
  /// All that poll() gave is done with. Returns once the brokers have noted it.
  /// Errors  they have not, such as when the partition went to another member meanwhile.
  Result<void> commit();
  LinkState link() const;

 private:
  struct Position;
  Consumer(std::unique_ptr<KafkaClient> client);
  void note(const Record& record);

  std::unique_ptr<KafkaClient> client_;
  std::unique_ptr<Position> next_;  // of what poll() gave since the last commit()
};

}  // namespace mw::kafka
