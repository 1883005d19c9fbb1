#include "plant/internal/sqlite_schema.h"

#include "sqlite/schema.h"

namespace mw::plant {
namespace {

constexpr const char* kVersion1 = R"sql(
CREATE TABLE tag(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, simulated INTEGER NOT NULL);
CREATE TABLE text(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE block(
  tag INTEGER NOT NULL, start_ns INTEGER NOT NULL, end_ns INTEGER NOT NULL,
  count INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY(tag, start_ns)) WITHOUT ROWID;
CREATE TABLE damaged_block(
  tag INTEGER NOT NULL, start_ns INTEGER NOT NULL, end_ns INTEGER NOT NULL,
  count INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE journal(seq INTEGER PRIMARY KEY AUTOINCREMENT, count INTEGER NOT NULL,
                     body BLOB NOT NULL);
)sql";

}  // namespace

Result<void> prepare_schema(sqlite::Database& database) {
  return sqlite::prepare(database, {.file = "plant.db",
                                    .application_id = 0x4D57504C,  // "MWPL"
                                    .version = kSchemaVersion,
                                    .least_tables = 5,
                                    .create = kVersion1});
}

}  // namespace mw::plant
