#pragma once

#include <memory>
#include <string>

#include "core/file_lock.h"
#include "plant/internal/sql_session.h"
#include "plant/sqlite_store.h"

namespace mw::plant {

/// plant.db: one SQLite file in WAL mode with a lock file beside it (ADR 0040).
///
/// Errors  as SqliteStore::open.
class SqliteDatabase final : public SqlDatabase {
 public:
  static Result<std::unique_ptr<SqlDatabase>> open(const SqliteStoreOptions& options);

  Result<std::unique_ptr<SqlSession>> connect(SqlSession::Access access) override;
  const std::string& name() const override { return name_; }
  uint64_t size_bytes() const override;
  std::optional<uint64_t> free_bytes() const override;

 private:
  SqliteDatabase(const SqliteStoreOptions& options, FileLock lock);

  const std::string path_;
  const std::string name_;
  const int sync_interval_ms_;
  const int64_t max_pages_;
  const FileLock lock_;
};

}  // namespace mw::plant
