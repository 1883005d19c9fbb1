#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/clock.h"

namespace mw::alarms {

/// The states of ISA-18.2 (figure 2), as people see them.
enum class State : uint8_t {
  kNormal,
  kUnacknowledged,  // it is there and nobody has said that they know
  kAcknowledged,    // it is there and somebody takes care
  kReturned,        // it went by itself before anybody saw it
  kLatched,         // gone and seen, but it stays until it is reset
  kShelved,         // put aside by a person until a time
  kSuppressed,      // by design: it means nothing in the machine's present state
  kOutOfService,    // taken out by a person until it is put back
};
std::string_view state_name(State state);

/// What stands of an alarm over a restart.
struct AlarmStatus {
  bool active = false;       // the condition holds, delays counted
  bool acknowledged = true;  // what came last was seen
  bool latched = false;      // waits for its reset
  bool doubtful = false;     // the values that it looks at cannot be trusted: it stays as it was
  bool suppressed = false;
  bool out_of_service = false;
  TimeNs shelved_until_ns = 0;  // 0: not shelved
  TimeNs active_since_ns = 0;   // when the condition that holds, or held last, began
  TimeNs changed_ns = 0;        // of the state below

  State state() const;
};

/// What happened to an alarm: a line of the journal.
enum class Event : uint8_t {
  kRaised,
  kReturned,
  kAcknowledged,
  kReset,
  kShelved,
  kUnshelved,
  kSuppressed,
  kUnsuppressed,
  kOutOfService,
  kInService,
  kDoubtful,  // its values cannot be trusted any more
  kTrusted,   // they can again
};
std::string_view event_name(Event event);

}  // namespace mw::alarms
