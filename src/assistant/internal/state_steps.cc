#include "assistant/internal/local_calendar.h"
#include "assistant/internal/step_maker.h"

namespace mw::assistant {
namespace {

constexpr TimeNs kLookBack = 24 * kNsPerHour;  // for "when did it last stop"

}  // namespace

Step StepMaker::state_now(const plant::Asset& asset) const {
  Step step;
  step.purpose = Purpose::kState;
  step.tool = "latest_value";
  step.arguments = Json{{"tag", asset.state_tag}};
  step.asset = &asset;
  step.tag = catalogue_.tag(asset.state_tag);
  if (!u_.states.empty()) step.state = u_.states.front().state;
  step.negated = negated();
  step.yes_no = u_.is_yes_no();
  return step;
}

Step StepMaker::state_times(const plant::Asset& asset, TimeWindow window, bool by_default) const {
  Step step;
  step.purpose = Purpose::kStateTimes;
  step.tool = "state_history";
  step.arguments = Json{{"asset", asset.id}, {"window", window_json(window)}};
  step.asset = &asset;
  step.window = window;
  step.default_window = by_default;
  // "Was it not running?" is answered by all states, not by one.
  if (!u_.states.empty() && !negated()) step.state = u_.states.front().state;
  return step;
}

std::vector<Step> StepMaker::for_states(const std::vector<const plant::Asset*>& assets,
                                        bool many) const {
  std::vector<Step> steps;
  const bool windowed = !windows_.empty();
  for (const plant::Asset* asset : assets) {
    if (asset->state_tag.empty()) continue;
    const bool counts =
        (u_.has(Feature::kHowOften) || u_.has(Feature::kHowMany)) && !names_state_time();
    if (counts && !u_.states.empty() && !many) {
      const TimeWindow window = windowed ? windows_.front() : default_shift();
      Step step = state_times(*asset, window, !windowed);
      step.purpose = Purpose::kStateCount;
      step.tool = "count";
      step.state = u_.states.front().state;
      step.arguments["state"] = step.state;
      steps.push_back(std::move(step));
      continue;
    }
    if (u_.has(Feature::kWhen) || names_last_state()) {
      const TimeWindow window = windowed ? windows_.front() : default_window(kLookBack);
      Step step = state_times(*asset, window, false);
      step.purpose = Purpose::kStateWhen;
      if (!step.state.empty()) step.arguments["state"] = step.state;
      steps.push_back(std::move(step));
      continue;
    }
    if (!instants_.empty()) {
      for (const TimeNs moment : instants_) {
        steps.push_back(state_times(*asset, {moment, moment + kNsPerSecond}, false));
        steps.back().at = moment;
      }
      continue;
    }
    bool spans = windowed;
    // "downtime", 停机时间 without a time is about the shift; "how long has it been idle" is not.
    const bool open = u_.has(Feature::kHowLong) && u_.states.empty();
    if (!windowed && (open || names_state_time())) spans = true;
    if (spans) {
      if (windowed) {
        for (const TimeWindow& window : windows_)
          steps.push_back(state_times(*asset, window, false));
      } else {
        steps.push_back(state_times(*asset, default_shift(), true));
      }
      continue;
    }
    steps.push_back(state_now(*asset));
    // One yes or no for several machines would be said of none of them.
    for (const StateMention& mention : u_.states) steps.back().states.push_back(mention.state);
    steps.back().yes_no = steps.back().yes_no && assets.size() == 1;
    if (many) steps.back().purpose = Purpose::kStateOfMany;
  }
  return steps;
}

}  // namespace mw::assistant
