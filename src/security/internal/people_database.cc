#include "security/internal/people_database.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "sqlite/schema.h"

namespace mw::security {
namespace {

// Lists of names are JSON arrays. Times are ns since 1970 UTC.
constexpr const char* kTables = R"sql(
CREATE TABLE fact(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE person(
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  password TEXT NOT NULL, role TEXT NOT NULL, lines TEXT NOT NULL, labels TEXT NOT NULL,
  disabled INTEGER NOT NULL DEFAULT 0, created_ns INTEGER NOT NULL,
  totp BLOB, totp_step INTEGER NOT NULL DEFAULT 0,
  must_change INTEGER NOT NULL DEFAULT 0, login_ns INTEGER NOT NULL DEFAULT 0);
CREATE TABLE recovery(
  person INTEGER NOT NULL REFERENCES person(id) ON DELETE CASCADE, hash BLOB NOT NULL,
  PRIMARY KEY(person, hash)) WITHOUT ROWID;
CREATE TABLE service_key(
  id TEXT PRIMARY KEY, name TEXT NOT NULL, hash BLOB NOT NULL, role TEXT NOT NULL,
  lines TEXT NOT NULL, labels TEXT NOT NULL, scopes TEXT NOT NULL, created_ns INTEGER NOT NULL,
  expires_ns INTEGER NOT NULL, used_ns INTEGER NOT NULL DEFAULT 0,
  addresses TEXT NOT NULL DEFAULT '[]', revoked INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE session(
  hash BLOB PRIMARY KEY, person INTEGER NOT NULL REFERENCES person(id) ON DELETE CASCADE,
  created_ns INTEGER NOT NULL, seen_ns INTEGER NOT NULL, address TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE failure(
  subject TEXT PRIMARY KEY, count INTEGER NOT NULL, last_ns INTEGER NOT NULL,
  locked_until_ns INTEGER NOT NULL) WITHOUT ROWID;
)sql";

// Who a person is to an identity provider; `managed`: their rights follow it.
constexpr const char* kLinkTable = R"sql(
CREATE TABLE IF NOT EXISTS link(
  issuer TEXT NOT NULL, subject TEXT NOT NULL,
  person INTEGER NOT NULL UNIQUE REFERENCES person(id) ON DELETE CASCADE,
  managed INTEGER NOT NULL, PRIMARY KEY(issuer, subject)) WITHOUT ROWID;
)sql";

// Whoever is in a group has its grant beside their own.
constexpr const char* kGroupTables = R"sql(
CREATE TABLE IF NOT EXISTS person_group(
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE, role TEXT NOT NULL,
  lines TEXT NOT NULL, labels TEXT NOT NULL, created_ns INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS membership(
  person INTEGER NOT NULL REFERENCES person(id) ON DELETE CASCADE,
  person_group INTEGER NOT NULL REFERENCES person_group(id) ON DELETE CASCADE,
  PRIMARY KEY(person, person_group)) WITHOUT ROWID;
)sql";

// Secrets that are kept by name, sealed (Secrets).
constexpr const char* kSecretTable = R"sql(
CREATE TABLE IF NOT EXISTS secret(name TEXT PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID;
)sql";

constexpr int kVersion = 5;

/// An older file gets what later versions have more; another process may be doing the same.
Result<void> renew(sqlite::Database& database) {
  MW_TRY(database.execute("BEGIN IMMEDIATE"));
  const auto change = [&]() -> Result<void> {
    MW_ASSIGN(const int64_t version, database.integer("PRAGMA user_version"));
    if (version < 2) {
      MW_TRY(
          database.execute("ALTER TABLE person ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0;"
                           "ALTER TABLE person ADD COLUMN login_ns INTEGER NOT NULL DEFAULT 0;"));
    }
    if (version >= kVersion) return {};
    MW_TRY(database.execute(kLinkTable));
    MW_TRY(database.execute(kGroupTables));
    MW_TRY(database.execute(kSecretTable));
    return database.execute("PRAGMA user_version=5");
  };
  const Result<void> changed = change();
  const Result<void> ended = database.execute(changed ? "COMMIT" : "ROLLBACK");
  return changed ? ended : changed;
}

}  // namespace

std::string Row::bytes(int column) const {
  const std::span<const std::byte> found = statement_.blob(column);
  return std::string(reinterpret_cast<const char*>(found.data()), found.size());
}

Result<PeopleDatabase> PeopleDatabase::open(const std::string& path) {
  // SQLite gives its journals the file's own mode. Only a new file may be opened and closed here:
  // closing any descriptor of a file drops the locks that SQLite holds on it (POSIX).
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0 && errno != EEXIST) return errno_error("create", path, errno);
  if (fd >= 0) ::close(fd);
  MW_ASSIGN(sqlite::Database database,
            sqlite::Database::open(path, sqlite::Database::Mode::kReadWrite));
  MW_TRY(database.execute("PRAGMA busy_timeout = 5000"));  // a command and the server take turns
  MW_TRY(database.execute("PRAGMA journal_mode = WAL"));
  MW_TRY(database.execute("PRAGMA synchronous = FULL"));
  MW_TRY(database.execute("PRAGMA foreign_keys = ON"));
  MW_TRY(database.execute("PRAGMA secure_delete = ON"));  // no erased hash in free pages
  const std::string tables = std::string(kTables) + kLinkTable + kGroupTables + kSecretTable;
  MW_TRY(
      sqlite::prepare(database, {"people.db", 0x4D575045, kVersion, 6, tables.c_str()}));  // "MWPE"
  MW_TRY(renew(database));
  return PeopleDatabase(std::move(database));
}

Result<void> PeopleDatabase::step(sqlite::Statement& statement, const OnRow& on_row) {
  while (true) {
    MW_ASSIGN(const bool row, statement.step());
    if (!row) return {};
    if (on_row) on_row(Row(statement));
  }
}

}  // namespace mw::security
