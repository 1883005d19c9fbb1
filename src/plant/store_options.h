#pragma once

#include <memory>
#include <string>

#include "core/log.h"
#include "core/result.h"
#include "plant/catalogue.h"
#include "plant/sample_store.h"

namespace mw::plant {

struct StoreOptions {
  // "postgresql://USER@HOST:PORT/DATABASE?sslmode=verify-full", or empty for plant.db.
  std::string url;
  std::string password;     // of the URL's user, when the URL has none; never logged
  std::string data_folder;  // plant.db lies here
  std::shared_ptr<const Catalogue> catalogue;
  LogSink log = no_log();
};

/// The store that a URL names: PostgreSQL for postgresql:// and postgres://, SQLite for none.
/// Errors  kInvalidArgument for another scheme; those of SqliteStore::open and PostgresStore::open.
Result<std::unique_ptr<SampleStore>> open_store(StoreOptions options);

}  // namespace mw::plant
