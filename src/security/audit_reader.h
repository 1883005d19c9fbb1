#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "security/audit_event.h"
#include "security/audit_names.h"

namespace mw::security {

/// Which records are wanted; empty texts and absent values are any.
struct AuditFilter {
  std::string who;     // part of it, without regard to ASCII case
  std::string action;  // its beginning: "user." or "user.add"
  std::string object;  // part of it, or of the detail
  std::optional<AuditOutcome> outcome;
  TimeNs from_ns = 0;
  TimeNs to_ns = INT64_MAX;  // not included
  uint64_t before = 0;       // records with a smaller number; 0: from the newest
  std::size_t limit = 100;
  AuditNames::Known names;         // of people, by their references: shown, and looked for
  uint64_t most_bytes = 12 << 20;  // of the log that one call reads, but at least one segment
};

struct AuditPage {
  std::vector<AuditRecord> records;  // newest first
  /// What to give as `before` for what is older; 0: there is nothing. A page may be empty and still
  /// have older ones, where few records fit the filter.
  uint64_t before = 0;
  bool damaged = false;  // bytes that are no record lie where there should be one
};

/// Reads records of DATA/audit from the newest on, while a server writes or without one. Believes
/// what it reads: whether it is true, check_audit() says. Errors: kNotFound (no log there), kIo.
Result<AuditPage> read_audit(const std::filesystem::path& folder, const AuditFilter& filter);

std::optional<AuditOutcome> outcome_of(std::string_view name);

}  // namespace mw::security
