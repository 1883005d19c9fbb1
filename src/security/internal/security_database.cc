#include "security/internal/security_database.h"

#include "core/check.h"

namespace mw::security {
namespace {

constexpr int64_t kApplicationId = 0x4D575045;  // "MWPE"
constexpr int64_t kSchemaVersion = 1;

// Lists of names are JSON arrays. Times are ns since 1970 UTC.
constexpr const char* kVersion1 = R"sql(
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS fact(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS person(
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  password TEXT NOT NULL, role TEXT NOT NULL, lines TEXT NOT NULL, labels TEXT NOT NULL,
  disabled INTEGER NOT NULL DEFAULT 0, created_ns INTEGER NOT NULL,
  totp BLOB, totp_step INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS recovery(
  person INTEGER NOT NULL REFERENCES person(id) ON DELETE CASCADE, hash BLOB NOT NULL,
  PRIMARY KEY(person, hash)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS service_key(
  id TEXT PRIMARY KEY, name TEXT NOT NULL, hash BLOB NOT NULL, role TEXT NOT NULL,
  lines TEXT NOT NULL, labels TEXT NOT NULL, scopes TEXT NOT NULL, created_ns INTEGER NOT NULL,
  expires_ns INTEGER NOT NULL, used_ns INTEGER NOT NULL DEFAULT 0,
  addresses TEXT NOT NULL DEFAULT '[]', revoked INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS session(
  hash BLOB PRIMARY KEY, person INTEGER NOT NULL REFERENCES person(id) ON DELETE CASCADE,
  created_ns INTEGER NOT NULL, seen_ns INTEGER NOT NULL, address TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS failure(
  subject TEXT PRIMARY KEY, count INTEGER NOT NULL, last_ns INTEGER NOT NULL,
  locked_until_ns INTEGER NOT NULL) WITHOUT ROWID;
PRAGMA application_id = 0x4D575045;
PRAGMA user_version = 1;
COMMIT;
)sql";

}  // namespace

std::string Row::bytes(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  if (data == nullptr) return {};
  return std::string(static_cast<const char*>(data), static_cast<std::size_t>(size));
}

Error SecurityDatabase::error(int result) const {
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
      next = " (restore it from a backup)";
      break;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
      code = Code::kPermissionDenied;
      next = " (check that the data folder exists and is writable)";
      break;
    case SQLITE_BUSY:
      code = Code::kResourceExhausted;
      next = " (another process is changing it: try again)";
      break;
    default:
      break;
  }
  const char* why = handle_ != nullptr ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(result);
  return Error::make(code, std::string("people.db: ") + why + next,
                     std::string("people.db 出错：") + why, "people");
}

Result<SecurityDatabase> SecurityDatabase::open(const std::string& path) {
  SecurityDatabase database;
  sqlite3* handle = nullptr;
  const int result =
      sqlite3_open_v2(path.c_str(), &handle,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  database.handle_.reset(handle);
  if (result != SQLITE_OK) return database.error(result);
  sqlite3_busy_timeout(handle, 5000);
  MW_TRY(database.execute("PRAGMA journal_mode = WAL"));
  MW_TRY(database.execute("PRAGMA synchronous = FULL"));
  MW_TRY(database.execute("PRAGMA foreign_keys = ON"));
  MW_TRY(database.execute("PRAGMA secure_delete = ON"));  // no erased hash in free pages
  return database;
}

Result<void> SecurityDatabase::execute(const char* sql) {
  const int result = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) return error(result);
  return {};
}

Result<SecurityDatabase::Statement> SecurityDatabase::prepare(std::string_view sql) {
  sqlite3_stmt* handle = nullptr;
  const int result =
      sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &handle, nullptr);
  Statement statement(handle);
  if (result != SQLITE_OK) return error(result);
  return statement;
}

void SecurityDatabase::bind(sqlite3_stmt* statement, int index, int64_t value) {
  MW_CHECK_EQ(sqlite3_bind_int64(statement, index, value), SQLITE_OK);
}

void SecurityDatabase::bind(sqlite3_stmt* statement, int index, std::string_view text) {
  MW_CHECK_EQ(
      sqlite3_bind_text64(statement, index, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8),
      SQLITE_OK);
}

void SecurityDatabase::bind(sqlite3_stmt* statement, int index, Blob blob) {
  MW_CHECK_EQ(
      sqlite3_bind_blob64(statement, index, blob.bytes.data(), blob.bytes.size(), SQLITE_STATIC),
      SQLITE_OK);
}

Result<void> SecurityDatabase::step(sqlite3_stmt* statement, const OnRow& on_row) {
  while (true) {
    const int result = sqlite3_step(statement);
    if (result == SQLITE_DONE) return {};
    if (result != SQLITE_ROW) return error(result);
    if (on_row) on_row(Row(statement));
  }
}

Result<int64_t> SecurityDatabase::integer(std::string_view sql) {
  int64_t value = 0;
  MW_TRY(query(sql, [&](const Row& row) { value = row.integer(0); }));
  return value;
}

Result<void> prepare_people_schema(SecurityDatabase& database) {
  MW_ASSIGN(const int64_t version, database.integer("PRAGMA user_version"));
  MW_ASSIGN(const int64_t application, database.integer("PRAGMA application_id"));
  MW_ASSIGN(const int64_t tables, database.integer("SELECT count(*) FROM sqlite_master"));
  if (version == 0 && application == 0 && tables == 0) return database.execute(kVersion1);
  if (application != kApplicationId) {
    return Error::make(
        Code::kConflict,
        "people.db is an SQLite file of something else; move it away or give another "
        "--data folder",
        "people.db 不是本程序的数据库；请移走该文件或用 --data 指定其他目录", "people");
  }
  if (version > kSchemaVersion) {
    return Error::make(
        Code::kUnsupported,
        "people.db has schema version " + std::to_string(version) +
            ", this Millwright knows up to " + std::to_string(kSchemaVersion) +
            "; use the newer one that wrote it",
        "people.db 由更新的版本写入（结构版本 " + std::to_string(version) + "），请使用该版本",
        "people");
  }
  if (version < 1 || tables < 6) {
    return Error::make(Code::kCorrupt, "people.db has no complete schema; restore it from a backup",
                       "people.db 结构不完整，请从备份恢复", "people");
  }
  return {};
}

}  // namespace mw::security
