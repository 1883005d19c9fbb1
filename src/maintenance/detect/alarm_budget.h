#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "core/clock.h"
#include "maintenance/detect/alarm_contract.h"

namespace mw::maintenance {

/// What a person found behind an alarm.
enum class AlarmOutcome { kOpen, kConfirmed, kNothingFound };

/// How much of a machine's budget of false alarms is spent.
struct BudgetState {
  double most_false = 0;  // of the contract
  std::size_t spent = 0;  // in the last contract.days: not confirmed, open ones included
  std::size_t open = 0;   // of these, still to be looked at
  double left = 0;        // most_false - spent, may be negative
  bool exceeded = false;
  /// When the next alarm drops out of the window; nothing while none is in it.
  std::optional<TimeNs> next_release_ns;
};

/// Counts a live model's alarms against its contract. An alarm counts as false until somebody
/// confirms it: a budget that waits for feedback would never be spent.
class AlarmBudget {
 public:
  explicit AlarmBudget(const AlarmContract& contract) : contract_(contract) {}

  /// An alarm began. Times come in order. Returns its number.
  uint64_t note_alarm(TimeNs ts_ns);
  /// False where the number is not known, or so old that it was let go.
  bool note_outcome(uint64_t alarm, AlarmOutcome outcome);
  BudgetState state(TimeNs now_ns) const;

 private:
  struct Alarm {
    uint64_t number;
    TimeNs ts_ns;
    AlarmOutcome outcome;
  };
  AlarmContract contract_;
  std::deque<Alarm> alarms_;  // of the window, oldest first
  uint64_t next_ = 1;
};

}  // namespace mw::maintenance
