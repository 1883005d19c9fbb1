#include "maintenance/health/recording_store.h"

#include "core/json.h"
#include "maintenance/health/health_case.h"
#include "maintenance/health/maintenance_db.h"

namespace mw::maintenance {

Result<RecordingStore> RecordingStore::open(const std::string& path) {
  MW_ASSIGN(sqlite::Database database, open_maintenance_db(path));
  return RecordingStore(std::move(database));
}

Result<std::set<int64_t>> RecordingStore::numbers() {
  MW_ASSIGN(sqlite::Statement read, database_.prepare("SELECT number FROM case_recording"));
  std::set<int64_t> out;
  while (true) {
    MW_ASSIGN(const bool row, read.step());
    if (!row) return out;
    out.insert(read.integer(0));
  }
}

Result<void> RecordingStore::put(int64_t number, const CaseRecording& recording) {
  const std::string thinned = to_text(Json(recording.thinned));
  MW_ASSIGN(sqlite::Statement put,
            database_.prepare("INSERT OR IGNORE INTO case_recording(number, from_ns, to_ns, "
                              "thinned, csv) VALUES(?, ?, ?, ?, ?)"));
  return put.bind(1, number)
      .bind(2, recording.window.start_ns)
      .bind(3, recording.window.end_ns)
      .bind(4, std::string_view(thinned))
      .bind(5, std::string_view(recording.csv))
      .run();
}

Result<std::optional<CaseRecording>> RecordingStore::find(int64_t number) {
  MW_ASSIGN(sqlite::Statement read,
            database_.prepare(
                "SELECT from_ns, to_ns, thinned, csv FROM case_recording WHERE number = ?"));
  MW_ASSIGN(const bool row, read.bind(1, number).step());
  if (!row) return std::optional<CaseRecording>{};
  CaseRecording out{{read.integer(0), read.integer(1)}, {}, read.text(3)};
  MW_ASSIGN(const Json thinned, parse_json(read.text(2), 4));
  if (!thinned.is_array()) return corrupt_case();
  for (const Json& each : thinned) {
    if (!each.is_string()) return corrupt_case();
    out.thinned.push_back(each.get<std::string>());
  }
  return std::optional(std::move(out));
}

}  // namespace mw::maintenance
