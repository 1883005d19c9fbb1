#pragma once

#include <functional>
#include <optional>

#include "alarms/alarm_rule.h"
#include "alarms/alarm_state.h"
#include "alarms/internal/evaluate.h"
#include "core/result.h"

namespace mw::alarms {

/// One alarm through time: delays, latching, shelving, suppression. Knows neither tags nor files.
///
/// A condition that is unknown changes nothing but, after 30 s, `doubtful`: an alarm that was there
/// stays, one that was not does not come. Who is shelved, suppressed or out of service goes on
/// being followed; when that ends while the condition holds, it is a new alarm that nobody has
/// seen.
class AlarmMachine {
 public:
  using OnEvent = std::function<void(Event event)>;

  AlarmMachine(const AlarmRule& rule, AlarmStatus status) : status_(status) { take(rule); }
  /// The rule changed: its status stays.
  void take(const AlarmRule& rule);

  /// Looks at the condition as it is at `now`. Tells what happened, in order.
  void step(TimeNs now, Truth condition, Truth unless, const OnEvent& on_event);
  /// When it must be looked at again although no value changed; nothing: not by itself.
  std::optional<TimeNs> next_ns() const;

  /// Errors of all: kConflict, with what state it is in.
  Result<void> acknowledge(TimeNs now);
  Result<void> reset(TimeNs now);
  Result<void> shelve(TimeNs now, TimeNs until);
  Result<void> unshelve(TimeNs now, const OnEvent& on_event);
  Result<void> set_out_of_service(TimeNs now, bool out, const OnEvent& on_event);

  const AlarmStatus& status() const { return status_; }
  /// Whether limits are to be taken with their hysteresis.
  bool held() const { return held_; }

 private:
  void set_active(TimeNs now, TimeNs began, bool active, const OnEvent& on_event);
  void announce_again(TimeNs now, const OnEvent& on_event);
  Error refused(const char* en, const char* zh) const;
  bool muted() const {
    return status_.suppressed || status_.out_of_service || status_.shelved_until_ns != 0;
  }

  int64_t delay_on_ns_ = 0;
  int64_t delay_off_ns_ = 0;
  bool latching_ = false;
  AlarmStatus status_;
  bool held_ = false;                    // the condition, before delays
  std::optional<TimeNs> unknown_since_;  // the condition cannot be told since then
  std::optional<TimeNs> pending_since_;  // the condition differs from `active` since then
};

}  // namespace mw::alarms
