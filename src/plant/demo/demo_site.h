#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/clock.h"
#include "core/log.h"
#include "core/result.h"
#include "plant/plant.h"

namespace mw::plant {

struct DemoOptions {
  std::string data_folder;  // plant.db and the broker's folder lie here
  uint64_t seed = 1;        // same seed and same start: same values
  int history_hours = 26;   // back-filled at the first start, so that "yesterday" has answers
  const Clock* clock = nullptr;
  LogSink log;
};

/// The demo plant: a private Mosquitto, a simulated line that publishes over it, and the Plant that
/// takes its samples in. Everything it shows is labelled simulated.
///
/// Without `mosquitto` on the machine, start() returns kUnavailable and says which package it is
/// in.
class DemoSite {
 public:
  static Result<std::unique_ptr<DemoSite>> start(DemoOptions options);
  virtual ~DemoSite() = default;
  virtual Plant& plant() = 0;
  /// False while the history before now is still being written (about 2 s at the first start).
  virtual bool history_ready() const = 0;
};

}  // namespace mw::plant
