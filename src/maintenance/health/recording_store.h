#pragma once

#include <optional>
#include <set>
#include <string>

#include "maintenance/health/case_recording.h"
#include "sqlite/database.h"

namespace mw::maintenance {

/// Recordings of cases, by their numbers, in maintenance.db. One thread at a time.
class RecordingStore {
 public:
  static Result<RecordingStore> open(const std::string& path);

  Result<std::set<int64_t>> numbers();
  Result<void> put(int64_t number, const CaseRecording& recording);
  Result<std::optional<CaseRecording>> find(int64_t number);

 private:
  explicit RecordingStore(sqlite::Database database) : database_(std::move(database)) {}
  sqlite::Database database_;
};

}  // namespace mw::maintenance
