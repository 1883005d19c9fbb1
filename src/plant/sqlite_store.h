#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/result.h"
#include "plant/block_store.h"

namespace mw::plant {

struct SqliteStoreOptions : BlockStoreOptions {
  std::string path;  // ".../plant.db"
  // A commit survives the death of the process at once, a loss of power after this time; 0 syncs
  // each commit (ADR 0043).
  int sync_interval_ms = 200;
  int64_t max_pages = 0;  // most pages of the file, for tests of a full disk; 0 is none
};

/// SampleStore in one SQLite file (ADR 0040).
///
/// Errors  open: kConflict when another process has the file, kCorrupt, kUnsupported for a newer
///         schema, kPermissionDenied.
class SqliteStore final : public BlockStore {
 public:
  static Result<std::unique_ptr<SqliteStore>> open(const SqliteStoreOptions& options);

 private:
  using BlockStore::BlockStore;
};

}  // namespace mw::plant
