#include "plant/internal/sqlite_schema.h"

#include <string>

#include "sqlite/schema.h"

namespace mw::plant {
namespace {

// Tables with bodies have row ids: a WITHOUT ROWID table keeps at most a quarter of a page of each
// row in place and the rest in a page of its own, 4 KB for a block of 1.2 KB (2.5 bytes a sample
// instead of 0.8). Files of version 1 have such a table of blocks and keep it.
constexpr const char* kTables = R"sql(
CREATE TABLE tag(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, simulated INTEGER NOT NULL);
CREATE TABLE text(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE block(
  tag INTEGER NOT NULL, start_ns INTEGER NOT NULL, end_ns INTEGER NOT NULL,
  count INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY(tag, start_ns));
CREATE TABLE damaged_block(
  tag INTEGER NOT NULL, start_ns INTEGER NOT NULL, end_ns INTEGER NOT NULL,
  count INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE journal(seq INTEGER PRIMARY KEY AUTOINCREMENT, count INTEGER NOT NULL,
                     body BLOB NOT NULL);
)sql";

// What version 2 added (ADR 0089): aggregates of minutes and hours.
constexpr const char* kRollupTables = R"sql(
CREATE TABLE rollup(
  tag INTEGER NOT NULL, width_ns INTEGER NOT NULL, start_ns INTEGER NOT NULL,
  body BLOB NOT NULL, PRIMARY KEY(tag, width_ns, start_ns));
CREATE TABLE due(tag INTEGER NOT NULL, hour_ns INTEGER NOT NULL,
                 PRIMARY KEY(tag, hour_ns)) WITHOUT ROWID;
CREATE TABLE thinned(
  tag INTEGER PRIMARY KEY, raw_from_ns INTEGER NOT NULL, minute_from_ns INTEGER NOT NULL,
  hour_from_ns INTEGER NOT NULL, hold_ns INTEGER NOT NULL);
)sql";

// What version 3 added (ADR 0115): batches that were told, events.
constexpr const char* kRecordTables = R"sql(
CREATE TABLE record(
  kind TEXT NOT NULL, place TEXT NOT NULL, start_ns INTEGER NOT NULL, name TEXT NOT NULL,
  end_ns INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY(kind, place, start_ns, name));
)sql";

}  // namespace

Result<void> prepare_schema(sqlite::Database& database) {
  const std::string create = std::string(kTables) + kRollupTables + kRecordTables;
  MW_TRY(sqlite::prepare(database, {.file = "plant.db",
                                    .application_id = 0x4D57504C,  // "MWPL"
                                    .version = kSchemaVersion,
                                    .least_tables = 5,
                                    .create = create.c_str()}));
  MW_ASSIGN(const int64_t version, database.integer("PRAGMA user_version"));
  if (version >= kSchemaVersion) return {};
  const std::string step = "BEGIN IMMEDIATE;" + std::string(version < 2 ? kRollupTables : "") +
                           kRecordTables + "PRAGMA user_version=3;COMMIT;";
  return database.execute(step.c_str());
}

}  // namespace mw::plant
