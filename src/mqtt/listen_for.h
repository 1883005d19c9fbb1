#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "mqtt/mqtt_client.h"

namespace mw::mqtt {

struct HeardTopic {
  std::string topic;
  std::string payload;  // of the newest message, its first 2048 bytes
  uint64_t messages = 0;
};

struct Heard {
  std::vector<HeardTopic> topics;  // by name
  bool cut = false;                // more topics or messages came than are taken
};

/// Listens for a while to all that a broker sends us (at most 1000 topics and 50,000 messages),
/// kept values first. Of `options`, address, user, password, ca_file, version and log count.
/// Errors  as publish_once, of the connection.
Result<Heard> listen_for(Options options, std::chrono::milliseconds duration);

}  // namespace mw::mqtt
