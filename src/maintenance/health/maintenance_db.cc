#include "maintenance/health/maintenance_db.h"

#include "sqlite/schema.h"

namespace mw::maintenance {
namespace {

constexpr const char* kVersion1 = R"sql(
CREATE TABLE health_case(
  number INTEGER PRIMARY KEY, asset TEXT NOT NULL, line TEXT NOT NULL,
  opened_ns INTEGER NOT NULL, body TEXT NOT NULL, outcome INTEGER NOT NULL, note TEXT NOT NULL,
  decided_by TEXT NOT NULL, decided_ns INTEGER NOT NULL);
CREATE INDEX health_case_by_asset ON health_case(asset, number);
)sql";

constexpr const char* kToVersion2 = R"sql(
BEGIN IMMEDIATE;
CREATE TABLE model_event(
  id INTEGER PRIMARY KEY, asset TEXT NOT NULL, version INTEGER NOT NULL, step INTEGER NOT NULL,
  who TEXT NOT NULL, at_ns INTEGER NOT NULL);
CREATE TABLE model_replay(
  asset TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY(asset, version)) WITHOUT ROWID;
CREATE TABLE case_recording(
  number INTEGER PRIMARY KEY, from_ns INTEGER NOT NULL, to_ns INTEGER NOT NULL,
  thinned TEXT NOT NULL, csv TEXT NOT NULL);
PRAGMA user_version=2;
COMMIT;
)sql";

constexpr const char* kToVersion3 = R"sql(
BEGIN IMMEDIATE;
CREATE TABLE accepted_work(
  number INTEGER PRIMARY KEY, who TEXT NOT NULL, at_ns INTEGER NOT NULL, note TEXT NOT NULL,
  body TEXT NOT NULL);
PRAGMA user_version=3;
COMMIT;
)sql";

/// Files of versions 1 and 2 are as they were made then.
constexpr int kTables[] = {1, 4, 5};

}  // namespace

Result<sqlite::Database> open_maintenance_db(const std::string& path) {
  MW_ASSIGN(sqlite::Database database,
            sqlite::Database::open(path, sqlite::Database::Mode::kReadWrite));
  MW_TRY(database.execute("PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL"));
  MW_ASSIGN(const int64_t before, database.integer("PRAGMA user_version"));
  // A newer one than ours is refused.
  const int version = before < 2 ? 1 : before == 2 ? 2 : 3;
  MW_TRY(sqlite::prepare(database, {.file = "maintenance.db",
                                    .application_id = 0x4D574D43,  // "MWMC"
                                    .version = version,
                                    .least_tables = kTables[version - 1],
                                    .create = kVersion1}));
  if (version < 2) MW_TRY(database.execute(kToVersion2));
  if (version < 3) MW_TRY(database.execute(kToVersion3));
  return database;
}

}  // namespace mw::maintenance
