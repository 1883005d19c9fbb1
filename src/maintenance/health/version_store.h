#pragma once

#include <optional>
#include <string>
#include <vector>

#include "maintenance/health/model_versions.h"
#include "maintenance/health/replay_health.h"
#include "sqlite/database.h"

namespace mw::maintenance {

/// What happened to versions of models, and their replays, in maintenance.db. One thread at a time.
class VersionStore {
 public:
  static Result<VersionStore> open(const std::string& path);

  /// In order.
  Result<std::vector<VersionEvent>> events();
  Result<void> add(const VersionEvent& event);
  Result<void> put_replay(const std::string& asset, const HealthReplay& replay);
  /// Nothing where none was made.
  Result<std::optional<HealthReplay>> replay(const std::string& asset, int64_t version);
  /// Puts "?" where a name stood; nothing of it is left in the file.
  Result<void> forget(const std::string& who);

 private:
  explicit VersionStore(sqlite::Database database) : database_(std::move(database)) {}
  sqlite::Database database_;
};

}  // namespace mw::maintenance
