#include "plant/postgres_store.h"

#include "plant/internal/postgres_session.h"
#include "plant/internal/store_writer.h"

namespace mw::plant {

bool is_postgres_url(std::string_view url) { return postgres::is_url(url); }

Result<std::unique_ptr<PostgresStore>> PostgresStore::open(PostgresStoreOptions options) {
  MW_ASSIGN(
      std::unique_ptr<SqlDatabase> database,
      PostgresDatabase::open({std::move(options.url), std::move(options.password)}, options.log));
  WriterOptions writer;
  writer.log = options.log;
  writer.queue_samples = options.queue_samples;
  writer.buffer_samples = options.buffer_samples;
  writer.seal_samples = options.seal_samples;
  writer.retry_ms = options.retry_ms;
  MW_ASSIGN(PartsPointer parts, make(std::move(database), options.catalogue, std::move(writer)));
  return std::unique_ptr<PostgresStore>(new PostgresStore(std::move(parts)));
}

}  // namespace mw::plant
