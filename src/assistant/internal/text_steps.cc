#include "assistant/internal/step_maker.h"

namespace mw::assistant {

Step StepMaker::texts(const plant::Tag& tag, TimeWindow window) const {
  Step step;
  step.purpose = Purpose::kTextTimes;
  step.tool = "state_history";
  step.arguments = Json{{"tag", tag.id}, {"window", window_json(window)}};
  step.tag = &tag;
  step.asset = asset_of(tag);
  step.window = window;
  return step;
}

std::vector<Step> StepMaker::batches(const plant::Asset& asset) const {
  return over_times(Purpose::kBatches, "batches", asset);
}

std::vector<Step> StepMaker::events(const plant::Asset& asset, const EventAsk& ask) const {
  std::vector<Step> steps = over_times(Purpose::kEvents, "events", asset);
  for (Step& step : steps) {
    if (!ask.kinds.empty()) step.arguments["kinds"] = ask.kinds;
    if (!ask.by.empty()) step.arguments["by"] = ask.by;
  }
  return steps;
}

std::vector<Step> StepMaker::over_times(Purpose purpose, const char* tool,
                                        const plant::Asset& asset) const {
  std::vector<TimeWindow> windows = windows_;
  for (const TimeNs moment : instants_) windows.push_back({moment, moment + kNsPerSecond});
  // "Which batch runs now" and no time at all: the shift, of which the last one may still run.
  const bool by_default = windows.empty();
  if (by_default) windows.push_back(says_now_ ? default_window(kNsPerMinute) : default_shift());
  std::vector<Step> steps;
  for (const TimeWindow& window : windows) {
    Step step;
    step.purpose = purpose;
    step.tool = tool;
    step.arguments = Json{{"asset", asset.id}, {"window", window_json(window)}};
    step.asset = &asset;
    step.window = window;
    step.default_window = by_default && !says_now_;
    steps.push_back(std::move(step));
  }
  return steps;
}

Step StepMaker::health(const plant::Asset* asset) const {
  Step step;
  step.purpose = Purpose::kHealth;
  step.tool = "machine_health";
  step.arguments = Json::object();
  if (asset != nullptr) step.arguments["asset"] = asset->id;
  step.asset = asset;
  return step;
}

Step StepMaker::work(const plant::Asset* asset) const {
  Step step = health(asset);
  step.purpose = Purpose::kWork;
  step.tool = "work_order";
  return step;
}

Step StepMaker::life(const plant::Asset* asset) const {
  Step step = health(asset);
  step.purpose = Purpose::kLife;
  step.tool = "remaining_life";
  return step;
}

Step StepMaker::modes(const plant::Asset& asset) const {
  Step step = health(&asset);
  step.purpose = Purpose::kModes;
  step.tool = "failure_modes";
  for (const TagMention& mention : u_.tags) {
    for (const auto& [index, score] : mention.tags) {
      const plant::Tag& tag = catalogue_.tags()[index];
      const bool known = std::find(step.tags.begin(), step.tags.end(), &tag) != step.tags.end();
      if (tag.asset == asset.id && !known) step.tags.push_back(&tag);
    }
  }
  return step;
}

Step StepMaker::cases(const plant::Asset* asset) const {
  Step step = health(asset);
  step.purpose = Purpose::kCases;
  step.tool = "maintenance_cases";
  if (windows_.empty()) return step;
  step.window = windows_.front();
  step.arguments["window"] = window_json(*step.window);
  return step;
}

std::vector<Step> StepMaker::for_text(const plant::Tag& tag) const {
  std::vector<Step> steps;
  for (const TimeNs moment : instants_) {
    steps.push_back(texts(tag, {moment, moment + kNsPerSecond}));
    steps.back().at = moment;
  }
  for (const TimeWindow& window : windows_) steps.push_back(texts(tag, window));
  if (steps.empty()) {
    steps.push_back(latest(tag));
    steps.back().purpose = Purpose::kTextNow;
  }
  return steps;
}

}  // namespace mw::assistant
