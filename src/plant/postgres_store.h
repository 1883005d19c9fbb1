#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"
#include "plant/block_store.h"

namespace mw::plant {

struct PostgresStoreOptions : BlockStoreOptions {
  std::string url;       // as libpq reads it: "postgresql://USER@HOST:PORT/DATABASE?sslmode=..."
  std::string password;  // when the URL has none; never logged
};

/// Whether libpq would take it for a URL.
bool is_postgres_url(std::string_view url);

/// SampleStore in a database of a PostgreSQL server, in the schema "millwright" (ADR 0091). A
/// commit is on the server's disk when append() returns (its synchronous_commit stays as it is).
/// While the server does not answer, samples wait in the buffer, reads fail, and it is tried again.
///
/// Errors  open: kUnavailable when the server does not answer or refuses us, kConflict when another
///         Millwright writes to the database, kUnsupported for a newer schema.
class PostgresStore final : public BlockStore {
 public:
  static Result<std::unique_ptr<PostgresStore>> open(const PostgresStoreOptions& options);

 private:
  using BlockStore::BlockStore;
};

}  // namespace mw::plant
