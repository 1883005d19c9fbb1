#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/log.h"
#include "core/result.h"
#include "mqtt/mqtt_client.h"
#include "plant/catalogue.h"
#include "plant/demo/simulated_line.h"

namespace mw::plant {

/// Sends the readings of a simulated line over a broker in real time, one message a tag and second
/// (docs/formats/mqtt.md), as a gateway would: QoS 1, kept while the broker is away.
class DemoPublisher {
 public:
  static Result<std::unique_ptr<DemoPublisher>> create(std::shared_ptr<const Catalogue> catalogue,
                                                       const std::string& broker, LogSink log);

  /// Advances `line` with the clock and publishes until asked to stop.
  void run(SimulatedLine& line, const Clock& clock, const std::stop_token& stop);

 private:
  DemoPublisher(std::shared_ptr<const Catalogue> catalogue, LogSink log);
  /// Each at its own moment: nothing comes from the future.
  void publish(std::vector<Reading> readings, const Clock& clock, const std::stop_token& stop);

  const std::shared_ptr<const Catalogue> catalogue_;
  const LogSink log_;
  std::unique_ptr<mqtt::Client> client_;
  bool failing_ = false;
};

}  // namespace mw::plant
