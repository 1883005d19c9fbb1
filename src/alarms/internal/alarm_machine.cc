#include "alarms/internal/alarm_machine.h"

#include <algorithm>
#include <string>
#include <utility>

namespace mw::alarms {

namespace {

/// A restart, or a gateway that reconnects, is over by then: not worth two lines in the journal.
constexpr int64_t kDoubtAfterNs = 30 * kNsPerSecond;

}  // namespace

void AlarmMachine::take(const AlarmRule& rule) {
  delay_on_ns_ = rule.delay_on_ns;
  delay_off_ns_ = rule.delay_off_ns;
  latching_ = rule.latching;
  held_ = status_.active;
  pending_since_.reset();
}

void AlarmMachine::set_active(TimeNs now, TimeNs began, bool active, const OnEvent& on_event) {
  status_.active = active;
  if (active) status_.active_since_ns = began;
  if (muted()) return;  // followed, not announced
  status_.changed_ns = now;
  if (active) {
    status_.acknowledged = false;
    status_.latched = latching_;
    on_event(Event::kRaised);
  } else {
    on_event(Event::kReturned);
  }
}

/// What kept it quiet is over.
void AlarmMachine::announce_again(TimeNs now, const OnEvent& on_event) {
  status_.changed_ns = now;
  if (muted() || !status_.active) return;
  status_.acknowledged = false;
  status_.latched = latching_;
  on_event(Event::kRaised);
}

void AlarmMachine::step(TimeNs now, Truth condition, Truth unless, const OnEvent& on_event) {
  if (status_.shelved_until_ns != 0 && now >= status_.shelved_until_ns) {
    status_.shelved_until_ns = 0;
    on_event(Event::kUnshelved);
    announce_again(now, on_event);
  }
  if (unless != Truth::kUnknown && (unless == Truth::kTrue) != status_.suppressed) {
    status_.suppressed = !status_.suppressed;
    status_.changed_ns = now;
    on_event(status_.suppressed ? Event::kSuppressed : Event::kUnsuppressed);
    if (status_.suppressed) {
      // What it meant is void in this state of the machine: nobody has to see to it any more.
      status_.acknowledged = true;
      status_.latched = false;
    } else {
      announce_again(now, on_event);
    }
  }
  if (condition == Truth::kUnknown) {
    pending_since_.reset();  // a delay is over only if the condition was seen to hold all the time
    if (!unknown_since_) unknown_since_ = now;
    if (!status_.doubtful && now - *unknown_since_ >= kDoubtAfterNs) {
      status_.doubtful = true;
      on_event(Event::kDoubtful);
    }
    return;
  }
  unknown_since_.reset();
  if (status_.doubtful) {
    status_.doubtful = false;
    on_event(Event::kTrusted);
  }
  held_ = condition == Truth::kTrue;
  if (held_ == status_.active) {
    pending_since_.reset();
    return;
  }
  if (!pending_since_) pending_since_ = now;
  if (now - *pending_since_ < (held_ ? delay_on_ns_ : delay_off_ns_)) return;
  set_active(now, *std::exchange(pending_since_, std::nullopt), held_, on_event);
}

std::optional<TimeNs> AlarmMachine::next_ns() const {
  std::optional<TimeNs> next;
  if (pending_since_) next = *pending_since_ + (held_ ? delay_on_ns_ : delay_off_ns_);
  if (unknown_since_ && !status_.doubtful) next = *unknown_since_ + kDoubtAfterNs;
  if (status_.shelved_until_ns != 0) {
    next = std::min(next.value_or(status_.shelved_until_ns), status_.shelved_until_ns);
  }
  return next;
}

Error AlarmMachine::refused(const char* en, const char* zh) const {
  const std::string state(state_name(status_.state()));
  return Error::make(Code::kConflict, std::string(en) + ": it is " + state,
                     std::string(zh) + "：当前状态为 " + state);
}

Result<void> AlarmMachine::acknowledge(TimeNs now) {
  if (status_.acknowledged || muted()) {
    return refused("nothing to acknowledge", "没有需要确认的报警");
  }
  status_.acknowledged = true;
  status_.changed_ns = now;
  return {};
}

Result<void> AlarmMachine::reset(TimeNs now) {
  if (status_.state() != State::kLatched) {
    return refused("only an alarm that is gone, acknowledged and latched can be reset",
                   "只有已消失、已确认且锁存的报警可以复位");
  }
  status_.latched = false;
  status_.changed_ns = now;
  return {};
}

Result<void> AlarmMachine::shelve(TimeNs now, TimeNs until) {
  if (status_.out_of_service || status_.suppressed) {
    return refused("it cannot be shelved", "无法搁置该报警");
  }
  status_.shelved_until_ns = until;
  status_.acknowledged = true;  // whoever shelves it has seen it
  status_.changed_ns = now;
  return {};
}

Result<void> AlarmMachine::unshelve(TimeNs now, const OnEvent& on_event) {
  if (status_.shelved_until_ns == 0) return refused("it is not shelved", "该报警未被搁置");
  status_.shelved_until_ns = 0;
  on_event(Event::kUnshelved);
  announce_again(now, on_event);
  return {};
}

Result<void> AlarmMachine::set_out_of_service(TimeNs now, bool out, const OnEvent& on_event) {
  if (out == status_.out_of_service) {
    return out ? refused("it is out of service already", "该报警已停用")
               : refused("it is in service already", "该报警已在用");
  }
  status_.out_of_service = out;
  status_.changed_ns = now;
  if (out) {
    status_.acknowledged = true;
    status_.latched = false;
    status_.shelved_until_ns = 0;
  }
  on_event(out ? Event::kOutOfService : Event::kInService);
  if (!out) announce_again(now, on_event);
  return {};
}

}  // namespace mw::alarms
