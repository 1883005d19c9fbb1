#pragma once

#include <cstdint>
#include <string>

#include "core/result.h"
#include "sqlite/database.h"

namespace mw::sqlite {

/// What a file of ours holds, and how an empty one is made.
struct Schema {
  std::string file;         // as people know it: "plant.db"
  uint32_t application_id;  // PRAGMA application_id
  int version;              // PRAGMA user_version
  int least_tables;         // fewer: the file was not made whole
  const char* create;       // one transaction; the pragmas are set by prepare()
};

/// Makes the tables of an empty file; leaves an older or equal version as it is.
///
/// Errors   kConflict: an SQLite file of something else; kUnsupported: a newer version wrote it;
///          kCorrupt: tables are missing.
Result<void> prepare(Database& database, const Schema& schema);

}  // namespace mw::sqlite
