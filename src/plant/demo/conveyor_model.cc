// A belt conveyor: speed under control, current with the load on the belt, motor heat with the
// square of the current (time constant 12 min). A jam drives the current up until the drive trips.
#include <algorithm>

#include "plant/demo/machine_model.h"

namespace mw::plant {
namespace {

class ConveyorModel final : public MachineModel {
 public:
  explicit ConveyorModel(uint64_t seed)
      : random_(seed),
        walk_({{MachineState::kRunning, 3600, 14'400, 0.85, 0, 0.05, 0.05},
               {MachineState::kIdle, 120, 900, 0, 0, 0, 0},
               {MachineState::kFault, 180, 900, 0.4, 0, 0, 0},
               {MachineState::kOff, 900, 2400, 0.5, 0, 0, 0}},
              MachineState::kRunning, random_) {}

  void step(double dt_s, double ambient_c) override {
    walk_.step(dt_s, random_);
    jam_.step(walk_.running(), dt_s, random_);
    load_drift_.step(random_, dt_s);
    const bool running = walk_.running();
    jam_s_ = jam_.active() && running ? jam_s_ + dt_s : 0;
    speed_m_s_.step(running ? 0.45 - 0.002 * std::min(jam_s_, 60.0) : 0, 2, dt_s);
    const double load_a = 0.6 * std::max(-2.0, load_drift_.value());
    current_a_.step(running ? 5.4 + load_a + 0.11 * std::min(jam_s_, 60.0) : 0, 3, dt_s);
    motor_c_.step(ambient_c + 1.05 * current_a_.value() * current_a_.value(), 720, dt_s);
    items_ += speed_m_s_.value() * dt_s / 1.8;  // an item each 1.8 m of belt
    if (jam_s_ > 75) walk_.force(MachineState::kFault, random_);
  }

  void emit(ValueSink& sink) override {
    const bool running = speed_m_s_.value() > 0.005;
    sink.state(walk_.state());
    sink.number("belt_speed",
                running ? std::max(0.0, speed_m_s_.value() + 0.002 * random_.normal()) : 0);
    sink.number("motor_temperature", motor_c_.value() + 0.1 * random_.normal());
    sink.number("motor_current",
                running ? std::max(0.0, current_a_.value() + 0.06 * random_.normal()) : 0);
    sink.number("items", std::floor(items_));
  }

  void set_counter(std::string_view, double value) override { items_ = value; }

 private:
  Random random_;
  StateWalk walk_;
  Trouble jam_{8 * 3600, 40, 150};
  Drift load_drift_{1, 600};
  double jam_s_ = 0, items_ = 870'000;
  FirstOrder speed_m_s_{0.45}, current_a_{5.4}, motor_c_{50};
};

}  // namespace

std::unique_ptr<MachineModel> make_conveyor_model(uint64_t seed) {
  return std::make_unique<ConveyorModel>(seed);
}

}  // namespace mw::plant
