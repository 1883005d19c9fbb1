#pragma once

#include <deque>
#include <string>
#include <vector>

#include "alarms/alarms.h"
#include "alarms/internal/alarm_machine.h"

namespace mw::alarms {

/// What counts as lately.
inline constexpr int64_t kRateWindowNs = 10 * kNsPerMinute;

/// A rule, how it stands, and when it came lately.
struct Alarms::Alarm {
  Alarm(AlarmRule given, const AlarmStatus& status)
      : rule(std::move(given)), machine(rule, status), tags(tags_of(rule)) {}

  /// When it must be looked at although no value changed; nothing for a rule that is disabled.
  std::optional<TimeNs> next_ns() const { return rule.enabled ? machine.next_ns() : std::nullopt; }
  bool is_chattering(TimeNs now) const;
  bool is_stale(TimeNs now) const {
    return machine.status().active && machine.status().active_since_ns < now - kNsPerDay;
  }

  AlarmRule rule;
  AlarmMachine machine;
  std::vector<std::string> tags;  // the first is shown
  std::deque<TimeNs> raised_ns;   // in the last hour
};

}  // namespace mw::alarms
