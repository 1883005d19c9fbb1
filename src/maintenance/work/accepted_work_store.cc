#include "maintenance/work/accepted_work_store.h"

#include "maintenance/health/health_case.h"
#include "maintenance/health/maintenance_db.h"

namespace mw::maintenance {
namespace {

constexpr int kOrderDepth = 8;

}  // namespace

Result<AcceptedWorkStore> AcceptedWorkStore::open(const std::string& path) {
  MW_ASSIGN(sqlite::Database database, open_maintenance_db(path));
  return AcceptedWorkStore(std::move(database));
}

Result<std::vector<AcceptedWork>> AcceptedWorkStore::all() {
  MW_ASSIGN(sqlite::Statement read,
            database_.prepare("SELECT number, who, at_ns, note, body FROM accepted_work"));
  std::vector<AcceptedWork> out;
  while (true) {
    MW_ASSIGN(const bool row, read.step());
    if (!row) return out;
    MW_ASSIGN(Json order, parse_json(read.text(4), kOrderDepth));
    if (!order.is_object()) return corrupt_case();
    out.push_back({read.integer(0), read.text(1), read.integer(2), read.text(3), std::move(order)});
  }
}

Result<void> AcceptedWorkStore::put(const AcceptedWork& work) {
  const std::string body = to_text(work.order);
  MW_ASSIGN(sqlite::Statement put,
            database_.prepare("INSERT INTO accepted_work(number, who, at_ns, note, body) "
                              "VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(number) DO UPDATE SET "
                              "who = ?2, at_ns = ?3, note = ?4, body = ?5"));
  return put.bind(1, work.number)
      .bind(2, std::string_view(work.by))
      .bind(3, work.at_ns)
      .bind(4, std::string_view(work.note))
      .bind(5, std::string_view(body))
      .run();
}

Result<void> AcceptedWorkStore::forget(const std::string& who) {
  MW_TRY(database_.execute("PRAGMA secure_delete = ON"));
  MW_ASSIGN(sqlite::Statement erase, database_.prepare("UPDATE accepted_work SET who = '?' "
                                                       "WHERE who = ? COLLATE NOCASE"));
  erase.bind(1, std::string_view(who));
  MW_TRY(erase.run());
  return database_.execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace mw::maintenance
