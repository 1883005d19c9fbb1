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
  TimeZone zone = TimeZone::utc();   // when its shifts run
  std::shared_ptr<Tellers> tellers;  // as PlantOptions has them
  const Clock* clock = nullptr;      // the system clock when null
  LogSink log;
};

/// The demo plant: a private Mosquitto, a simulated line that publishes over it, and the Plant that
/// takes its samples in. Everything it shows is labelled simulated.
///
/// Back-fill  the first start writes the hours before it, later ones the time in between (as a real
///            gateway sends what it kept), in the background: history_ready() says when.
/// Errors     kUnavailable without `mosquitto` on the machine, naming its package.
class DemoSite {
 public:
  static Result<std::unique_ptr<DemoSite>> start(DemoOptions options);
  virtual ~DemoSite() = default;
  virtual Plant& plant() = 0;
  virtual bool history_ready() const = 0;
};

/// What the demo plant consists of: src/plant/demo/line.json.
std::shared_ptr<const Catalogue> demo_catalogue();

/// Writes the simulated values of the demo line for a window straight into a plant whose catalogue
/// is demo_catalogue(): each second for the last hour of it, each fifth second before. For tests
/// and benches that need a plant with a known past; the same seed and window give the same samples.
Result<void> simulate_history(Plant& plant, TimeWindow window, uint64_t seed);

}  // namespace mw::plant
