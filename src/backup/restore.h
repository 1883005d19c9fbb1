#pragma once

#include "backup/backup.h"
#include "security/audit_check.h"

namespace mw::backup {

struct BackupContent {
  Json about;  // made, version, from, left_out: see docs/formats/backup.md
  std::vector<ArchiveEntry> files;
  uint64_t bytes = 0;
};

/// Reads all of a backup and writes nothing. Errors: as ArchiveReader.
Result<BackupContent> check_backup(const std::filesystem::path& file, std::string_view passphrase,
                                   const Progress& on_progress);

struct RestoreReport {
  BackupContent content;
  security::AuditReport audit;
  std::vector<std::string> damaged;  // SQLite files that are not sound: they were not when copied
};

/// Writes a backup's files into the folder `to`, which must be absent or empty, and checks them:
/// it appears whole or not at all.
Result<RestoreReport> restore(const std::filesystem::path& file, std::string_view passphrase,
                              const std::filesystem::path& to, const Progress& on_progress);

}  // namespace mw::backup
