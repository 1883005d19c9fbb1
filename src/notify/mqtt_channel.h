#pragma once

#include <chrono>

#include "core/clock.h"
#include "notify/channel.h"

namespace mw::notify {

struct MqttChannelOptions {
  std::string broker;  // "ssl://HOST:8883" or "tcp://HOST:1883"
  std::string topic;   // "plant/alarms": no wildcard
  std::string user, password;
  std::string ca_file;  // PEM instead of the system's certificates
  // 5: a broker that refuses the topic says so. 4 is MQTT 3.1.1, where it takes it and drops it.
  int version = 5;
  std::chrono::milliseconds timeout{20'000};
};

/// One message at QoS 1, not retained, for all that wait; as a webhook's body, unsigned.
/// Errors: kInvalidArgument with the member that is wrong.
Result<std::unique_ptr<Channel>> make_mqtt_channel(MqttChannelOptions options, const Clock& clock);

}  // namespace mw::notify
