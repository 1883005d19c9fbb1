#include "maintenance/health/model_versions.h"

#include <algorithm>
#include <array>

namespace mw::maintenance {

std::string_view stage_name(VersionStage stage) {
  static constexpr std::array<std::string_view, 6> kNames = {"live",     "shadow",   "earlier",
                                                             "rejected", "replaced", "rolled_back"};
  return kNames[static_cast<std::size_t>(stage)];
}

const VersionState* ModelVersions::find(int64_t version) const {
  const auto found = std::find_if(states_.begin(), states_.end(), [&](const VersionState& each) {
    return each.version == version;
  });
  return found == states_.end() ? nullptr : &*found;
}

VersionState& ModelVersions::state_of(int64_t version) {
  for (VersionState& each : states_) {
    if (each.version == version) return each;
  }
  return states_.emplace_back(VersionState{version, {}, {}, 0, 0, {}});
}

void ModelVersions::set(int64_t version, VersionStage stage, const VersionEvent& event) {
  VersionState& state = state_of(version);
  state.stage = stage;
  state.who = event.who;
  state.at_ns = event.at_ns;
}

void ModelVersions::take(const VersionEvent& event) {
  const int64_t version = event.version;
  switch (event.step) {
    case VersionStep::kLearned:
      state_of(version).learned_ns = event.at_ns;
      if (line_.empty()) {
        line_.push_back(version);
        set(version, VersionStage::kLive, event);
        return;
      }
      if (shadow_ != 0) set(shadow_, VersionStage::kReplaced, event);
      shadow_ = version;
      set(version, VersionStage::kShadow, event);
      return;
    case VersionStep::kPromoted:
      if (!line_.empty()) set(line_.back(), VersionStage::kEarlier, event);
      if (shadow_ == version) shadow_ = 0;
      line_.push_back(version);
      set(version, VersionStage::kLive, event);
      return;
    case VersionStep::kRejected:
      if (shadow_ == version) shadow_ = 0;
      set(version, VersionStage::kRejected, event);
      return;
    case VersionStep::kRolledBack:
      if (line_.size() < 2 || line_.back() != version) return;
      line_.pop_back();
      set(version, VersionStage::kRolledBack, event);
      set(line_.back(), VersionStage::kLive, event);
      return;
    case VersionStep::kWouldAlarm:
      state_of(version).would_alarm_ns.push_back(event.at_ns);
      return;
  }
}

}  // namespace mw::maintenance
