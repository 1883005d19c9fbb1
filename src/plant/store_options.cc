#include "plant/store_options.h"

#include <filesystem>

#include "core/file.h"
#include "plant/postgres_store.h"
#include "plant/sqlite_store.h"

namespace mw::plant {

Result<std::unique_ptr<SampleStore>> open_store(StoreOptions options) {
  MW_TRY(make_private_folder(options.data_folder));
  const std::string waiting_path =
      (std::filesystem::path(options.data_folder) / "plant_waiting.db").string();
  if (options.url.empty()) {
    SqliteStoreOptions sqlite;
    sqlite.path = (std::filesystem::path(options.data_folder) / "plant.db").string();
    sqlite.waiting_path = waiting_path;
    sqlite.catalogue = std::move(options.catalogue);
    sqlite.log = std::move(options.log);
    MW_ASSIGN(std::unique_ptr<SqliteStore> store, SqliteStore::open(sqlite));
    return std::unique_ptr<SampleStore>(std::move(store));
  }
  if (!is_postgres_url(options.url)) {
    // Not the URL itself: it may hold a password.
    return Error::make(Code::kInvalidArgument,
                       "plant.store: expected postgresql://USER@HOST/DATABASE, or nothing for "
                       "plant.db in the data folder",
                       "plant.store：应为 postgresql://USER@HOST/DATABASE，留空则使用数据目录中的 "
                       "plant.db",
                       "plant.store");
  }
  PostgresStoreOptions postgres;
  postgres.url = std::move(options.url);
  postgres.password = std::move(options.password);
  postgres.waiting_path = waiting_path;
  postgres.catalogue = std::move(options.catalogue);
  postgres.log = std::move(options.log);
  MW_ASSIGN(std::unique_ptr<PostgresStore> store, PostgresStore::open(postgres));
  return std::unique_ptr<SampleStore>(std::move(store));
}

}  // namespace mw::plant
