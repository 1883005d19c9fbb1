#include "maintenance/health/version_store.h"

#include "maintenance/health/health_case.h"
#include "maintenance/health/maintenance_db.h"

namespace mw::maintenance {
namespace {

constexpr int kReplayDepth = 8;

}  // namespace

Result<VersionStore> VersionStore::open(const std::string& path) {
  MW_ASSIGN(sqlite::Database database, open_maintenance_db(path));
  return VersionStore(std::move(database));
}

Result<std::vector<VersionEvent>> VersionStore::events() {
  MW_ASSIGN(
      sqlite::Statement read,
      database_.prepare("SELECT asset, version, step, who, at_ns FROM model_event ORDER BY id"));
  std::vector<VersionEvent> out;
  while (true) {
    MW_ASSIGN(const bool row, read.step());
    if (!row) return out;
    const int64_t step = read.integer(2);
    if (step < 0 || step >= kVersionSteps) return corrupt_case();
    out.push_back({read.text(0), read.integer(1), static_cast<VersionStep>(step), read.text(3),
                   read.integer(4)});
  }
}

Result<void> VersionStore::add(const VersionEvent& event) {
  MW_ASSIGN(sqlite::Statement put,
            database_.prepare("INSERT INTO model_event(asset, version, step, who, at_ns) "
                              "VALUES(?, ?, ?, ?, ?)"));
  return put.bind(1, std::string_view(event.asset))
      .bind(2, event.version)
      .bind(3, static_cast<int64_t>(event.step))
      .bind(4, std::string_view(event.who))
      .bind(5, event.at_ns)
      .run();
}

Result<void> VersionStore::put_replay(const std::string& asset, const HealthReplay& replay) {
  const std::string body = to_text(to_json(replay));
  MW_ASSIGN(sqlite::Statement put,
            database_.prepare("INSERT INTO model_replay(asset, version, body) VALUES(?1, ?2, ?3) "
                              "ON CONFLICT(asset, version) DO UPDATE SET body = ?3"));
  return put.bind(1, std::string_view(asset))
      .bind(2, replay.version)
      .bind(3, std::string_view(body))
      .run();
}

Result<std::optional<HealthReplay>> VersionStore::replay(const std::string& asset,
                                                         int64_t version) {
  MW_ASSIGN(sqlite::Statement read,
            database_.prepare("SELECT body FROM model_replay WHERE asset = ? AND version = ?"));
  MW_ASSIGN(const bool row, read.bind(1, std::string_view(asset)).bind(2, version).step());
  if (!row) return std::optional<HealthReplay>{};
  MW_ASSIGN(const Json body, parse_json(read.text(0), kReplayDepth));
  MW_ASSIGN(HealthReplay replay, parse_health_replay(body));
  return std::optional(std::move(replay));
}

Result<void> VersionStore::forget(const std::string& who) {
  MW_TRY(database_.execute("PRAGMA secure_delete = ON"));
  for (const char* sql : {"UPDATE model_event SET who = '?' WHERE who = ? COLLATE NOCASE",
                          "UPDATE model_replay SET body = json_set(body, '$.made_by', '?') "
                          "WHERE json_extract(body, '$.made_by') = ? COLLATE NOCASE"}) {
    MW_ASSIGN(sqlite::Statement erase, database_.prepare(sql));
    MW_TRY(erase.bind(1, std::string_view(who)).run());
  }
  return database_.execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace mw::maintenance
