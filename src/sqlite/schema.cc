#include "sqlite/schema.h"

namespace mw::sqlite {

Result<void> prepare(Database& database, const Schema& schema) {
  MW_ASSIGN(const int64_t version, database.integer("PRAGMA user_version"));
  MW_ASSIGN(const int64_t application, database.integer("PRAGMA application_id"));
  MW_ASSIGN(const int64_t tables, database.integer("SELECT count(*) FROM sqlite_master"));
  if (version == 0 && application == 0 && tables == 0) {
    const std::string sql = "BEGIN IMMEDIATE;" + std::string(schema.create) +
                            "PRAGMA application_id=" + std::to_string(schema.application_id) +
                            ";PRAGMA user_version=" + std::to_string(schema.version) + ";COMMIT;";
    return database.execute(sql.c_str());
  }
  const std::string& file = schema.file;
  if (application != static_cast<int64_t>(schema.application_id)) {
    return Error::make(Code::kConflict,
                       file +
                           " is an SQLite file of something else; move it away or give another "
                           "--data folder",
                       file + " 不是本程序的数据库；请移走该文件或用 --data 指定其他目录");
  }
  if (version > schema.version) {
    return Error::make(
        Code::kUnsupported,
        file + " has schema version " + std::to_string(version) + ", this Millwright knows up to " +
            std::to_string(schema.version) + "; use the newer one that wrote it",
        file + " 由更新的版本写入（结构版本 " + std::to_string(version) + "），请使用该版本");
  }
  if (version < 1 || tables < schema.least_tables) {
    return Error::make(Code::kCorrupt, file + " has no complete schema; restore it from a backup",
                       file + " 结构不完整，请从备份恢复");
  }
  return {};
}

}  // namespace mw::sqlite
