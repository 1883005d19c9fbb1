#pragma once

#include <string>

#include "core/result.h"
#include "postgres/postgres_connection.h"

namespace mw::plant {

/// Makes the tables of the store where there are none (docs/formats/plant_db.md). `name` of the
/// database, as people know it.
/// Errors  kUnsupported for a newer schema and an encoding other than UTF-8.
Result<void> prepare_schema(postgres::Connection& connection, const std::string& name);

}  // namespace mw::plant
