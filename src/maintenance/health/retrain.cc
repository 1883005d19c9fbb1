// Machines that are trained anew by a schedule (ADR 0141): set, looked at, run.
#include <exception>

#include "maintenance/health/health_machine.h"
#include "security/rights.h"

namespace mw::maintenance {
namespace {

constexpr int64_t kTryAgainNs = kNsPerMinute;  // where the disk does not take that one began

Error no_schedule() {
  return Error::make(Code::kNotFound, "the machine has no schedule", "该设备没有定期训练计划",
                     "asset");
}

Error may_no_more() {
  return Error::make(Code::kPermissionDenied,
                     "whoever set the schedule may not train this machine any more: an engineer of "
                     "its line has to set it anew",
                     "设置该计划的人已无权训练该设备，请由该产线的工程师重新设置");
}

Error none_live() {
  return Error::make(Code::kConflict,
                     "no version is live yet: a person trains the first one and looks at it",
                     "尚无在线版本：第一版须由人训练并查看");
}

std::string described(const RetrainSchedule& schedule) {
  return "every_days=" + std::to_string(schedule.every_days) +
         " at=" + time_of_day(schedule.minute) +
         " history_days=" + std::to_string(schedule.history_days) +
         " most_false=" + std::to_string(schedule.contract.most_false) +
         " days=" + std::to_string(schedule.contract.days) +
         " promote=" + (schedule.promote ? "yes" : "no");
}

}  // namespace

Result<void> HealthMonitor::load_schedules() {
  MW_ASSIGN(std::vector<RetrainSchedule> all, retrain_store_.all());
  for (RetrainSchedule& each : all) {
    if (each.last.result == RetrainResult::kRunning) {
      each.last.result = RetrainResult::kInterrupted;
      MW_TRY(retrain_store_.put(each));
    }
    const std::string asset = each.asset;
    schedules_[asset] = std::move(each);
  }
  return {};
}

Result<std::optional<RetrainSchedule>> HealthMonitor::schedule(const Identity& who,
                                                               const std::string& asset) const {
  const auto mine = plant::Catalogue::visible_to(catalogue_, who);
  if (mine->asset(asset) == nullptr) return no_such_asset(asset);
  const std::lock_guard<std::mutex> guard(mutex_);
  const auto found = schedules_.find(asset);
  if (found == schedules_.end()) return std::optional<RetrainSchedule>{};
  return std::optional(found->second);
}

Result<RetrainSchedule> HealthMonitor::set_schedule(const Identity& who,
                                                    const RetrainSchedule& wanted) {
  const auto mine = plant::Catalogue::visible_to(catalogue_, who);
  const plant::Asset* asset = mine->asset(wanted.asset);
  if (asset == nullptr) return no_such_asset(wanted.asset);
  if (!who.may(Role::kEngineer, asset->line)) return role_needed("engineer", "工程师");
  MW_TRY(check_schedule(wanted));
  RetrainSchedule put = wanted;
  put.by_kind = who.kind;
  put.by = who.name;
  put.set_ns = options_.clock->now_ns();
  put.next_ns = first_run_ns(put, options_.zone, put.set_ns);
  const std::lock_guard<std::mutex> guard(mutex_);
  const auto before = schedules_.find(put.asset);
  put.last = before == schedules_.end() ? RetrainOutcome{} : before->second.last;
  MW_TRY(audit(security::audit_name(who), "schedule", "asset:" + put.asset,
               security::AuditOutcome::kDone, described(put)));
  MW_TRY(retrain_store_.put(put));
  schedules_[put.asset] = put;
  return put;
}

Result<void> HealthMonitor::remove_schedule(const Identity& who, const std::string& asset) {
  const auto mine = plant::Catalogue::visible_to(catalogue_, who);
  const plant::Asset* found = mine->asset(asset);
  if (found == nullptr) return no_such_asset(asset);
  if (!who.may(Role::kEngineer, found->line)) return role_needed("engineer", "工程师");
  const std::lock_guard<std::mutex> guard(mutex_);
  if (!schedules_.contains(asset)) return no_schedule();
  MW_TRY(audit(security::audit_name(who), "schedule_remove", "asset:" + asset,
               security::AuditOutcome::kDone, ""));
  MW_TRY(retrain_store_.remove(asset));
  schedules_.erase(asset);
  return {};
}

void HealthMonitor::start_due(TimeNs now_ns) {
  const std::lock_guard<std::mutex> guard(mutex_);
  for (auto& [asset, schedule] : schedules_) {
    if (now_ns < schedule.next_ns || schedule.last.result == RetrainResult::kRunning) continue;
    RetrainSchedule begun = schedule;
    begun.next_ns = next_run_ns(schedule, options_.zone, now_ns);
    begun.last = {RetrainResult::kRunning, 0, now_ns, {}};
    // Kept before it begins: what stops the server in the middle of it is not met again at once.
    if (const Result<void> kept = retrain_store_.put(begun); !kept) {
      schedule.next_ns = now_ns + kTryAgainNs;
      options_.log(LogLevel::kError, "maintenance",
                   "a scheduled training cannot be kept: " + kept.error().message.en);
      continue;
    }
    schedule = begun;
    work_.post([this, begun] { retrain(begun); });
  }
}

void HealthMonitor::retrain(const RetrainSchedule& schedule) {
  RetrainOutcome outcome = schedule.last;
  try {  // a thread's end, as in run_replay()
    retrain_steps(schedule, outcome);
  } catch (const std::exception& problem) {
    options_.log(LogLevel::kError, "maintenance",
                 "a scheduled training threw: " + std::string(problem.what()));
    outcome.why = {"an internal error; the log has the details", "内部错误，详见日志"};
  }
  if (replays_->stopping()) return;  // the file has it as running: it is told as interrupted
  if (outcome.result == RetrainResult::kRunning) outcome.result = RetrainResult::kRefused;
  const std::lock_guard<std::mutex> guard(mutex_);
  const auto found = schedules_.find(schedule.asset);
  if (found == schedules_.end()) return;  // removed meanwhile
  found->second.last = outcome;
  if (const Result<void> kept = retrain_store_.put(found->second); !kept) {
    options_.log(LogLevel::kError, "maintenance",
                 "what came of a scheduled training cannot be kept: " + kept.error().message.en);
  }
}

void HealthMonitor::retrain_steps(const RetrainSchedule& schedule, RetrainOutcome& outcome) {
  const std::string& asset = schedule.asset;
  const plant::Asset* machine = catalogue_->asset(asset);
  if (machine == nullptr) {
    outcome.why = no_such_asset(asset).message;
    return;
  }
  // No more rights than training this machine takes, and those only while its setter has them.
  const Identity who{schedule.by_kind, schedule.by, {{Role::kEngineer, {machine->line}, {}}}};
  const std::string name = security::audit_name(who);
  const auto refuse = [&](const Error& error) {
    outcome.why = error.message;
    const auto told = audit(name, "retrain", "asset:" + asset, security::AuditOutcome::kRefused,
                            error.message.en);
    if (!told) outcome.why = told.error().message;
  };
  const bool erased = schedule.by == "?";
  if (erased || !options_.may_still(who, machine->line)) return refuse(may_no_more());
  std::vector<HealthCase> cases;
  bool watched = false;
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    cases = cases_of(asset);
    watched = machines_.contains(asset);
  }
  if (!watched) return refuse(none_live());
  if (const auto begun = audit(name, "retrain", "asset:" + asset, security::AuditOutcome::kDone,
                               "begun " + described(schedule));
      !begun) {
    outcome.why = begun.error().message;
    return;
  }
  TrainOrder order;
  order.asset = asset;
  order.window = {outcome.at_ns - schedule.history_days * kNsPerDay, outcome.at_ns};
  order.contract = schedule.contract;
  order.left_out = stretches_of_cases(cases, order.window);
  const Result<Learned> learned = train(who, order);  // it audits a refusal itself
  if (!learned) {
    outcome.why = learned.error().message;
    return;
  }
  outcome.result = RetrainResult::kShadow;
  outcome.version = learned->card.version;
  replay_scheduled(who, asset, outcome);
}

}  // namespace mw::maintenance
