#include "plant/sqlite_store.h"

#include "plant/internal/sqlite_session.h"

namespace mw::plant {

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const SqliteStoreOptions& options) {
  MW_ASSIGN(std::unique_ptr<SqlDatabase> database, SqliteDatabase::open(options));
  MW_ASSIGN(PartsPointer parts, make(std::move(database), options));
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(parts)));
}

}  // namespace mw::plant
