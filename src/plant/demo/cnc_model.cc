// A machining centre. Spindle heat: T follows ambient + 0.55 K per percent of load with a time
// constant of 8 min (warm in half an hour, as spindles are). Vibration grows with the wear of the
// tool over about six hours of cutting; a setup changes the tool. Now and then the coolant fails:
// the spindle heats on, and beyond 88 degC the machine stops with a fault.
#include <algorithm>

#include "plant/demo/machine_model.h"

namespace mw::plant {
namespace {

constexpr double kToolLifeS = 6 * 3600;
constexpr double kCycleS = 165;  // one part

class CncModel final : public MachineModel {
 public:
  CncModel(int number, uint64_t seed)
      : random_(seed),
        walk_({{MachineState::kRunning, 1500, 5400, 0.72, 0.18, 0.05, 0.02},
               {MachineState::kIdle, 120, 720, 0, 0.1, 0, 0.02},
               {MachineState::kSetup, 480, 1500, 0.2, 0, 0, 0},
               {MachineState::kFault, 240, 1200, 0.7, 0.3, 0, 0},
               {MachineState::kOff, 900, 2400, 0.5, 0.5, 0, 0}},
              MachineState::kRunning, random_),
        base_vibration_(number == 2 ? 1.35 : 1.05),
        heat_per_load_(number == 2 ? 0.58 : 0.52),
        wear_(random_.between(0.1, 0.7)),
        parts_(12'000 + 4'000 * number) {}

  void step(double dt_s, double ambient_c) override {
    walk_.step(dt_s, random_);
    coolant_loss_.step(walk_.running(), dt_s, random_);
    if (walk_.entered() && walk_.state() == MachineState::kSetup) wear_ = 0;
    if (walk_.running()) {
      cycle_s_ += dt_s;
      wear_ = std::min(1.3, wear_ + dt_s / kToolLifeS);
      if (cycle_s_ >= kCycleS) {
        cycle_s_ -= kCycleS;
        ++parts_;
      }
    }
    load_.step(target_load(), 2.5, dt_s);
    speed_.step(target_speed(), 1.5, dt_s);
    load_drift_.step(random_, dt_s);
    // The heat follows the load of the last minutes, not of the second.
    const bool lost = coolant_loss_.active() && walk_.running();
    spindle_c_.step(ambient_c + heat_per_load_ * load_.value() * (lost ? 2.1 : 1), 480, dt_s);
    coolant_c_.step(ambient_c + (walk_.running() ? 4.5 : 0) + (lost ? 7 : 0), 900, dt_s);
    if (spindle_c_.value() > 88) walk_.force(MachineState::kFault, random_);
  }

  void emit(ValueSink& sink) override {
    const double load = std::max(0.0, load_.value() + (cutting() ? 1.4 * random_.normal() : 0));
    const double speed = speed_.value() < 5 ? 0 : speed_.value() + 6 * random_.normal();
    sink.state(walk_.state());
    sink.number("spindle_temperature", spindle_c_.value() + 0.12 * random_.normal());
    sink.number("spindle_load", load);
    sink.number("spindle_speed", std::max(0.0, speed));
    sink.number("vibration", vibration());
    sink.number("motor_current", powered() ? 3.6 + 0.29 * load + 0.15 * random_.normal() : 0);
    sink.number("coolant_temperature", coolant_c_.value() + 0.05 * random_.normal());
    sink.number("power", powered() ? 1.1 + 0.16 * load + 0.04 * random_.normal() : 0.05);
    sink.number("parts", parts_);
  }

  void set_counter(std::string_view, double value) override { parts_ = value; }

 private:
  bool powered() const { return walk_.state() != MachineState::kOff; }
  bool cutting() const { return walk_.running() && cycle_s_ > 18; }

  /// Roughing, finishing and a change of tools within each part.
  double target_load() const {
    if (!walk_.running()) return 0;
    const double wear_share = 1 + 0.15 * wear_ + 0.02 * load_drift_.value();
    if (cycle_s_ < 18) return 6;
    if (cycle_s_ < 95) return 78 * wear_share;
    if (cycle_s_ < 105) return 10;
    return 52 * wear_share;
  }
  double target_speed() const {
    if (!walk_.running()) return walk_.state() == MachineState::kSetup ? 350 : 0;
    if (cycle_s_ < 18) return 0;
    return cycle_s_ < 105 ? 6200 : 9400;
  }
  double vibration() {
    if (!powered()) return std::max(0.0, 0.03 + 0.01 * random_.normal());
    const double turning = std::min(1.0, speed_.value() / 6000);
    const double level =
        0.18 + turning * (base_vibration_ + 2.1 * wear_ * wear_) * (cutting() ? 1.0 : 0.55);
    return std::max(0.02, level * (1 + 0.05 * random_.normal()));
  }

  Random random_;
  StateWalk walk_;
  Trouble coolant_loss_{9 * 3600, 600, 1500};
  const double base_vibration_, heat_per_load_;
  double wear_;  // of the tool: 1 at the end of its life
  double parts_;
  double cycle_s_ = 0;
  FirstOrder load_{0}, speed_{0}, spindle_c_{30}, coolant_c_{22};
  Drift load_drift_{1, 1200};
};

}  // namespace

std::unique_ptr<MachineModel> make_cnc_model(int number, uint64_t seed) {
  return std::make_unique<CncModel>(number, seed);
}

}  // namespace mw::plant
