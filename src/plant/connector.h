#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/language.h"

namespace mw::plant {

enum class ConnectorState {
  kConnecting,  // started, has not got through yet
  kConnected,
  kSilent,  // connected, but no sample came for longer than any of its tags may be silent
  kFailed,  // not connected; it is tried again without end
};

/// "connecting", "connected", "silent", "failed".
std::string_view connector_state_name(ConnectorState state);

/// How one way in stands: the broker, a Modbus device, a watched folder, pushed samples; or a feed,
/// which is a way out: then samples are those it sent.
struct ConnectorStatus {
  std::string name;     // as configured; "broker" and "push" are ours
  std::string kind;     // "mqtt", "modbus_tcp", "modbus_rtu", "opcua", "sparkplug", "kafka",
                        // "folder", "push", "kafka_out", "sparkplug_out"
  std::string address;  // without secrets: "10.0.0.7:502", "/dev/ttyUSB0"
  ConnectorState state = ConnectorState::kConnecting;
  TimeNs since_ns = 0;        // of the state
  Text problem;               // the last thing that went wrong; it stays when all is well again
  TimeNs problem_ns = 0;      // when that was; 0: nothing went wrong since the start
  uint64_t tags = 0;          // that it is configured to bring; 0: those that its messages name
  uint64_t samples = 0;       // since the start
  uint64_t refused = 0;       // messages, readings or lines that were not taken
  double samples_per_s = 0;   // over the last 10 s
  TimeNs last_sample_ns = 0;  // arrival; 0: none since the start
  // Stretches that were over: longer without a sample than any of its tags may be silent.
  uint64_t gaps = 0;        // since the start
  TimeNs gap_start_ns = 0;  // of the last one; 0: there was none
  TimeNs gap_end_ns = 0;
  // Files or records that wait, variables whose past is still to come; absent where nothing can
  // wait.
  std::optional<uint64_t> backlog;
  TimeNs waiting_since_ns = 0;  // when the oldest of the backlog came; 0: nothing waits, or unknown
  // Device's clock less ours; absent where devices send no time. Taken from the freshest sample of
  // the last two minutes, so a slow network shows as a clock that is behind by its delay.
  std::optional<int64_t> skew_ns;
  std::optional<TimeNs> certificate_expires_ns;  // the first of those in use; absent without
};

}  // namespace mw::plant
