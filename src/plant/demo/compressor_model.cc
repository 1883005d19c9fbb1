// A screw compressor that keeps a network between 6.3 and 7.2 bar: it loads up, runs idle while the
// network draws the pressure down, loads again. A leak shortens the cycles; a fouled cooler heats
// the air until the compressor trips at 110 degC. Once begin_wear() is called, the bearing of its
// motor wears out within two hours: vibration, then current and heat rise together, until it trips
// and gets a new bearing; four hours later the next one begins to wear.
#include <algorithm>
#include <optional>

#include "plant/demo/machine_model.h"

namespace mw::plant {
namespace {

constexpr double kWearS = 2 * 3600;
constexpr double kBetweenWearsS = 4 * 3600;

class CompressorModel final : public MachineModel {
 public:
  explicit CompressorModel(uint64_t seed) : random_(seed) {}

  void step(double dt_s, double ambient_c) override {
    demand_.step(random_, dt_s);
    leak_.step(true, dt_s, random_);
    fouling_.step(true, dt_s, random_);
    wear_out(dt_s);
    tripped_s_ = std::max(0.0, tripped_s_ - dt_s);
    if (pressure_bar_ < 6.3 && !loaded_ && tripped_s_ == 0) {
      loaded_ = true;
      ++load_cycles_;
    }
    if (pressure_bar_ > 7.2 || tripped_s_ > 0) loaded_ = false;
    const double use_m3 = std::max(2.0, 7.5 + 1.3 * demand_.value()) + (leak_.active() ? 3.2 : 0);
    flow_m3_.step(loaded_ ? 13.5 : 0, 4, dt_s);
    // A receiver of 4 m3: one cubic metre a minute more or less is 0.25 bar a minute.
    pressure_bar_ += (flow_m3_.value() - use_m3) * 0.25 / 60 * dt_s;
    pressure_bar_ = std::clamp(pressure_bar_, 0.0, 9.0);
    const double heat = (loaded_ ? 62 : 44) + (fouling_.active() ? 26 : 0) + 14 * wear();
    air_c_.step(ambient_c + (tripped_s_ > 0 ? 5 : heat), 420, dt_s);
    if (air_c_.value() > 110) tripped_s_ = 600;
  }

  void emit(ValueSink& sink) override {
    const bool tripped = tripped_s_ > 0;
    sink.state(tripped   ? MachineState::kFault
               : loaded_ ? MachineState::kRunning
                         : MachineState::kIdle);
    const double current = tripped   ? 0
                           : loaded_ ? 66 + 1.4 * (pressure_bar_ - 6.3) + 7 * wear()
                                     : 27 + 3 * wear();
    sink.number("discharge_pressure", std::max(0.0, pressure_bar_ + 0.012 * random_.normal()));
    sink.number("discharge_temperature", air_c_.value() + 0.15 * random_.normal());
    sink.number("motor_current", tripped ? 0 : current + 0.4 * random_.normal());
    sink.number("vibration",
                std::max(0.02, (tripped   ? 0.05
                                : loaded_ ? 3.1
                                          : 2.2) *
                                   (1 + 1.4 * wear()) * (1 + 0.04 * random_.normal())));
    sink.number(
        "air_flow",
        std::max(0.0, flow_m3_.value() < 0.05 ? 0.0 : flow_m3_.value() + 0.08 * random_.normal()));
    sink.number("load_cycles", load_cycles_);
  }

  void set_counter(std::string_view, double value) override { load_cycles_ = value; }
  void begin_wear() override { worn_s_ = 0; }

 private:
  /// 0 for a sound bearing to 1 for one that trips the machine; slow at first, as wear is.
  double wear() const {
    const double share = worn_s_ && *worn_s_ > 0 ? *worn_s_ / kWearS : 0.0;
    return share * share;
  }
  void wear_out(double dt_s) {
    if (!worn_s_) return;
    *worn_s_ += dt_s;
    if (*worn_s_ < kWearS) return;
    tripped_s_ = 600;
    worn_s_ = -kBetweenWearsS;
  }

  Random random_;
  Trouble leak_{10 * 3600, 1800, 5400};
  Trouble fouling_{240 * 3600, 1200, 3600};  // seldom: a day of its past can be called normal
  std::optional<double> worn_s_;             // below 0: until the next bearing begins to wear
  Drift demand_{1, 900};
  bool loaded_ = true;
  double tripped_s_ = 0, load_cycles_ = 45'000, pressure_bar_ = 6.8;
  FirstOrder flow_m3_{13}, air_c_{80};
};

}  // namespace

std::unique_ptr<MachineModel> make_compressor_model(uint64_t seed) {
  return std::make_unique<CompressorModel>(seed);
}

}  // namespace mw::plant
