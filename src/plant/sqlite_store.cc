#include "plant/sqlite_store.h"

#include "plant/internal/sqlite_session.h"
#include "plant/internal/store_writer.h"

namespace mw::plant {

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(SqliteStoreOptions options) {
  MW_ASSIGN(std::unique_ptr<SqlDatabase> database, SqliteDatabase::open(options));
  WriterOptions writer;
  writer.log = options.log;
  writer.queue_samples = options.queue_samples;
  writer.buffer_samples = options.buffer_samples;
  writer.seal_samples = options.seal_samples;
  writer.retry_ms = options.retry_ms;
  MW_ASSIGN(PartsPointer parts, make(std::move(database), options.catalogue, std::move(writer)));
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(parts)));
}

}  // namespace mw::plant
