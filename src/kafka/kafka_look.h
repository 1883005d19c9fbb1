#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/result.h"
#include "kafka/kafka_server.h"

namespace mw::kafka {

/// A topic as its last records show it.
struct SeenTopic {
  std::string topic;
  int partitions = 0;
  std::string key, payload;  // of one of its last records; empty where there is none
  uint64_t records = 0;      // that it holds, over all partitions
};

struct Seen {
  std::vector<SeenTopic> topics;  // by name; none that are Kafka's own
  bool cut = false;               // there are more
};

/// Which topics there are and what is in them. Reads, belongs to no group and leaves no trace.
/// Errors  kUnavailable, kUnauthenticated; kInvalidArgument.
Result<Seen> look_at(const Server& server, std::chrono::milliseconds timeout);

}  // namespace mw::kafka
