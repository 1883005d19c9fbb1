#include "alarms/alarm_state.h"

#include <array>

namespace mw::alarms {

State AlarmStatus::state() const {
  if (out_of_service) return State::kOutOfService;
  if (suppressed) return State::kSuppressed;
  if (shelved_until_ns != 0) return State::kShelved;
  if (active) return acknowledged ? State::kAcknowledged : State::kUnacknowledged;
  if (!acknowledged) return State::kReturned;
  return latched ? State::kLatched : State::kNormal;
}

std::string_view state_name(State state) {
  constexpr std::array<std::string_view, 8> kNames = {
      "normal",  "unacknowledged", "acknowledged", "returned",
      "latched", "shelved",        "suppressed",   "out_of_service"};
  return kNames[static_cast<std::size_t>(state)];
}

std::string_view event_name(Event event) {
  constexpr std::array<std::string_view, 12> kNames = {
      "raised",     "returned",     "acknowledged",   "reset",      "shelved",  "unshelved",
      "suppressed", "unsuppressed", "out_of_service", "in_service", "doubtful", "trusted"};
  return kNames[static_cast<std::size_t>(event)];
}

}  // namespace mw::alarms
