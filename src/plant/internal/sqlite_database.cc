#include "plant/internal/sqlite_database.h"

#include "core/check.h"

namespace mw::plant {
namespace {

/// SQLite's result codes in our terms; the extended code stands in the message.
Error sqlite_error(sqlite3* handle, int result, std::string_view what) {
  Code code = Code::kIo;
  std::string next;
  switch (result & 0xff) {
    case SQLITE_FULL:
      code = Code::kResourceExhausted;
      next = " (the disk is full: free space)";
      break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      code = Code::kCorrupt;
      next = " (restore it from a backup, or move the file away to start an empty one)";
      break;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
      code = Code::kPermissionDenied;
      next = " (check that the folder exists and is writable)";
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      code = Code::kConflict;
      next = " (another Millwright uses the same data folder: stop it, or give another --data)";
      break;
    default:
      break;
  }
  std::string text(what);
  text += ": ";
  text += handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(result);
  text += " [" + std::to_string(result) + "]" + next;
  return Error::make(code, text);
}

sqlite3* connection(sqlite3_stmt* statement) { return sqlite3_db_handle(statement); }

}  // namespace

SqliteStatement& SqliteStatement::bind(int index, int64_t value) {
  MW_CHECK_EQ(sqlite3_bind_int64(handle_.get(), index, value), SQLITE_OK);
  return *this;
}

SqliteStatement& SqliteStatement::bind(int index, std::string_view text) {
  MW_CHECK_EQ(sqlite3_bind_text64(handle_.get(), index, text.data(), text.size(), SQLITE_STATIC,
                                  SQLITE_UTF8),
              SQLITE_OK);
  return *this;
}

SqliteStatement& SqliteStatement::bind(int index, std::span<const std::byte> blob) {
  MW_CHECK_EQ(sqlite3_bind_blob64(handle_.get(), index, blob.data(), blob.size(), SQLITE_STATIC),
              SQLITE_OK);
  return *this;
}

Result<bool> SqliteStatement::step() {
  const int result = sqlite3_step(handle_.get());
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  const int extended = sqlite3_extended_errcode(connection(handle_.get()));
  return sqlite_error(connection(handle_.get()), extended, "plant.db");
}

Result<void> SqliteStatement::run() {
  const Result<bool> stepped = step();
  reset();
  if (!stepped) return stepped.error();
  return {};
}

void SqliteStatement::reset() { sqlite3_reset(handle_.get()); }

int64_t SqliteStatement::integer(int column) const {
  return sqlite3_column_int64(handle_.get(), column);
}

std::string SqliteStatement::text(int column) const {
  const unsigned char* data = sqlite3_column_text(handle_.get(), column);
  const int size = sqlite3_column_bytes(handle_.get(), column);
  if (data == nullptr) return {};
  return std::string(reinterpret_cast<const char*>(data), static_cast<std::size_t>(size));
}

std::span<const std::byte> SqliteStatement::blob(int column) const {
  const void* data = sqlite3_column_blob(handle_.get(), column);
  const int size = sqlite3_column_bytes(handle_.get(), column);
  if (data == nullptr) return {};
  return {static_cast<const std::byte*>(data), static_cast<std::size_t>(size)};
}

bool SqliteStatement::is_null(int column) const {
  return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
}

Result<SqliteDatabase> SqliteDatabase::open(const std::string& path, Mode mode) {
  SqliteDatabase database;
  const int flags =
      SQLITE_OPEN_NOMUTEX |
      (mode == Mode::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  sqlite3* handle = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  database.handle_.reset(handle);
  if (result != SQLITE_OK) return sqlite_error(handle, result, "open " + path);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, 1000);
  return database;
}

Result<void> SqliteDatabase::execute(const char* sql) {
  const int result = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) {
    return sqlite_error(handle_.get(), sqlite3_extended_errcode(handle_.get()), "plant.db");
  }
  return {};
}

Result<SqliteStatement> SqliteDatabase::prepare(std::string_view sql) {
  sqlite3_stmt* handle = nullptr;
  const int result = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  SqliteStatement statement;
  statement.handle_.reset(handle);
  if (result != SQLITE_OK) return error("plant.db");
  return statement;
}

Result<int64_t> SqliteDatabase::integer(const char* sql) {
  MW_ASSIGN(SqliteStatement statement, prepare(sql));
  MW_ASSIGN(const bool row, statement.step());
  if (!row) return Error::make(Code::kCorrupt, std::string("plant.db: no row for ") + sql);
  return statement.integer(0);
}

Error SqliteDatabase::error(std::string_view what) const {
  return sqlite_error(handle_.get(), sqlite3_extended_errcode(handle_.get()), what);
}

}  // namespace mw::plant
