#include "plant/internal/sqlite_schema.h"

#include <string>

namespace mw::plant {
namespace {

constexpr int64_t kApplicationId = 0x4D57504C;  // "MWPL"

constexpr const char* kVersion1 = R"sql(
BEGIN IMMEDIATE;
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
PRAGMA application_id = 0x4D57504C;
PRAGMA user_version = 1;
COMMIT;
)sql";

}  // namespace

Result<void> prepare_schema(SqliteDatabase& database) {
  MW_ASSIGN(const int64_t version, database.integer("PRAGMA user_version"));
  MW_ASSIGN(const int64_t application, database.integer("PRAGMA application_id"));
  MW_ASSIGN(const int64_t tables, database.integer("SELECT count(*) FROM sqlite_master"));
  if (version == 0 && application == 0 && tables == 0) return database.execute(kVersion1);
  if (application != kApplicationId) {
    return Error::make(Code::kConflict,
                       "plant.db is an SQLite file of something else; move it away or give another "
                       "--data folder",
                       "plant.db 不是本程序的数据库；请移走该文件或用 --data 指定其他目录");
  }
  if (version > kSchemaVersion) {
    return Error::make(
        Code::kUnsupported,
        "plant.db has schema version " + std::to_string(version) +
            ", this Millwright knows up to " + std::to_string(kSchemaVersion) +
            "; use the newer one that wrote it",
        "plant.db 由更新的版本写入（结构版本 " + std::to_string(version) + "），请使用该版本");
  }
  if (version < 1 || tables < 5) {
    return Error::make(Code::kCorrupt, "plant.db has no complete schema; restore it from a backup",
                       "plant.db 结构不完整，请从备份恢复");
  }
  return {};
}

}  // namespace mw::plant
