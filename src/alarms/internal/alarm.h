#pragma once

#include <deque>
#include <string>
#include <vector>

#include "alarms/alarms.h"
#include "alarms/internal/alarm_machine.h"

namespace mw::alarms {

/// A rule, how it stands, and when it came lately.
struct Alarms::Alarm {
  Alarm(AlarmRule given, const AlarmStatus& status)
      : rule(std::move(given)), machine(rule, status), tags(tags_of(rule)) {}

  AlarmRule rule;
  AlarmMachine machine;
  std::vector<std::string> tags;  // the first is shown
  std::deque<TimeNs> raised_ns;   // in the last hour
};

}  // namespace mw::alarms
