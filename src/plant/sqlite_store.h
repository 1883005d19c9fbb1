#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/log.h"
#include "core/result.h"
#include "plant/block_store.h"
#include "plant/catalogue.h"

namespace mw::plant {

struct SqliteStoreOptions {
  std::string path;  // ".../plant.db"
  std::shared_ptr<const Catalogue> catalogue;
  LogSink log = no_log();
  // A commit survives the death of the process at once, a loss of power after this time; 0 syncs
  // each commit (ADR 0043).
  int sync_interval_ms = 200;
  uint64_t queue_samples = 262'144;   // accepted and not committed: more make append() wait
  uint64_t buffer_samples = 500'000;  // held in memory while the disk refuses (20 MB)
  uint64_t seal_samples = 131'072;    // in the journal before they are packed into blocks
  int retry_ms = 1000;                // between attempts while the disk refuses
  int64_t max_pages = 0;              // most pages of the file, for tests of a full disk; 0 is none
};

/// SampleStore in one SQLite file (ADR 0040).
///
/// Errors  open: kConflict when another process has the file, kCorrupt, kUnsupported for a newer
///         schema, kPermissionDenied.
class SqliteStore final : public BlockStore {
 public:
  static Result<std::unique_ptr<SqliteStore>> open(SqliteStoreOptions options);

 private:
  using BlockStore::BlockStore;
};

}  // namespace mw::plant
