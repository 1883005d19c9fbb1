#pragma once

#include <filesystem>
#include <memory>

#include "core/clock.h"
#include "core/file_lock.h"
#include "core/log.h"
#include "security/audit_event.h"
#include "security/audit_names.h"
#include "security/audit_root.h"

namespace mw::security {

struct AuditLogOptions {
  std::filesystem::path folder;
  std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>();
  LogSink log = no_log();
  uint64_t segment_bytes = 4 << 20;   // over it a new one begins
  std::shared_ptr<AuditNames> names;  // of people; without them they stand in the records
};

/// The writer of DATA/audit (docs/formats/audit.md, ADR 0080). Several processes may write: the
/// server and a command beside it take turns by a lock on a file.
class AuditLog final : public Audit {
 public:
  /// Begins a log with a new key where there is none; else checks the last segment and takes out
  /// a record that a killed process began (and records that). Errors: kCorrupt when the log does
  /// not hold, kConflict when its key is missing, kIo.
  static Result<std::unique_ptr<AuditLog>> open(AuditLogOptions options);
  ~AuditLog() override;

  Result<void> record(const AuditEvent& event) override;
  Result<bool> forget_person(std::string_view name) override;
  /// While it is held nobody records anything, this process included: for copying the files.
  Result<FileLock> hold() const;
  /// Of the newest record.
  AuditRoot root() const;
  const std::filesystem::path& folder() const;
  /// May be null.
  const std::shared_ptr<AuditNames>& names() const;

 private:
  class Impl;
  explicit AuditLog(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mw::security
