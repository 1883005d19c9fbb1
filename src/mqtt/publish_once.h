#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>

#include "mqtt/mqtt_client.h"

namespace mw::mqtt {

/// Connects, publishes one message at QoS 1 and returns when the broker has it; for what is said
/// once in a while. Of `options`, address, client_id, user, password, ca_file and version count.
/// Errors  kInvalidArgument: the address, or the broker refuses the message. kUnauthenticated: the
///         broker refuses the user, or (MQTT 5) the topic. kUnavailable: the broker does not have
///         it. kDeadlineExceeded, kIo, kCancelled (when `stop` asks for it): it may have it.
Result<void> publish_once(Options options, const std::string& topic, std::string_view payload,
                          std::chrono::milliseconds timeout, std::stop_token stop);

}  // namespace mw::mqtt
