// What people ask of the health monitor and do with its cases.
#include <algorithm>

#include "core/file.h"
#include "maintenance/health/health_history.h"
#include "maintenance/health/health_machine.h"
#include "maintenance/health/train_health.h"
#include "security/rights.h"

namespace mw::maintenance {
namespace {

constexpr std::size_t kMostNoteBytes = 1'000;
constexpr double kLeastStepS = 5;                // the sparsest that history is usually kept at
constexpr int64_t kLongestNs = 400 * kNsPerDay;  // each hour of it is read by itself

/// The same for a case of a line that somebody may not see.
Error no_case() {
  return Error::make(Code::kNotFound, "there is no such case: see GET /api/maintenance/cases",
                     "没有该案例：可用案例见 GET /api/maintenance/cases", "case");
}

/// What somebody has to see to comes first, then the least healthy.
int rank(const HealthView& view) {
  if (view.open_case != 0 || view.point.verdict == HealthVerdict::kAlarm) return 0;
  if (view.point.verdict == HealthVerdict::kSensorFault) return 1;
  if (!view.card) return 4;
  return view.point.verdict == HealthVerdict::kHealthy ? 3 : 2;
}

}  // namespace

Error no_such_asset(const std::string& asset) {
  const std::string shown = asset.substr(0, 128);
  return Error::make(Code::kNotFound, "there is no asset '" + shown + "'",
                     "没有设备“" + shown + "”", "asset");
}

Error role_needed(const char* role, const char* role_zh) {
  return Error::make(Code::kPermissionDenied,
                     std::string("role ") + role + " is needed: ask whoever manages people",
                     std::string("需要") + role_zh + "角色，请联系人员管理员");
}

HealthView HealthMonitor::view_of(const Machine& machine, TimeNs now_ns) const {
  HealthView view;
  view.asset = machine.model.card.asset;
  view.line = machine.line;
  view.point = machine.point;
  view.tags = machine.model.tags;
  view.card = machine.model.card;
  view.budget = machine.budget.state(now_ns);
  view.open_case = machine.open_case;
  view.ts_ns = machine.row_ns;
  if (machine.shadow != nullptr) {
    ShadowView& shadow = view.shadow.emplace();
    shadow.version = machine.shadow->model.card.version;
    shadow.point = machine.shadow->point;
    const auto versions = versions_.find(view.asset);
    const VersionState* state =
        versions == versions_.end() ? nullptr : versions->second.find(shadow.version);
    if (state != nullptr) {
      shadow.since_ns = state->learned_ns;
      shadow.would_alarms = state->would_alarm_ns.size();
    }
  }
  return view;
}

std::vector<HealthView> HealthMonitor::list(const Identity& who) const {
  const auto mine = plant::Catalogue::visible_to(catalogue_, who);
  const TimeNs now_ns = options_.clock->now_ns();
  std::vector<HealthView> out;
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    for (const plant::Asset& asset : mine->assets()) {
      const auto found = machines_.find(asset.id);
      HealthView view;
      if (found != machines_.end()) {
        view = view_of(*found->second, now_ns);
      } else {
        view.asset = asset.id;
        view.line = asset.line;
      }
      out.push_back(std::move(view));
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const HealthView& a, const HealthView& b) {
    if (rank(a) != rank(b)) return rank(a) < rank(b);
    return a.point.index.value_or(101) < b.point.index.value_or(101);
  });
  return out;
}

std::vector<HealthCase> HealthMonitor::cases(const Identity& who) const {
  const std::lock_guard<std::mutex> guard(mutex_);
  std::vector<HealthCase> out;
  for (const HealthCase& one : cases_) {
    if (who.may_see_line(one.line)) out.push_back(one);
  }
  return out;
}

Result<HealthCase> HealthMonitor::find_case(const Identity& who, int64_t number) const {
  const std::lock_guard<std::mutex> guard(mutex_);
  for (const HealthCase& one : cases_) {
    if (one.number == number && who.may_see_line(one.line)) return one;
  }
  return no_case();
}

std::optional<NearestCase> HealthMonitor::nearest(const Identity& who,
                                                  const HealthCase& one) const {
  return nearest_case(one, cases(who));
}

Result<HealthMonitor::Learned> HealthMonitor::train(const Identity& who, const TrainOrder& order) {
  const auto mine = plant::Catalogue::visible_to(catalogue_, who);
  const plant::Asset* asset = mine->asset(order.asset);
  if (asset == nullptr) return no_such_asset(order.asset);
  if (!who.may(Role::kEngineer, asset->line)) return role_needed("engineer", "工程师");
  const std::lock_guard<std::mutex> turn(training_);
  if (order.window.start_ns >= order.window.end_ns) {
    return Error::make(Code::kInvalidArgument, "'window': its end lies before its start",
                       "“window”：结束时间早于开始时间", "window");
  }
  if (order.window.end_ns - order.window.start_ns > kLongestNs) {
    return Error::make(Code::kInvalidArgument, "'window': name one of at most 400 days",
                       "“window”：最长 400 天", "window");
  }
  const std::string name = security::audit_name(who);
  const std::string object = "asset:" + asset->id;
  const auto learn = [&]() -> Result<HealthModel> {
    const double step_s = step_for(order.window, kLeastStepS);
    MW_ASSIGN(
        const HealthHistory history,
        read_health_history_without(*options_.plant, who, *asset, *mine, order.window, step_s,
                                    order.left_out, [this] { return !replays_->stopping(); }));
    return train_health(history, {order.window, order.contract, who.name, options_.clock->now_ns(),
                                  options_.plant->simulated()});
  };
  Result<HealthModel> model = learn();
  if (!model) {
    MW_TRY(
        audit(name, "train", object, security::AuditOutcome::kRefused, model.error().message.en));
    return model.error();
  }
  const std::lock_guard<std::mutex> guard(mutex_);
  const bool watched = machines_.contains(asset->id);
  const ModelVersions& known = versions_[asset->id];
  int64_t version = known.states().empty() ? 1 : known.states().back().version + 1;
  // A version that was left out when it was read keeps its number.
  while (std::filesystem::exists(health_model_path(options_.folder, asset->id, version))) {
    ++version;
  }
  model->card.version = version;
  MW_TRY(audit(name, "train", object, security::AuditOutcome::kDone,
               "version=" + std::to_string(version) +
                   " most_false=" + std::to_string(order.contract.most_false) +
                   " days=" + std::to_string(order.contract.days)));
  MW_TRY(write_file_atomically(health_model_path(options_.folder, asset->id, version),
                               to_text(to_json(*model))));
  const TimeNs now_ns = options_.clock->now_ns();
  MW_TRY(note({asset->id, version, VersionStep::kLearned, who.name, now_ns}));
  // Where no version can be read, nothing would watch the machine until somebody promotes this one.
  if (!watched && known.live() != version) {
    MW_TRY(note({asset->id, version, VersionStep::kPromoted, who.name, now_ns}));
  }
  Learned learned{model->card, watched};
  MW_TRY(watched ? put_shadow(std::move(*model)) : put_model(std::move(*model)));
  return learned;
}

Result<HealthCase> HealthMonitor::decide(const Identity& who, int64_t number, CaseOutcome outcome,
                                         const std::string& note) {
  if (outcome == CaseOutcome::kOpen) {
    return Error::make(Code::kInvalidArgument,
                       "'outcome': expected confirmed, nothing_found or other",
                       "“outcome”应为 confirmed、nothing_found 或 other", "outcome");
  }
  if (note.size() > kMostNoteBytes) {
    return Error::make(Code::kInvalidArgument, "'note': at most 1000 bytes",
                       "“note”：最多 1000 字节", "note");
  }
  const std::lock_guard<std::mutex> guard(mutex_);
  const auto found = std::find_if(cases_.begin(), cases_.end(), [&](const HealthCase& one) {
    return one.number == number && who.may_see_line(one.line);
  });
  if (found == cases_.end()) return no_case();
  if (!who.may(Role::kOperator, found->line)) return role_needed("operator", "操作员");
  if (found->outcome != CaseOutcome::kOpen) {
    return Error::make(Code::kConflict, "the case is decided already, by " + found->decided_by,
                       "该案例已由 " + found->decided_by + " 处理", "case");
  }
  HealthCase decided = *found;
  decided.outcome = outcome;
  decided.note = note;
  decided.decided_by = who.name;
  decided.decided_ns = options_.clock->now_ns();
  MW_TRY(audit(security::audit_name(who), "outcome", "case:" + std::to_string(number),
               security::AuditOutcome::kDone, std::string(outcome_name(outcome)) + " " + note));
  MW_TRY(store_.decide(decided));
  *found = decided;
  if (const auto machine = machines_.find(decided.asset); machine != machines_.end()) {
    Machine& mine = *machine->second;
    if (mine.open_case == number) mine.open_case = 0;
    mine.budget.note_outcome(mine.alarm_of_case[number], outcome == CaseOutcome::kConfirmed
                                                             ? AlarmOutcome::kConfirmed
                                                             : AlarmOutcome::kNothingFound);
  }
  return decided;
}

}  // namespace mw::maintenance
