#include "maintenance/health/retrain_store.h"

#include "maintenance/health/maintenance_db.h"

namespace mw::maintenance {

Result<RetrainStore> RetrainStore::open(const std::string& path) {
  MW_ASSIGN(sqlite::Database database, open_maintenance_db(path));
  return RetrainStore(std::move(database));
}

Result<std::vector<RetrainSchedule>> RetrainStore::all() {
  MW_ASSIGN(sqlite::Statement read,
            database_.prepare("SELECT asset, every_days, minute, history_days, most_false, days, "
                              "promote, who_kind, who, set_ns, next_ns, result, version, at_ns, "
                              "why_en, why_zh FROM retrain_schedule"));
  std::vector<RetrainSchedule> out;
  while (true) {
    MW_ASSIGN(const bool row, read.step());
    if (!row) return out;
    const int64_t kind = read.integer(7);
    const int64_t result = read.integer(11);
    if (kind < 0 || kind > static_cast<int64_t>(Identity::Kind::kService) || result < 0 ||
        result >= kRetrainResults) {
      return corrupt_case();
    }
    RetrainSchedule& one = out.emplace_back();
    one.asset = read.text(0);
    one.every_days = static_cast<int>(read.integer(1));
    one.minute = static_cast<int>(read.integer(2));
    one.history_days = static_cast<int>(read.integer(3));
    one.contract = {read.real(4), read.real(5)};
    one.promote = read.integer(6) != 0;
    one.by_kind = static_cast<Identity::Kind>(kind);
    one.by = read.text(8);
    one.set_ns = read.integer(9);
    one.next_ns = read.integer(10);
    one.last = {static_cast<RetrainResult>(result),
                read.integer(12),
                read.integer(13),
                {read.text(14), read.text(15)}};
    MW_TRY(check_schedule(one));
  }
}

Result<void> RetrainStore::put(const RetrainSchedule& schedule) {
  MW_ASSIGN(sqlite::Statement put,
            database_.prepare("INSERT OR REPLACE INTO retrain_schedule(asset, every_days, minute, "
                              "history_days, most_false, days, promote, who_kind, who, set_ns, "
                              "next_ns, result, version, at_ns, why_en, why_zh) "
                              "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  return put.bind(1, std::string_view(schedule.asset))
      .bind(2, int64_t{schedule.every_days})
      .bind(3, int64_t{schedule.minute})
      .bind(4, int64_t{schedule.history_days})
      .bind(5, schedule.contract.most_false)
      .bind(6, schedule.contract.days)
      .bind(7, int64_t{schedule.promote ? 1 : 0})
      .bind(8, static_cast<int64_t>(schedule.by_kind))
      .bind(9, std::string_view(schedule.by))
      .bind(10, schedule.set_ns)
      .bind(11, schedule.next_ns)
      .bind(12, static_cast<int64_t>(schedule.last.result))
      .bind(13, schedule.last.version)
      .bind(14, schedule.last.at_ns)
      .bind(15, std::string_view(schedule.last.why.en))
      .bind(16, std::string_view(schedule.last.why.zh))
      .run();
}

Result<void> RetrainStore::remove(const std::string& asset) {
  MW_ASSIGN(sqlite::Statement erase,
            database_.prepare("DELETE FROM retrain_schedule WHERE asset = ?"));
  return erase.bind(1, std::string_view(asset)).run();
}

Result<void> RetrainStore::forget(const std::string& who) {
  MW_TRY(database_.execute("PRAGMA secure_delete = ON"));
  MW_ASSIGN(sqlite::Statement erase,
            database_.prepare("UPDATE retrain_schedule SET who = '?' WHERE who "
                              "= ? COLLATE NOCASE"));
  MW_TRY(erase.bind(1, std::string_view(who)).run());
  return database_.execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace mw::maintenance
