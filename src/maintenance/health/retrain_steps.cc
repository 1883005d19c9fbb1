// The steps of a scheduled training after its version was learned: replayed, and put live or left.
#include <algorithm>

#include "maintenance/health/health_machine.h"

namespace mw::maintenance {
namespace {

Text gate_text(const std::vector<Text>& shut) {
  Text out;
  for (const Text& each : shut) {
    out.en += (out.en.empty() ? "" : "; ") + each.en;
    out.zh += (out.zh.empty() ? "" : "；") + each.zh;
  }
  return out;
}

}  // namespace

void HealthMonitor::replay_scheduled(const Identity& who, const std::string& asset,
                                     RetrainOutcome& outcome) {
  const int64_t version = outcome.version;
  Result<ReplayTask> task = replay_task(who, asset, version);
  if (!task) {
    outcome.why = task.error().message;
    return;
  }
  const auto ticket = replays_->begin(asset, version, who.name, options_.clock->now_ns());
  if (!ticket) {
    outcome.why = ticket.error().message;
    return;
  }
  run_replay(who, *task, *ticket);
  const std::optional<ReplayJob> job = replays_->find(asset);
  if (!job || job->version != version || job->state != ReplayState::kDone) {
    outcome.why = job && job->state == ReplayState::kFailed
                      ? job->problem
                      : Text{"its replay was cancelled", "其回放已取消"};
    return;
  }
  bool promote = false;
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    const VersionsView view = versions_view(who, *catalogue_->asset(asset));
    const auto mine =
        std::find_if(view.versions.begin(), view.versions.end(),
                     [&](const VersionView& each) { return each.state.version == version; });
    if (mine != view.versions.end()) outcome.why = gate_text(mine->shut);
    // As the schedule is now: it may have been changed or removed while this ran.
    const auto now = schedules_.find(asset);
    promote = now != schedules_.end() && now->second.promote && now->second.by == who.name;
  }
  if (!promote) return;
  const auto decided = decide_version(who, asset, version, VersionDecision::kPromote);
  if (decided) outcome.result = RetrainResult::kLive;
  outcome.why = decided ? Text{} : decided.error().message;
}

}  // namespace mw::maintenance
