#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/language.h"
#include "security/audit_event.h"
#include "security/audit_root.h"

namespace mw::security {

enum class AuditFault {
  kHeader,     // a segment does not begin as one
  kForeign,    // of another log or signed with another key
  kSequence,   // a record or segment is missing, or not in its place
  kRecord,     // bytes that are no record
  kHash,       // a record was changed
  kSignature,  // written without the key
  kCut,        // records that head or a kept root vouch for are gone
  kHead,       // the file `head` is missing or damaged
};

std::string_view fault_name(AuditFault fault);

/// The first thing that does not hold; everything before it does.
struct AuditBreak {
  AuditFault fault = AuditFault::kRecord;
  uint64_t seq = 0;     // of the first record that is not to be believed
  std::string segment;  // file name, empty where it is none
  uint64_t offset = 0;  // in the segment
  Text what;
};

struct AuditReport {
  uint64_t records = 0;  // that hold
  std::size_t segments = 0;
  TimeNs first_ns = 0;
  TimeNs last_ns = 0;
  std::optional<AuditRoot> last_root;  // of the last record that holds
  /// Bytes after the last record, begun and never acknowledged (the process was killed): no fault.
  std::size_t torn_bytes = 0;
  std::optional<AuditBreak> broken;

  bool intact() const { return !broken.has_value(); }
};

struct AuditCheckOptions {
  std::vector<AuditRoot> roots;  // kept elsewhere: the log has to contain them
  /// Called for each record that holds, in order; false stops there, without a fault.
  std::function<bool(const AuditRecord& record)> on_record;
};

/// Checks a log from its files alone, while a server writes or without one. What does not hold is
/// in the report; errors are kNotFound (no log there) and kIo.
Result<AuditReport> check_audit(const std::filesystem::path& folder,
                                const AuditCheckOptions& options = {});

}  // namespace mw::security
