#pragma once

#include <string>
#include <vector>

#include "maintenance/health/retrain_schedule.h"
#include "sqlite/database.h"

namespace mw::maintenance {

/// When machines are trained anew, in maintenance.db. One thread at a time.
class RetrainStore {
 public:
  static Result<RetrainStore> open(const std::string& path);

  Result<std::vector<RetrainSchedule>> all();
  Result<void> put(const RetrainSchedule& schedule);
  Result<void> remove(const std::string& asset);
  /// Puts "?" where a name stood; nothing of it is left in the file.
  Result<void> forget(const std::string& who);

 private:
  explicit RetrainStore(sqlite::Database database) : database_(std::move(database)) {}
  sqlite::Database database_;
};

}  // namespace mw::maintenance
