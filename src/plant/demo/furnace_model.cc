// A chamber furnace at 850 degC under PI control. Heat balance: C dT/dt = P - (T - ambient) / R
// with R = 9.6 K/kW (86 kW hold 850 degC) and C R = 2 h. Each batch of cold parts takes heat, and
// its door lets air in. Now and then one of three heater groups fails: the power is capped and the
// temperature sags below the normal range.
#include <algorithm>

#include "plant/demo/machine_model.h"

namespace mw::plant {
namespace {

constexpr double kResistance = 9.6;               // K per kW
constexpr double kCapacity = 7200 / kResistance;  // kJ per K
constexpr double kBatchS = 2700;
constexpr double kFullKw = 126;

class FurnaceModel final : public MachineModel {
 public:
  explicit FurnaceModel(uint64_t seed)
      : random_(seed),
        walk_({{MachineState::kRunning, 14'400, 36'000, 0.75, 0, 0.15, 0},
               {MachineState::kIdle, 1200, 3600, 0, 0, 0, 0},
               {MachineState::kFault, 600, 1500, 0.3, 0, 0, 0}},
              MachineState::kRunning, random_),
        batch_s_(random_.between(0, kBatchS)) {}

  void step(double dt_s, double ambient_c) override {
    walk_.step(dt_s, random_);
    heater_failure_.step(walk_.running(), dt_s, random_);
    drift_.step(random_, dt_s);
    setpoint_c_ = walk_.running() ? 850 : walk_.state() == MachineState::kIdle ? 780 : 700;
    double load_kw = 0;
    if (walk_.running()) {
      batch_s_ += dt_s;
      if (batch_s_ >= kBatchS) {
        batch_s_ -= kBatchS;
        ++batches_;
        door_s_ = 45;
      }
      load_kw = 26 * std::max(0.0, 1 - batch_s_ / 1500);  // cold parts soak up heat
    }
    door_s_ = std::max(0.0, door_s_ - dt_s);
    if (door_s_ > 0) load_kw += 60;
    const double cap_kw = walk_.state() == MachineState::kFault ? 0
                          : heater_failure_.active()            ? kFullKw * 0.6
                                                                : kFullKw;
    const double error_k = setpoint_c_ - chamber_c_;
    const double wanted_kw = 4.0 * error_k + integral_kw_;
    power_kw_ = std::clamp(wanted_kw, 0.0, cap_kw);
    if (wanted_kw == power_kw_) integral_kw_ += 0.006 * error_k * dt_s;  // no wind-up at the limits
    const double loss_kw = (chamber_c_ - ambient_c) / kResistance;
    chamber_c_ += (power_kw_ - loss_kw - load_kw) / kCapacity * dt_s;
    oxygen_.step(door_s_ > 0 ? 7.5 : walk_.running() ? 1.4 + 0.2 * drift_.value() : 2.5, 60, dt_s);
  }

  void emit(ValueSink& sink) override {
    // Heating up again after a pause is no production yet.
    const bool heating_up = walk_.running() && chamber_c_ < 825 && !heater_failure_.active();
    sink.state(heating_up ? MachineState::kSetup : walk_.state());
    sink.number("chamber_temperature", chamber_c_ + 0.35 * random_.normal());
    sink.number("setpoint", setpoint_c_);
    sink.number("heating_power", std::max(0.0, power_kw_ + 0.25 * random_.normal()));
    sink.number("oxygen", std::max(0.05, oxygen_.value() + 0.03 * random_.normal()));
    sink.number("fan_current", 9.2 + 0.3 * drift_.value() + 0.08 * random_.normal());
    sink.number("batches", batches_);
  }

  void set_counter(std::string_view, double value) override { batches_ = value; }

 private:
  Random random_;
  StateWalk walk_;
  Trouble heater_failure_{16 * 3600, 1800, 3600};
  Drift drift_{1, 3600};
  double batch_s_, batches_ = 2'400;
  double door_s_ = 0;
  double setpoint_c_ = 850, chamber_c_ = 848, integral_kw_ = 86, power_kw_ = 86;
  FirstOrder oxygen_{1.4};
};

}  // namespace

std::unique_ptr<MachineModel> make_furnace_model(uint64_t seed) {
  return std::make_unique<FurnaceModel>(seed);
}

}  // namespace mw::plant
