// Work orders of cases: drafted from what the plant says, accepted by people.
#include <algorithm>

#include "maintenance/health/health_machine.h"
#include "maintenance/live_life/life_date.h"
#include "security/rights.h"

namespace mw::maintenance {
namespace {

constexpr std::size_t kMostWorkNoteBytes = 1'000;

Error not_as_seen() {
  return Error::make(Code::kConflict,
                     "the window is not as you saw it any more: load the work order again",
                     "该时段已与您所见不同，请重新加载工单", "start_ms");
}

/// Until when it had to be done, and who said so.
std::string latest_detail(const WorkOrderDraft& draft) {
  if (draft.before_given) {
    return " before_ms=" + std::to_string(draft.ahead.end_ns / kNsPerMs) + " by=person";
  }
  if (!draft.by_life) return "";
  return " before_ms=" + std::to_string(*draft.life.before_ns / kNsPerMs) +
         " by=model:" + draft.life.model + (draft.late.en.empty() ? "" : " late");
}

}  // namespace

Result<WorkOrderDraft> HealthMonitor::work_order(const Identity& who, int64_t number,
                                                 const WorkQuestion& question) const {
  MW_ASSIGN(const HealthCase one, find_case(who, number));
  const auto mine = plant::Catalogue::visible_to(catalogue_, who);
  const LifeDate life =
      options_.lives != nullptr ? life_date(*options_.lives, who, one.asset) : LifeDate{};
  return draft_work(one, *mine, options_.zone, options_.clock->now_ns(), question, life);
}

std::optional<AcceptedWork> HealthMonitor::accepted_work(const Identity& who,
                                                         int64_t number) const {
  if (!find_case(who, number)) return std::nullopt;
  const std::lock_guard<std::mutex> guard(mutex_);
  const auto found = accepted_.find(number);
  if (found == accepted_.end()) return std::nullopt;
  return found->second;
}

Result<AcceptedWork> HealthMonitor::accept_work(const Identity& who, int64_t number,
                                                const WorkAcceptance& acceptance) {
  if (acceptance.note.size() > kMostWorkNoteBytes) {
    return Error::make(Code::kInvalidArgument, "'note': at most 1000 bytes",
                       "“note”：最多 1000 字节", "note");
  }
  MW_ASSIGN(const HealthCase one, find_case(who, number));
  if (!who.may(Role::kEngineer, one.line)) return role_needed("engineer", "工程师");
  MW_ASSIGN(const WorkOrderDraft draft, work_order(who, number, acceptance.question));
  const auto window = std::find_if(
      draft.windows.begin(), draft.windows.end(),
      [&](const WorkWindow& each) { return each.window.start_ns == acceptance.start_ns; });
  if (window == draft.windows.end()) return not_as_seen();
  if (work_check(draft, *window) != acceptance.check) return not_as_seen();
  AcceptedWork work{number, who.name, options_.clock->now_ns(), acceptance.note,
                    accepted_json(draft, *window)};
  const std::lock_guard<std::mutex> guard(mutex_);
  const auto found = std::find_if(cases_.begin(), cases_.end(),
                                  [&](const HealthCase& each) { return each.number == number; });
  if (found == cases_.end() || found->outcome != CaseOutcome::kOpen) {
    return Error::make(Code::kConflict, "the case is decided: its work order stays as it is",
                       "该案例已处理，工单不再更改", "case");
  }
  MW_TRY(audit(
      security::audit_name(who), "work_order", "case:" + std::to_string(number),
      security::AuditOutcome::kDone,
      "mode=" + draft.mode + " from_ms=" + std::to_string(window->window.start_ns / kNsPerMs) +
          " known=" + Json(window->known).dump() + " " + draft.currency +
          (window->complete ? "" : " incomplete") + latest_detail(draft) +
          " check=" + acceptance.check + (acceptance.note.empty() ? "" : " " + acceptance.note)));
  MW_TRY(work_store_.put(work));
  accepted_[number] = work;
  return work;
}

}  // namespace mw::maintenance
