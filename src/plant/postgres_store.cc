#include "plant/postgres_store.h"

#include "plant/internal/postgres_session.h"

namespace mw::plant {

bool is_postgres_url(std::string_view url) { return postgres::is_url(url); }

Result<std::unique_ptr<PostgresStore>> PostgresStore::open(const PostgresStoreOptions& options) {
  MW_ASSIGN(std::unique_ptr<SqlDatabase> database,
            PostgresDatabase::open({options.url, options.password}, options.log));
  MW_ASSIGN(PartsPointer parts, make(std::move(database), options));
  return std::unique_ptr<PostgresStore>(new PostgresStore(std::move(parts)));
}

}  // namespace mw::plant
