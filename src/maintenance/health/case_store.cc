#include "maintenance/health/case_store.h"

#include <map>

#include "core/sha256.h"
#include "maintenance/health/maintenance_db.h"

namespace mw::maintenance {
namespace {

constexpr int64_t kOutcomeCount = 4;
// Six digits, as on a ticket.
constexpr uint64_t kLeastNumber = 100'000;
constexpr uint64_t kNumbers = 900'000;
constexpr int kMostDepth = 8;

Result<HealthCase> case_at(const sqlite::Statement& row) {
  HealthCase one;
  one.number = row.integer(0);
  one.asset = row.text(1);
  one.line = row.text(2);
  one.opened_ns = row.integer(3);
  MW_ASSIGN(const Json body, parse_json(row.text(4), kMostDepth));
  MW_TRY(read_case_body(body, one));
  const int64_t outcome = row.integer(5);
  if (outcome < 0 || outcome >= kOutcomeCount) return corrupt_case();
  one.outcome = static_cast<CaseOutcome>(outcome);
  one.note = row.text(6);
  one.decided_by = row.text(7);
  one.decided_ns = row.integer(8);
  return one;
}

/// Of the case alone: counted numbers would tell whoever may see one line that others have cases.
uint64_t number_from(const HealthCase& one) {
  Sha256 hash;
  hash.update(one.asset + " " + std::to_string(one.opened_ns));
  uint64_t number = 0;
  for (const uint8_t byte : hash.digest()) number = (number * 256 + byte) % kNumbers;
  return number;
}

}  // namespace

Result<CaseStore> CaseStore::open(const std::string& path) {
  MW_ASSIGN(sqlite::Database database, open_maintenance_db(path));
  return CaseStore(std::move(database));
}

Result<std::vector<HealthCase>> CaseStore::all() {
  MW_ASSIGN(
      sqlite::Statement read,
      database_.prepare("SELECT number, asset, line, opened_ns, body, outcome, note, "
                        "decided_by, decided_ns FROM health_case ORDER BY opened_ns DESC, number"));
  std::vector<HealthCase> out;
  while (true) {
    MW_ASSIGN(const bool row, read.step());
    if (!row) break;
    MW_ASSIGN(HealthCase one, case_at(read));
    out.push_back(std::move(one));
  }
  MW_TRY(read_additions(out));
  return out;
}

Result<void> CaseStore::read_additions(std::vector<HealthCase>& cases) {
  std::map<int64_t, HealthCase*> by_number;
  for (HealthCase& each : cases) by_number[each.number] = &each;
  MW_ASSIGN(sqlite::Statement read,
            database_.prepare("SELECT number, since_ns, body FROM case_addition "
                              "ORDER BY since_ns, tag"));
  while (true) {
    MW_ASSIGN(const bool row, read.step());
    if (!row) return {};
    const auto found = by_number.find(read.integer(0));
    if (found == by_number.end()) return corrupt_case();
    MW_ASSIGN(const Json body, parse_json(read.text(2), kMostDepth));
    MW_ASSIGN(CaseEvidence evidence, read_case_evidence(body));
    found->second->also.push_back({std::move(evidence), read.integer(1)});
  }
}

Result<void> CaseStore::add_to(int64_t number, const CaseAddition& addition) {
  const std::string body = to_text(to_json(addition.evidence));
  MW_ASSIGN(sqlite::Statement put,
            database_.prepare("INSERT OR IGNORE INTO case_addition(number, tag, since_ns, body) "
                              "VALUES(?, ?, ?, ?)"));
  return put.bind(1, number)
      .bind(2, std::string_view(addition.evidence.tag))
      .bind(3, addition.since_ns)
      .bind(4, std::string_view(body))
      .run();
}

Result<int64_t> CaseStore::add(const HealthCase& one) {
  const std::string body = to_text(case_body(one));
  MW_ASSIGN(sqlite::Statement put,
            database_.prepare("INSERT OR IGNORE INTO health_case(number, asset, line, opened_ns, "
                              "body, outcome, note, decided_by, decided_ns) "
                              "VALUES(?, ?, ?, ?, ?, 0, '', '', 0)"));
  const uint64_t first = number_from(one);
  for (uint64_t i = 0; i < kNumbers; ++i) {  // the next where one is taken
    const auto number = static_cast<int64_t>(kLeastNumber + (first + i) % kNumbers);
    MW_TRY(put.bind(1, number)
               .bind(2, one.asset)
               .bind(3, one.line)
               .bind(4, one.opened_ns)
               .bind(5, body)
               .run());
    if (database_.changes() == 1) return number;
  }
  return Error::make(Code::kResourceExhausted, "maintenance.db holds 900,000 cases: no more fit",
                     "maintenance.db 已有 900,000 个案例，无法再添加");
}

Result<void> CaseStore::decide(const HealthCase& one) {
  MW_ASSIGN(sqlite::Statement put,
            database_.prepare("UPDATE health_case SET outcome = ?, note = ?, decided_by = ?, "
                              "decided_ns = ? WHERE number = ?"));
  return put.bind(1, static_cast<int64_t>(one.outcome))
      .bind(2, one.note)
      .bind(3, one.decided_by)
      .bind(4, one.decided_ns)
      .bind(5, one.number)
      .run();
}

Result<void> CaseStore::forget(const std::string& who) {
  MW_TRY(database_.execute("PRAGMA secure_delete = ON"));
  MW_ASSIGN(sqlite::Statement erase, database_.prepare("UPDATE health_case SET decided_by = '?' "
                                                       "WHERE decided_by = ? COLLATE NOCASE"));
  erase.bind(1, std::string_view(who));
  MW_TRY(erase.run());
  return database_.execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace mw::maintenance
