#include "maintenance/health/maintenance_db.h"

#include <algorithm>
#include <iterator>

#include "sqlite/schema.h"

namespace mw::maintenance {
namespace {

constexpr const char* kVersion1 = R"sql(
CREATE TABLE health_case(
  number INTEGER PRIMARY KEY, asset TEXT NOT NULL, line TEXT NOT NULL,
  opened_ns INTEGER NOT NULL, body TEXT NOT NULL, outcome INTEGER NOT NULL, note TEXT NOT NULL,
  decided_by TEXT NOT NULL, decided_ns INTEGER NOT NULL);
CREATE INDEX health_case_by_asset ON health_case(asset, number);
)sql";

constexpr const char* kToVersion2 = R"sql(
BEGIN IMMEDIATE;
CREATE TABLE model_event(
  id INTEGER PRIMARY KEY, asset TEXT NOT NULL, version INTEGER NOT NULL, step INTEGER NOT NULL,
  who TEXT NOT NULL, at_ns INTEGER NOT NULL);
CREATE TABLE model_replay(
  asset TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY(asset, version)) WITHOUT ROWID;
CREATE TABLE case_recording(
  number INTEGER PRIMARY KEY, from_ns INTEGER NOT NULL, to_ns INTEGER NOT NULL,
  thinned TEXT NOT NULL, csv TEXT NOT NULL);
PRAGMA user_version=2;
COMMIT;
)sql";

constexpr const char* kToVersion3 = R"sql(
BEGIN IMMEDIATE;
CREATE TABLE accepted_work(
  number INTEGER PRIMARY KEY, who TEXT NOT NULL, at_ns INTEGER NOT NULL, note TEXT NOT NULL,
  body TEXT NOT NULL);
PRAGMA user_version=3;
COMMIT;
)sql";

constexpr const char* kToVersion4 = R"sql(
BEGIN IMMEDIATE;
CREATE TABLE replay_job(
  asset TEXT PRIMARY KEY, version INTEGER NOT NULL, who TEXT NOT NULL, state INTEGER NOT NULL,
  started_ns INTEGER NOT NULL, ended_ns INTEGER NOT NULL, problem_en TEXT NOT NULL,
  problem_zh TEXT NOT NULL) WITHOUT ROWID;
PRAGMA user_version=4;
COMMIT;
)sql";

constexpr const char* kToVersion5 = R"sql(
BEGIN IMMEDIATE;
CREATE TABLE retrain_schedule(
  asset TEXT PRIMARY KEY, every_days INTEGER NOT NULL, minute INTEGER NOT NULL,
  history_days INTEGER NOT NULL, most_false REAL NOT NULL, days REAL NOT NULL,
  promote INTEGER NOT NULL, who_kind INTEGER NOT NULL, who TEXT NOT NULL,
  set_ns INTEGER NOT NULL, next_ns INTEGER NOT NULL, result INTEGER NOT NULL,
  version INTEGER NOT NULL, at_ns INTEGER NOT NULL, why_en TEXT NOT NULL,
  why_zh TEXT NOT NULL) WITHOUT ROWID;
PRAGMA user_version=5;
COMMIT;
)sql";

constexpr const char* kToVersion6 = R"sql(
BEGIN IMMEDIATE;
CREATE TABLE case_addition(
  number INTEGER NOT NULL, tag TEXT NOT NULL, since_ns INTEGER NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY(number, tag)) WITHOUT ROWID;
PRAGMA user_version=6;
COMMIT;
)sql";

/// What each version adds to the one before, and how many tables a file of it has.
struct Step {
  const char* sql;
  int tables;
};
constexpr Step kSteps[] = {{kVersion1, 1},   {kToVersion2, 4}, {kToVersion3, 5},
                           {kToVersion4, 6}, {kToVersion5, 7}, {kToVersion6, 8}};
constexpr int64_t kNewest = std::size(kSteps);

}  // namespace

Result<sqlite::Database> open_maintenance_db(const std::string& path) {
  MW_ASSIGN(sqlite::Database database,
            sqlite::Database::open(path, sqlite::Database::Mode::kReadWrite));
  MW_TRY(database.execute("PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL"));
  MW_ASSIGN(const int64_t before, database.integer("PRAGMA user_version"));
  // A newer one than ours is refused; an older one is as it was made then.
  const int64_t version = std::clamp<int64_t>(before, 1, kNewest);
  MW_TRY(sqlite::prepare(database, {.file = "maintenance.db",
                                    .application_id = 0x4D574D43,  // "MWMC"
                                    .version = static_cast<int>(version),
                                    .least_tables = kSteps[version - 1].tables,
                                    .create = kVersion1}));
  for (int64_t step = version; step < kNewest; ++step) {
    MW_TRY(database.execute(kSteps[step].sql));
  }
  return database;
}

}  // namespace mw::maintenance
