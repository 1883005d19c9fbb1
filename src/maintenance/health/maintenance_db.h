#pragma once

#include <string>

#include "sqlite/database.h"

namespace mw::maintenance {

/// Opens maintenance.db (docs/formats/maintenance_db.md), makes its tables where it is empty and
/// adds to a file of an older program what that one did not know.
Result<sqlite::Database> open_maintenance_db(const std::string& path);

}  // namespace mw::maintenance
