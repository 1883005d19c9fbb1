#pragma once

#include <string>
#include <vector>

#include "core/clock.h"
#include "core/json.h"
#include "sqlite/database.h"

namespace mw::maintenance {

/// A work order that somebody accepted, as it was shown to them.
struct AcceptedWork {
  int64_t number = 0;  // of the case
  std::string by;
  TimeNs at_ns = 0;
  std::string note;
  Json order;  // accepted_json()
};

/// Accepted work orders in maintenance.db, one a case: a later one replaces it, and the audit log
/// has both. One thread at a time.
class AcceptedWorkStore {
 public:
  static Result<AcceptedWorkStore> open(const std::string& path);

  Result<std::vector<AcceptedWork>> all();
  Result<void> put(const AcceptedWork& work);
  /// Puts "?" where a name stood; nothing of it is left in the file.
  Result<void> forget(const std::string& who);

 private:
  explicit AcceptedWorkStore(sqlite::Database database) : database_(std::move(database)) {}
  sqlite::Database database_;
};

}  // namespace mw::maintenance
