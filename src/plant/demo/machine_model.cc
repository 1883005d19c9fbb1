#include "plant/demo/machine_model.h"

#include <algorithm>

#include "core/check.h"

namespace mw::plant {

std::string_view state_id(MachineState state) {
  switch (state) {
    case MachineState::kRunning:
      return "running";
    case MachineState::kIdle:
      return "idle";
    case MachineState::kSetup:
      return "setup";
    case MachineState::kFault:
      return "fault";
    case MachineState::kOff:
      return "off";
  }
  return "off";
}

Result<std::unique_ptr<MachineModel>> make_model(std::string_view kind, int number, uint64_t seed) {
  if (kind == "cnc") return make_cnc_model(number, seed);
  if (kind == "press") return make_press_model(seed);
  if (kind == "furnace") return make_furnace_model(seed);
  if (kind == "conveyor") return make_conveyor_model(seed);
  if (kind == "compressor") return make_compressor_model(seed);
  return Error::make(Code::kUnsupported, "no simulation for assets of kind " + std::string(kind));
}

StateWalk::StateWalk(std::vector<Stay> stays, MachineState first, Random& random)
    : stays_(std::move(stays)), state_(first) {
  enter(first, random);
}

const StateWalk::Stay& StateWalk::stay() const {
  const auto found = std::find_if(stays_.begin(), stays_.end(),
                                  [&](const Stay& stay) { return stay.state == state_; });
  MW_CHECK(found != stays_.end());
  return *found;
}

void StateWalk::enter(MachineState state, Random& random) {
  state_ = state;
  left_s_ = random.between(stay().shortest_s, stay().longest_s);
  entered_ = true;
}

void StateWalk::step(double dt_s, Random& random) {
  entered_ = false;
  left_s_ -= dt_s;
  if (left_s_ > 0) return;
  const Stay& now = stay();
  double draw = random.uniform();
  const std::pair<double, MachineState> ways[] = {{now.to_idle, MachineState::kIdle},
                                                  {now.to_setup, MachineState::kSetup},
                                                  {now.to_fault, MachineState::kFault},
                                                  {now.to_off, MachineState::kOff}};
  for (const auto& [chance, next] : ways) {
    if (draw < chance) {
      enter(next, random);
      return;
    }
    draw -= chance;
  }
  enter(MachineState::kRunning, random);
}

void StateWalk::force(MachineState state, Random& random) {
  if (state_ != state) enter(state, random);
}

}  // namespace mw::plant
