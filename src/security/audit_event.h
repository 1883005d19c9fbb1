#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/result.h"

namespace mw::security {

enum class AuditOutcome : uint8_t { kDone = 1, kRefused = 2, kFailed = 3 };

/// "done", "refused", "failed".
std::string_view outcome_name(AuditOutcome outcome);

/// Something that somebody did or tried. Never holds a secret: no password, key, code or cookie.
struct AuditEvent {
  std::string who;      // "person:li", "key:mw_7kq2", "local:root", "service:millwright"
  std::string address;  // where from, empty for this machine's command line
  std::string action;   // "user.add", "session.login"
  std::string object;   // "person:wang"
  AuditOutcome outcome = AuditOutcome::kDone;
  std::string detail;  // in words or "name=value" pairs
};

/// An event as the chain keeps it.
struct AuditRecord {
  uint64_t seq = 0;  // from 1, without holes
  TimeNs ts_ns = 0;
  AuditEvent event;
};

/// Where areas report what has to be provable later. Safe from any thread.
class Audit {
 public:
  virtual ~Audit() = default;
  /// On disk when it returns. Errors: kIo, kResourceExhausted, kCorrupt; what was to be done should
  /// then not be done.
  virtual Result<void> record(const AuditEvent& event) = 0;
  /// From now on nothing tells who "person:NAME" of earlier records was, where the log keeps names
  /// apart from them. Whether it knew the name.
  virtual Result<bool> forget_person(std::string_view /*name*/) { return false; }
};

}  // namespace mw::security
