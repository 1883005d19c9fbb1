#pragma once

#include <string>
#include <vector>

#include "maintenance/health/replay_job.h"
#include "sqlite/database.h"

namespace mw::maintenance {

/// The last background replay of each machine in maintenance.db. One thread at a time.
class ReplayJobStore {
 public:
  static Result<ReplayJobStore> open(const std::string& path);

  Result<std::vector<ReplayJob>> all();
  Result<void> put(const ReplayJob& job);
  /// Puts "?" where a name stood; nothing of it is left in the file.
  Result<void> forget(const std::string& who);

 private:
  explicit ReplayJobStore(sqlite::Database database) : database_(std::move(database)) {}
  sqlite::Database database_;
};

}  // namespace mw::maintenance
