#include "plant/demo/simulated_line.h"

#include <cmath>
#include <map>

namespace mw::plant {
namespace {

constexpr double kStepS = 1;
constexpr int kWarmUpSteps = 7200;
// One sensor in forty fails somewhere each three hours, for 4 to 25 s.
constexpr double kMeanBetweenFailuresS = 40 * 3 * 3600.0;

double rounded(double value, int decimals) {
  const double scale = std::pow(10.0, decimals);
  return std::round(value * scale) / scale;
}

}  // namespace

/// Turns a machine's values into readings of its tags.
class SimulatedLine::Sink final : public ValueSink {
 public:
  Sink(const SimulatedLine& line, const Machine& machine, std::vector<Reading>& out)
      : line_(line), machine_(machine), out_(out) {}

  void number(std::string_view name, double value) override {
    const Tag* tag = find(name);
    if (tag != nullptr) put(*tag, rounded(value, tag->decimals));
  }
  void state(MachineState state) override {
    const Tag* tag = find("state");
    if (tag != nullptr) put(*tag, std::string(state_id(state)));
  }

 private:
  const Tag* find(std::string_view name) const {
    for (const Tag* tag : machine_.tags) {
      if (std::string_view(tag->id).substr(tag->asset.size() + 1) == name) return tag;
    }
    return nullptr;  // a description may leave a tag out
  }
  void put(const Tag& tag, std::variant<std::monostate, double, std::string> value) {
    const Sensor& sensor = line_.sensors_[tag.index];
    Reading reading;
    reading.tag = tag.id;
    reading.ts_ns = line_.now_ns_ + sensor.offset_ns;
    reading.value = std::move(value);
    if (sensor.failed_s > 0) reading.quality = sensor.quality;
    out_.push_back(std::move(reading));
  }

  const SimulatedLine& line_;
  const Machine& machine_;
  std::vector<Reading>& out_;
};

SimulatedLine::SimulatedLine(std::shared_ptr<const Catalogue> catalogue, uint64_t seed,
                             TimeNs start_ns)
    : catalogue_(std::move(catalogue)),
      random_(seed),
      now_ns_(start_ns / kNsPerSecond * kNsPerSecond),
      sensors_(catalogue_->tags().size()) {}

Result<SimulatedLine> SimulatedLine::create(std::shared_ptr<const Catalogue> catalogue,
                                            uint64_t seed, TimeNs start_ns) {
  SimulatedLine line(std::move(catalogue), seed ^ static_cast<uint64_t>(start_ns / kNsPerSecond),
                     start_ns - kWarmUpSteps * kNsPerSecond);
  std::map<std::string, int> numbers;
  for (const Asset& asset : line.catalogue_->assets()) {
    Machine machine;
    MW_ASSIGN(machine.model, make_model(asset.kind, ++numbers[asset.kind], line.random_.next()));
    machine.tags = line.catalogue_->tags_of(asset.id);
    line.machines_.push_back(std::move(machine));
  }
  for (Sensor& sensor : line.sensors_) {
    sensor.offset_ns = static_cast<int64_t>(line.random_.next() % 1000) * kNsPerMs;
  }
  for (int i = 0; i < kWarmUpSteps; ++i) line.step();
  return line;
}

double SimulatedLine::ambient_c() const {
  // Warmest at 14:00 UTC.
  const double day = static_cast<double>(now_ns_ % kNsPerDay) / kNsPerDay;
  return 21 + 3 * std::cos(2 * M_PI * (day - 14.0 / 24)) + weather_.value();
}

void SimulatedLine::step() {
  now_ns_ += kNsPerSecond;
  weather_.step(random_, kStepS);
  const double ambient = ambient_c();
  for (Machine& machine : machines_) machine.model->step(kStepS, ambient);
  for (Sensor& sensor : sensors_) {
    sensor.failed_s -= kStepS;
    if (sensor.failed_s <= 0 && random_.once_in(kMeanBetweenFailuresS, kStepS)) {
      sensor.failed_s = random_.between(4, 25);
      sensor.quality = random_.uniform() < 0.6 ? Quality::kUncertain : Quality::kBad;
    }
  }
}

std::vector<Reading> SimulatedLine::readings() {
  std::vector<Reading> out;
  out.reserve(sensors_.size());
  for (const Machine& machine : machines_) {
    Sink sink(*this, machine, out);
    machine.model->emit(sink);
  }
  return out;
}

void SimulatedLine::set_counter(const Tag& tag, double value) {
  for (const Machine& machine : machines_) {
    for (const Tag* mine : machine.tags) {
      if (mine->id == tag.id)
        machine.model->set_counter(tag.id.substr(tag.asset.size() + 1), value);
    }
  }
}

void SimulatedLine::begin_wear() {
  for (const Machine& machine : machines_) machine.model->begin_wear();
}

}  // namespace mw::plant
