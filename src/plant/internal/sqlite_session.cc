#include "plant/internal/sqlite_session.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <filesystem>
#include <optional>

#include "plant/internal/sqlite_schema.h"
#include "plant/internal/wal_sync.h"
#include "sqlite/database.h"

namespace mw::plant {
namespace {

class SqliteQuery final : public SqlQuery {
 public:
  explicit SqliteQuery(sqlite::Statement statement) : statement_(std::move(statement)) {}
  SqlQuery& bind(int index, int64_t value) override {
    statement_.bind(index, value);
    return *this;
  }
  SqlQuery& bind(int index, std::string_view text) override {
    statement_.bind(index, text);
    return *this;
  }
  SqlQuery& bind(int index, Bytes bytes) override {
    statement_.bind(index, bytes);
    return *this;
  }
  Result<bool> step() override { return statement_.step(); }
  void reset() override { statement_.reset(); }
  int64_t integer(int column) const override { return statement_.integer(column); }
  std::string text(int column) const override { return statement_.text(column); }
  Bytes bytes(int column) const override { return statement_.blob(column); }

 private:
  sqlite::Statement statement_;
};

class SqliteSession final : public SqlSession {
 public:
  SqliteSession(sqlite::Database database, std::unique_ptr<WalSync> wal_sync)
      : database_(std::move(database)), wal_sync_(std::move(wal_sync)) {}

  Result<std::unique_ptr<SqlQuery>> prepare(std::string_view sql) override {
    MW_ASSIGN(sqlite::Statement statement, database_.prepare(sql));
    return std::unique_ptr<SqlQuery>(std::make_unique<SqliteQuery>(std::move(statement)));
  }
  Result<void> begin(Access access) override {
    return database_.execute(access == Access::kWrite ? "BEGIN IMMEDIATE" : "BEGIN");
  }
  Result<void> commit() override {
    MW_TRY(database_.execute("COMMIT"));
    if (wal_sync_ != nullptr) wal_sync_->committed();
    return {};
  }
  void rollback() override {
    // SQLite may have rolled back by itself already; then this one fails, which is fine.
    (void)database_.execute("ROLLBACK");
  }
  Result<bool> reconnect() override { return false; }
  int64_t sync_due_ns() const override { return wal_sync_ != nullptr ? wal_sync_->due_ns() : 0; }
  Result<void> sync() override { return wal_sync_ != nullptr ? wal_sync_->sync() : Result<void>(); }

 private:
  sqlite::Database database_;
  std::unique_ptr<WalSync> wal_sync_;  // null for a reader
};

}  // namespace

Result<std::unique_ptr<SqlDatabase>> SqliteDatabase::open(const SqliteStoreOptions& options) {
  MW_ASSIGN(std::optional<FileLock> lock, FileLock::try_acquire(options.path + ".lock"));
  if (!lock) {
    return Error::make(
        Code::kConflict,
        "another Millwright uses " + options.path + ": stop it, or give another --data folder",
        "另一个 Millwright 正在使用 " + options.path + "；请先停止它，或用 --data 指定其他目录");
  }
  return std::unique_ptr<SqlDatabase>(new SqliteDatabase(options, std::move(*lock)));
}

SqliteDatabase::SqliteDatabase(const SqliteStoreOptions& options, FileLock lock)
    : path_(options.path),
      name_(std::filesystem::path(options.path).filename().string()),
      sync_interval_ms_(options.sync_interval_ms),
      max_pages_(options.max_pages),
      lock_(std::move(lock)) {}

Result<std::unique_ptr<SqlSession>> SqliteDatabase::connect(SqlSession::Access access) {
  MW_ASSIGN(sqlite::Database database,
            sqlite::Database::open(path_, sqlite::Database::Mode::kReadWrite));
  std::unique_ptr<WalSync> wal_sync;
  if (access == SqlSession::Access::kRead) {
    MW_TRY(database.execute("PRAGMA query_only = 1"));
  } else {
    MW_TRY(
        database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                         "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF"));
    MW_TRY(prepare_schema(database));
    if (max_pages_ > 0) {
      const std::string limit = "PRAGMA max_page_count = " + std::to_string(max_pages_);
      MW_TRY(database.execute(limit.c_str()));
    }
    wal_sync = std::make_unique<WalSync>(path_, sync_interval_ms_);
  }
  return std::unique_ptr<SqlSession>(
      std::make_unique<SqliteSession>(std::move(database), std::move(wal_sync)));
}

uint64_t SqliteDatabase::size_bytes() const {
  uint64_t bytes = 0;
  for (const char* suffix : {"", "-wal"}) {
    struct stat status {};
    if (::stat((path_ + suffix).c_str(), &status) == 0) {
      bytes += static_cast<uint64_t>(status.st_size);
    }
  }
  return bytes;
}

std::optional<uint64_t> SqliteDatabase::free_bytes() const {
  struct statvfs disk {};
  const std::filesystem::path folder = std::filesystem::path(path_).parent_path();
  if (::statvfs(folder.empty() ? "." : folder.c_str(), &disk) != 0) return std::nullopt;
  return uint64_t{disk.f_bavail} * disk.f_frsize;
}

}  // namespace mw::plant
