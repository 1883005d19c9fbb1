#include "maintenance/health/replay_job_store.h"

#include "maintenance/health/health_case.h"
#include "maintenance/health/maintenance_db.h"

namespace mw::maintenance {

Result<ReplayJobStore> ReplayJobStore::open(const std::string& path) {
  MW_ASSIGN(sqlite::Database database, open_maintenance_db(path));
  return ReplayJobStore(std::move(database));
}

Result<std::vector<ReplayJob>> ReplayJobStore::all() {
  MW_ASSIGN(sqlite::Statement read,
            database_.prepare("SELECT asset, version, who, state, started_ns, ended_ns, "
                              "problem_en, problem_zh FROM replay_job"));
  std::vector<ReplayJob> out;
  while (true) {
    MW_ASSIGN(const bool row, read.step());
    if (!row) return out;
    const int64_t state = read.integer(3);
    if (state < 0 || state >= kReplayStates) return corrupt_case();
    ReplayJob& job = out.emplace_back();
    job.asset = read.text(0);
    job.version = read.integer(1);
    job.by = read.text(2);
    job.state = static_cast<ReplayState>(state);
    job.started_ns = read.integer(4);
    job.ended_ns = read.integer(5);
    job.problem = {read.text(6), read.text(7)};
  }
}

Result<void> ReplayJobStore::put(const ReplayJob& job) {
  MW_ASSIGN(sqlite::Statement put,
            database_.prepare("INSERT OR REPLACE INTO replay_job(asset, version, who, state, "
                              "started_ns, ended_ns, problem_en, problem_zh) "
                              "VALUES(?, ?, ?, ?, ?, ?, ?, ?)"));
  return put.bind(1, std::string_view(job.asset))
      .bind(2, job.version)
      .bind(3, std::string_view(job.by))
      .bind(4, static_cast<int64_t>(job.state))
      .bind(5, job.started_ns)
      .bind(6, job.ended_ns)
      .bind(7, std::string_view(job.problem.en))
      .bind(8, std::string_view(job.problem.zh))
      .run();
}

Result<void> ReplayJobStore::forget(const std::string& who) {
  MW_TRY(database_.execute("PRAGMA secure_delete = ON"));
  MW_ASSIGN(sqlite::Statement erase,
            database_.prepare("UPDATE replay_job SET who = '?' WHERE who = ? COLLATE NOCASE"));
  MW_TRY(erase.bind(1, std::string_view(who)).run());
  return database_.execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace mw::maintenance
