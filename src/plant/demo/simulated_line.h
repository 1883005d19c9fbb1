#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "plant/catalogue.h"
#include "plant/demo/machine_model.h"
#include "plant/ingest.h"

namespace mw::plant {

/// All machines of a plant description, advancing second by second: the same catalogue, seed and
/// start give the same readings. Values are rounded to the digits of their tag, as a real sensor's
/// are; a sensor fails for some seconds now and then (quality uncertain or bad).
class SimulatedLine {
 public:
  /// At `start_ns` the machines have run for two hours already.
  static Result<SimulatedLine> create(std::shared_ptr<const Catalogue> catalogue, uint64_t seed,
                                      TimeNs start_ns);

  TimeNs now_ns() const { return now_ns_; }
  /// One second on.
  void step();
  /// What every tag reads in the present second; each tag reports at its own moment of it.
  std::vector<Reading> readings();
  /// Goes on counting from the last stored value of a counter.
  void set_counter(const Tag& tag, double value);
  /// From now on machines wear that can: for the part of the demo in which a failure comes.
  void begin_wear();

 private:
  struct Machine {
    std::unique_ptr<MachineModel> model;
    std::vector<const Tag*> tags;
  };
  struct Sensor {
    int64_t offset_ns = 0;  // within the second
    double failed_s = 0;
    Quality quality = Quality::kGood;  // while it fails
  };
  class Sink;

  SimulatedLine(std::shared_ptr<const Catalogue> catalogue, uint64_t seed, TimeNs start_ns);
  double ambient_c() const;

  std::shared_ptr<const Catalogue> catalogue_;
  Random random_;
  TimeNs now_ns_;
  std::vector<Machine> machines_;
  std::vector<Sensor> sensors_;  // index: TagIndex
  Drift weather_{1.0, 7200};
};

}  // namespace mw::plant
