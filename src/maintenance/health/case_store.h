#pragma once

#include <string>
#include <vector>

#include "maintenance/health/health_case.h"
#include "sqlite/database.h"

namespace mw::maintenance {

/// Cases in maintenance.db. One thread at a time.
class CaseStore {
 public:
  static Result<CaseStore> open(const std::string& path);

  /// Newest first.
  Result<std::vector<HealthCase>> all();
  /// Returns its number, which depends on no other case.
  Result<int64_t> add(const HealthCase& one);
  /// What else deviates; a signal once a case.
  Result<void> add_to(int64_t number, const CaseAddition& addition);
  Result<void> decide(const HealthCase& one);
  /// Puts "?" where a name stood; nothing of it is left in the file.
  Result<void> forget(const std::string& who);

 private:
  Result<void> read_additions(std::vector<HealthCase>& cases);
  explicit CaseStore(sqlite::Database database) : database_(std::move(database)) {}
  sqlite::Database database_;
};

}  // namespace mw::maintenance
