#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "plant/demo/physics.h"

namespace mw::plant {

enum class MachineState { kRunning, kIdle, kSetup, kFault, kOff };

/// "running", ... as the description of the demo plant names them.
std::string_view state_id(MachineState state);

/// Where a model puts its values; the names are the last parts of tags.
class ValueSink {
 public:
  virtual ~ValueSink() = default;
  virtual void number(std::string_view tag, double value) = 0;
  virtual void state(MachineState state) = 0;
};

/// One simulated machine. It advances in steps of a second; everything random comes from its seed.
class MachineModel {
 public:
  virtual ~MachineModel() = default;
  virtual void step(double dt_s, double ambient_c) = 0;
  virtual void emit(ValueSink& sink) = 0;
  /// Goes on counting from here: the last stored value of one of its counters.
  virtual void set_counter(std::string_view name, double value) = 0;
  /// A wear begins that goes on until the machine trips; those without one ignore it.
  virtual void begin_wear() {}
};

/// The model for a kind of asset: cnc, press, furnace, conveyor, compressor. `number` tells the
/// machines of a kind apart (the second CNC is a little worse than the first).
Result<std::unique_ptr<MachineModel>> make_model(std::string_view kind, int number, uint64_t seed);

// One file each.
std::unique_ptr<MachineModel> make_cnc_model(int number, uint64_t seed);
std::unique_ptr<MachineModel> make_press_model(uint64_t seed);
std::unique_ptr<MachineModel> make_furnace_model(uint64_t seed);
std::unique_ptr<MachineModel> make_conveyor_model(uint64_t seed);
std::unique_ptr<MachineModel> make_compressor_model(uint64_t seed);

/// Walks from state to state, staying in each for a time drawn between bounds.
class StateWalk {
 public:
  struct Stay {
    MachineState state;
    double shortest_s, longest_s;
    // Chance of what comes next; what is missing to 1 goes to running.
    double to_idle, to_setup, to_fault, to_off;
  };

  StateWalk(std::vector<Stay> stays, MachineState first, Random& random);
  void step(double dt_s, Random& random);
  /// Leaves for `state` now; for faults that the physics brings about.
  void force(MachineState state, Random& random);
  MachineState state() const { return state_; }
  bool running() const { return state_ == MachineState::kRunning; }
  /// True in the step in which the state was entered.
  bool entered() const { return entered_; }

 private:
  void enter(MachineState state, Random& random);
  const Stay& stay() const;

  const std::vector<Stay> stays_;
  MachineState state_;
  double left_s_ = 0;
  bool entered_ = true;
};

/// A trouble that comes now and then and goes by itself.
class Trouble {
 public:
  Trouble(double mean_between_s, double shortest_s, double longest_s)
      : mean_between_s_(mean_between_s), shortest_s_(shortest_s), longest_s_(longest_s) {}
  void step(bool may_begin, double dt_s, Random& random) {
    left_s_ -= dt_s;
    if (left_s_ <= 0 && may_begin && random.once_in(mean_between_s_, dt_s)) {
      left_s_ = random.between(shortest_s_, longest_s_);
    }
  }
  bool active() const { return left_s_ > 0; }

 private:
  double mean_between_s_, shortest_s_, longest_s_;
  double left_s_ = 0;
};

}  // namespace mw::plant
