#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "backup/archive.h"
#include "core/clock.h"
#include "security/audit_log.h"

namespace mw::backup {

/// In the data folder; who holds it changes no two files that must fit each other.
inline constexpr const char* kLockFile = "backup.lock";

/// Bytes read so far and in all, as far as they are known.
using Progress = std::function<void(uint64_t done_bytes, uint64_t total_bytes)>;

struct BackupOptions {
  std::filesystem::path data;                 // the folder; a server may be using it
  std::filesystem::path to;                   // the file; not there yet
  std::string passphrase;                     // 12 characters at least
  std::string version;                        // of this program
  const security::AuditLog* audit = nullptr;  // of `data`
  std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>();
  ArchiveCost cost;
  Progress on_progress = [](uint64_t, uint64_t) {};
};

struct BackupReport {
  uint64_t files = 0;
  uint64_t bytes = 0;                 // of them
  std::vector<std::string> left_out;  // what is there and not in it, relative to `data`
};

/// Copies a data folder to one encrypted file while a server writes: each SQLite file as it stands
/// at one moment, the audit log after all others, so that no change is in it without its record.
/// Models are left out: they are fetched again, and are most of the bytes.
///
/// Needs    as much free space in `data` as the largest SQLite file, for a while: nothing lies in
///          clear beside `to`.
/// Errors   kConflict: `to` exists, or another backup is being made; kInvalidArgument: a short
/// passphrase; those of files.
Result<BackupReport> back_up(const BackupOptions& options);

}  // namespace mw::backup
