// Replays of versions of a machine's model over its past: at once, or in the background.
#include <algorithm>
#include <cmath>
#include <exception>

#include "maintenance/health/health_history.h"
#include "maintenance/health/health_machine.h"
#include "security/rights.h"

namespace mw::maintenance {
namespace {

constexpr int64_t kLongestReplayNs = 400 * kNsPerDay;  // each hour of it is read by itself
constexpr double kChunkS = 86'400;

Error given_up() {
  return Error::make(Code::kCancelled, "the replay was given up: nothing of it is kept",
                     "回放已中止，未保留任何结果");
}

int64_t rows_in(TimeWindow window, double step_s) {
  return static_cast<int64_t>(static_cast<double>(window.end_ns - window.start_ns) / kNsPerSecond /
                              step_s);
}

}  // namespace

Result<std::optional<HealthHistory>> HealthMonitor::recorded_rows(const HealthCase& one,
                                                                  const plant::Asset& asset,
                                                                  double step_s) {
  std::optional<CaseRecording> found;
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    MW_ASSIGN(found, recording_store_.find(one.number));
  }
  if (!found) return std::optional<HealthHistory>{};
  MW_ASSIGN(const auto readings, recorded_readings(*found, *catalogue_));
  return std::optional(recorded_history(readings, asset, *catalogue_, found->window, step_s));
}

Result<HealthReplay> HealthMonitor::replay_past(const Identity& who, const HealthModel& model,
                                                const std::vector<HealthCase>& cases,
                                                const OnReplay& on_rows) {
  const auto mine = plant::Catalogue::visible_to(catalogue_, who);
  const plant::Asset* asset = mine->asset(model.card.asset);
  if (asset == nullptr) return no_such_asset(model.card.asset);
  const double step_s = model.card.step_s;
  const TimeNs now_ns = options_.clock->now_ns();
  const TimeNs begin_ns =
      std::max(options_.plant->earliest_ns(who).value_or(now_ns), now_ns - kLongestReplayNs);
  const auto window_of = [&](const HealthCase& one) {
    TimeWindow window = case_window(one, model.card);
    window.end_ns = std::min(window.end_ns, now_ns);
    return window;
  };
  int64_t rows = rows_in({begin_ns, now_ns}, step_s);
  for (const HealthCase& one : cases) rows += rows_in(window_of(one), step_s);
  int64_t done = 0;
  const auto read = [&](TimeWindow window) -> Result<HealthHistory> {
    if (on_rows && !on_rows(done, rows)) return given_up();
    MW_ASSIGN(HealthHistory out,
              read_health_history(*options_.plant, who, *asset, *mine, window, step_s));
    done = std::min(rows, done + static_cast<int64_t>(out.rows.rows()));
    return out;
  };
  MW_ASSIGN(HealthReplayer replayer, HealthReplayer::make(model, begin_ns));
  const auto chunk_ns = static_cast<int64_t>(std::ceil(kChunkS / step_s) * step_s * kNsPerSecond);
  for (TimeNs at_ns = begin_ns; at_ns < now_ns; at_ns += chunk_ns) {
    MW_ASSIGN(const HealthHistory history, read({at_ns, std::min(at_ns + chunk_ns, now_ns)}));
    MW_TRY(replayer.add(history));
  }
  for (const HealthCase& one : cases) {
    MW_ASSIGN(const HealthHistory history, read(window_of(one)));
    MW_ASSIGN(const auto recorded, recorded_rows(one, *asset, step_s));
    MW_TRY(replayer.judge(one, history, recorded ? &*recorded : nullptr));
  }
  if (on_rows && !on_rows(rows, rows)) return given_up();
  HealthReplay out = replayer.finish();
  out.made_ns = now_ns;
  out.made_by = who.name;
  return out;
}

Result<HealthMonitor::ReplayTask> HealthMonitor::replay_task(const Identity& who,
                                                             const std::string& asset,
                                                             int64_t version) {
  const auto mine = plant::Catalogue::visible_to(catalogue_, who);
  const plant::Asset* found = mine->asset(asset);
  if (found == nullptr) return no_such_asset(asset);
  if (!who.may(Role::kEngineer, found->line)) return role_needed("engineer", "工程师");
  ReplayTask out;
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    if (versions_[asset].find(version) == nullptr) return no_version(version);
    out.cases = cases_of(asset);
  }
  Result<HealthModel> model = read_model(asset, version);
  if (!model) {
    return Error::make(Code::kConflict,
                       "the file of version " + std::to_string(version) +
                           " cannot be read: train the machine anew",
                       "第 " + std::to_string(version) + " 版的文件无法读取，请重新训练该设备",
                       "version");
  }
  out.model = std::move(*model);
  return out;
}

Result<void> HealthMonitor::keep_replay(const Identity& who, const std::string& asset,
                                        const HealthReplay& replay) {
  const std::lock_guard<std::mutex> guard(mutex_);
  MW_TRY(audit(security::audit_name(who), "replay", "asset:" + asset, security::AuditOutcome::kDone,
               "version=" + std::to_string(replay.version) +
                   " alarms=" + std::to_string(replay.contract.alarms) +
                   " days=" + std::to_string(replay.contract.days) +
                   " kept=" + (replay.contract.kept ? "yes" : "no")));
  return version_store_.put_replay(asset, replay);
}

Result<HealthReplay> HealthMonitor::replay(const Identity& who, const std::string& asset,
                                           int64_t version, const OnReplay& on_rows) {
  MW_ASSIGN(const ReplayTask task, replay_task(who, asset, version));
  MW_ASSIGN(HealthReplay replay, replay_past(who, task.model, task.cases, on_rows));
  MW_TRY(keep_replay(who, asset, replay));
  std::erase_if(replay.cases, [&](const CaseReplay& each) {
    return std::none_of(task.cases.begin(), task.cases.end(), [&](const HealthCase& one) {
      return one.number == each.number && who.may_see_line(one.line);
    });
  });
  return replay;
}

Result<ReplayJob> HealthMonitor::start_replay(const Identity& who, const std::string& asset,
                                              int64_t version) {
  MW_ASSIGN(ReplayTask task, replay_task(who, asset, version));
  MW_ASSIGN(const ReplayJobs::Ticket ticket,
            replays_->begin(asset, version, who.name, options_.clock->now_ns()));
  const auto shared = std::make_shared<const ReplayTask>(std::move(task));
  work_.post([this, who, shared, ticket] { run_replay(who, *shared, ticket); });
  return *replays_->find(asset);
}

void HealthMonitor::run_replay(const Identity& who, const ReplayTask& task,
                               ReplayJobs::Ticket ticket) {
  const auto now_ns = [this] { return options_.clock->now_ns(); };
  const auto on_rows = [&](int64_t done, int64_t rows) {
    return replays_->report(ticket, done, rows);
  };
  const auto run = [&]() -> Result<HealthReplay> {
    try {  // a thread's end: the standard library may throw for want of memory
      return replay_past(who, task.model, task.cases, on_rows);
    } catch (const std::exception& problem) {
      options_.log(LogLevel::kError, "maintenance",
                   "a replay threw: " + std::string(problem.what()));
      return Error::make(Code::kInternal, "an internal error; the log has the details",
                         "内部错误，详见日志");
    }
  };
  Result<HealthReplay> replay = run();
  if (!replay) {
    replays_->fail(ticket, now_ns(), replay.error().message);
    return;
  }
  replays_->finish(ticket, now_ns(), [&](const ReplayJob& job) {
    replay->made_by = job.by;  // who was erased meanwhile is not named again
    return keep_replay(who, job.asset, *replay);
  });
}

Result<std::optional<ReplayJob>> HealthMonitor::replay_job(const Identity& who,
                                                           const std::string& asset) const {
  const auto mine = plant::Catalogue::visible_to(catalogue_, who);
  if (mine->asset(asset) == nullptr) return no_such_asset(asset);
  return replays_->find(asset);
}

Result<ReplayJob> HealthMonitor::cancel_replay(const Identity& who, const std::string& asset) {
  const auto mine = plant::Catalogue::visible_to(catalogue_, who);
  const plant::Asset* found = mine->asset(asset);
  if (found == nullptr) return no_such_asset(asset);
  if (!who.may(Role::kEngineer, found->line)) return role_needed("engineer", "工程师");
  return replays_->cancel(asset, options_.clock->now_ns(), [&](const ReplayJob& job) {
    return audit(security::audit_name(who), "replay_cancel", "asset:" + asset,
                 security::AuditOutcome::kDone, "version=" + std::to_string(job.version));
  });
}

}  // namespace mw::maintenance
