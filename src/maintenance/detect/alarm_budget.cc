#include "maintenance/detect/alarm_budget.h"

#include <algorithm>

#include "core/check.h"

namespace mw::maintenance {
namespace {

/// The window in ns; a contract of centuries is one of ever.
int64_t window_ns(const AlarmContract& contract) {
  return static_cast<int64_t>(std::min(contract.days, 36'500.0) * static_cast<double>(kNsPerDay));
}

}  // namespace

uint64_t AlarmBudget::note_alarm(TimeNs ts_ns) {
  MW_CHECK(alarms_.empty() || alarms_.back().ts_ns <= ts_ns);
  while (!alarms_.empty() && alarms_.front().ts_ns <= ts_ns - window_ns(contract_)) {
    alarms_.pop_front();
  }
  alarms_.push_back({next_, ts_ns, AlarmOutcome::kOpen});
  return next_++;
}

bool AlarmBudget::note_outcome(uint64_t alarm, AlarmOutcome outcome) {
  const auto found = std::find_if(alarms_.begin(), alarms_.end(),
                                  [&](const Alarm& each) { return each.number == alarm; });
  if (found == alarms_.end()) return false;
  found->outcome = outcome;
  return true;
}

BudgetState AlarmBudget::state(TimeNs now_ns) const {
  BudgetState out;
  out.most_false = contract_.most_false;
  for (const Alarm& each : alarms_) {
    if (each.ts_ns <= now_ns - window_ns(contract_) || each.ts_ns > now_ns) continue;
    if (each.outcome == AlarmOutcome::kConfirmed) continue;
    ++out.spent;
    if (each.outcome == AlarmOutcome::kOpen) ++out.open;
    if (!out.next_release_ns) out.next_release_ns = each.ts_ns + window_ns(contract_);
  }
  out.left = out.most_false - static_cast<double>(out.spent);
  out.exceeded = out.left < 0;
  return out;
}

}  // namespace mw::maintenance
