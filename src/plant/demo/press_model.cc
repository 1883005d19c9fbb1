// A hydraulic press with a cycle of 14 s: approach, press, hold, return. Oil heats with the work
// done (time constant 25 min) and is cooled by a fan that fails now and then; a leak lowers the
// pressure.
#include <algorithm>
#include <cmath>

#include "plant/demo/machine_model.h"

namespace mw::plant {
namespace {

constexpr double kCycleS = 14;
constexpr double kCyclesPerReject = 61;

class PressModel final : public MachineModel {
 public:
  explicit PressModel(uint64_t seed)
      : random_(seed),
        walk_({{MachineState::kRunning, 1800, 7200, 0.7, 0.2, 0.06, 0.02},
               {MachineState::kIdle, 180, 900, 0, 0.15, 0, 0.03},
               {MachineState::kSetup, 600, 1800, 0.2, 0, 0, 0},
               {MachineState::kFault, 300, 1500, 0.8, 0.2, 0, 0},
               {MachineState::kOff, 900, 2700, 0.6, 0.4, 0, 0}},
              MachineState::kRunning, random_) {}

  void step(double dt_s, double ambient_c) override {
    walk_.step(dt_s, random_);
    fan_failure_.step(walk_.running(), dt_s, random_);
    leak_.step(walk_.running(), dt_s, random_);
    drift_.step(random_, dt_s);
    if (walk_.running()) {
      cycle_s_ += dt_s;
      if (cycle_s_ >= kCycleS) {
        cycle_s_ -= kCycleS;
        ++cycles_;
      }
    } else {
      cycle_s_ = 0;
    }
    const bool pump = walk_.state() != MachineState::kOff;
    // An accumulator keeps the supply between two limits: the pump loads it up, work draws it down.
    if (supply_bar_ < 165) charging_ = true;
    if (supply_bar_ > 195) charging_ = false;
    const double use = (pressing() ? 6.0 : 0.8) + (leak_.active() ? 4.2 : 0);
    supply_bar_ += dt_s * (pump && charging_ ? 9.0 : 0.0) - dt_s * (pump ? use : 4.0);
    supply_bar_ = std::clamp(supply_bar_, 0.0, 210.0);
    force_kn_.step(pressing() ? 1480 + 25 * drift_.value() : 0, 0.7, dt_s);
    const double heat = walk_.running() ? 28 : pump ? 9 : 0;
    oil_c_.step(ambient_c + heat + (fan_failure_.active() ? 24 : 0), 1500, dt_s);
    if (oil_c_.value() > 72) walk_.force(MachineState::kFault, random_);
  }

  void emit(ValueSink& sink) override {
    const bool pump = walk_.state() != MachineState::kOff;
    const double current = !pump ? 0 : 24 + (charging_ ? 46 : 0) + 0.012 * force_kn_.value();
    sink.state(walk_.state());
    sink.number("hydraulic_pressure", std::max(0.0, supply_bar_ + 0.8 * random_.normal()));
    sink.number("oil_temperature", oil_c_.value() + 0.1 * random_.normal());
    sink.number("ram_force", std::max(0.0, force_kn_.value() + 4 * random_.normal()));
    sink.number("motor_current", pump ? std::max(0.0, current + 0.6 * random_.normal()) : 0);
    sink.number("vibration", std::max(0.02, (pump ? 1.4 + 0.0016 * force_kn_.value() : 0.04) *
                                                (1 + 0.06 * random_.normal())));
    sink.number("cycles", cycles_);
    sink.number("rejects", std::floor(cycles_ / kCyclesPerReject));
  }

  void set_counter(std::string_view name, double value) override {
    if (name == "cycles") cycles_ = value;  // rejects follow from them
  }

 private:
  bool pressing() const { return walk_.running() && cycle_s_ > 3 && cycle_s_ < 8; }

  Random random_;
  StateWalk walk_;
  Trouble fan_failure_{11 * 3600, 1200, 2700};
  Trouble leak_{14 * 3600, 900, 2400};
  Drift drift_{1, 1800};
  double cycle_s_ = 0, cycles_ = 310'000;
  double supply_bar_ = 180;
  bool charging_ = false;
  FirstOrder force_kn_{0}, oil_c_{40};
};

}  // namespace

std::unique_ptr<MachineModel> make_press_model(uint64_t seed) {
  return std::make_unique<PressModel>(seed);
}

}  // namespace mw::plant
