#include "alarms/alarm_journal.h"

#include <algorithm>

#include "sqlite/schema.h"

namespace mw::alarms {
namespace {

constexpr const char* kVersion2 = R"sql(
CREATE TABLE rule(id TEXT PRIMARY KEY, body TEXT NOT NULL, edited INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE made(what TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE status(
  rule TEXT PRIMARY KEY, active INTEGER NOT NULL, acknowledged INTEGER NOT NULL,
  latched INTEGER NOT NULL, doubtful INTEGER NOT NULL, suppressed INTEGER NOT NULL,
  out_of_service INTEGER NOT NULL, shelved_until_ns INTEGER NOT NULL,
  active_since_ns INTEGER NOT NULL, changed_ns INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE entry(
  number INTEGER PRIMARY KEY AUTOINCREMENT, ts_ns INTEGER NOT NULL, rule TEXT NOT NULL,
  line TEXT NOT NULL, event INTEGER NOT NULL, state INTEGER NOT NULL, priority INTEGER NOT NULL,
  who TEXT NOT NULL, note TEXT NOT NULL, value REAL, asset TEXT NOT NULL DEFAULT '');
CREATE INDEX entry_by_rule ON entry(rule, number);
CREATE INDEX entry_by_time ON entry(ts_ns);
CREATE INDEX entry_by_asset ON entry(asset, number);
)sql";

// What happened before is of the machine that its rule is of now; of a rule that is no more, of
// none.
constexpr const char* kFromVersion1 = R"sql(
BEGIN IMMEDIATE;
ALTER TABLE entry ADD COLUMN asset TEXT NOT NULL DEFAULT '';
UPDATE entry SET asset = coalesce((SELECT json_extract(body, '$.asset') FROM rule
  WHERE rule.id = entry.rule AND json_valid(body)), '');
CREATE INDEX entry_by_asset ON entry(asset, number);
PRAGMA user_version=2;
COMMIT;
)sql";

constexpr int64_t kEvents = 12;
constexpr int64_t kStates = 8;
constexpr int64_t kPriorities = 4;

Entry entry_of(const sqlite::Statement& row) {
  Entry entry;
  entry.number = row.integer(0);
  entry.ts_ns = row.integer(1);
  entry.rule = row.text(2);
  entry.line = row.text(3);
  // Numbers of a file that somebody edited are no reason to read past a table's end.
  entry.event = static_cast<Event>(static_cast<uint64_t>(row.integer(4)) % kEvents);
  entry.state = static_cast<State>(static_cast<uint64_t>(row.integer(5)) % kStates);
  entry.priority = static_cast<Priority>(static_cast<uint64_t>(row.integer(6)) % kPriorities);
  entry.who = row.text(7);
  entry.note = row.text(8);
  if (!row.is_null(9)) entry.value = row.real(9);
  entry.asset = row.text(10);
  return entry;
}

}  // namespace

Result<AlarmJournal> AlarmJournal::open(const std::string& path) {
  MW_ASSIGN(sqlite::Database database,
            sqlite::Database::open(path, sqlite::Database::Mode::kReadWrite));
  MW_TRY(database.execute("PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL"));
  MW_TRY(sqlite::prepare(database, {.file = "alarms.db",
                                    .application_id = 0x4D57414C,  // "MWAL"
                                    .version = 2,
                                    .least_tables = 4,
                                    .create = kVersion2}));
  MW_ASSIGN(const int64_t version, database.integer("PRAGMA user_version"));
  if (version == 1) MW_TRY(database.execute(kFromVersion1));
  return AlarmJournal(std::move(database));
}

Result<std::vector<AlarmJournal::StoredRule>> AlarmJournal::rules() {
  MW_ASSIGN(sqlite::Statement read,
            database_.prepare("SELECT id, body, edited FROM rule ORDER BY id"));
  std::vector<StoredRule> out;
  while (true) {
    MW_ASSIGN(const bool row, read.step());
    if (!row) return out;
    out.push_back({read.text(0), read.text(1), read.integer(2) != 0});
  }
}

Result<void> AlarmJournal::in_transaction(const std::function<Result<void>()>& write) {
  MW_TRY(database_.execute("BEGIN IMMEDIATE"));
  Result<void> written = write();
  if (written) written = database_.execute("COMMIT");
  if (!written) (void)database_.execute("ROLLBACK");
  return written;
}

Result<void> AlarmJournal::forget(const std::string& who) {
  MW_TRY(database_.execute("PRAGMA secure_delete = ON"));
  MW_ASSIGN(sqlite::Statement erase,
            database_.prepare("UPDATE entry SET who = '?' WHERE who = ? COLLATE NOCASE"));
  erase.bind(1, std::string_view(who));
  MW_TRY(erase.run());
  return database_.execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

Result<void> AlarmJournal::write_rule(const AlarmRule& rule, bool edited) {
  MW_ASSIGN(sqlite::Statement put,
            database_.prepare("INSERT INTO rule VALUES(?, ?, ?) ON CONFLICT(id) DO UPDATE SET "
                              "body = excluded.body, edited = excluded.edited"));
  const std::string body = to_text(to_json(rule));
  return put.bind(1, rule.id).bind(2, body).bind(3, int64_t{edited}).run();
}

Result<bool> AlarmJournal::wants_first_rules() {
  MW_ASSIGN(const int64_t made,
            database_.integer("SELECT count(*) FROM made WHERE what = 'first rules'"));
  return made == 0;
}

Result<void> AlarmJournal::put_first_rules(const std::vector<AlarmRule>& rules) {
  return in_transaction([&]() -> Result<void> {
    for (const AlarmRule& rule : rules) MW_TRY(write_rule(rule, false));
    return database_.execute("INSERT INTO made VALUES('first rules')");
  });
}

Result<void> AlarmJournal::put_rule(const AlarmRule& rule, const AlarmStatus& status) {
  return in_transaction([&]() -> Result<void> {
    MW_TRY(write_rule(rule, true));
    return write_statuses({{rule.id, status}});
  });
}

Result<void> AlarmJournal::rename_in_rule(const AlarmRule& rule, bool edited) {
  return write_rule(rule, edited);
}

Result<void> AlarmJournal::remove_rule(const std::string& id) {
  return in_transaction([&]() -> Result<void> {
    for (const char* sql : {"DELETE FROM rule WHERE id = ?", "DELETE FROM status WHERE rule = ?"}) {
      MW_ASSIGN(sqlite::Statement statement, database_.prepare(sql));
      MW_TRY(statement.bind(1, id).run());
    }
    return {};
  });
}

Result<std::map<std::string, AlarmStatus>> AlarmJournal::statuses() {
  MW_ASSIGN(sqlite::Statement read, database_.prepare("SELECT * FROM status"));
  std::map<std::string, AlarmStatus> out;
  while (true) {
    MW_ASSIGN(const bool row, read.step());
    if (!row) return out;
    AlarmStatus& status = out[read.text(0)];
    status.active = read.integer(1) != 0;
    status.acknowledged = read.integer(2) != 0;
    status.latched = read.integer(3) != 0;
    status.doubtful = read.integer(4) != 0;
    status.suppressed = read.integer(5) != 0;
    status.out_of_service = read.integer(6) != 0;
    status.shelved_until_ns = read.integer(7);
    status.active_since_ns = read.integer(8);
    status.changed_ns = read.integer(9);
  }
}

Result<void> AlarmJournal::write(const std::vector<Entry>& entries,
                                 const std::map<std::string, AlarmStatus>& statuses) {
  if (entries.empty() && statuses.empty()) return {};
  return in_transaction([&]() -> Result<void> {
    MW_TRY(write_entries(entries));
    return write_statuses(statuses);
  });
}

Result<void> AlarmJournal::write_entries(const std::vector<Entry>& entries) {
  MW_ASSIGN(sqlite::Statement add,
            database_.prepare("INSERT INTO entry(ts_ns, rule, line, event, state, priority, who, "
                              "note, value, asset) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  for (const Entry& entry : entries) {
    add.bind(1, entry.ts_ns)
        .bind(2, entry.rule)
        .bind(3, entry.line)
        .bind(4, static_cast<int64_t>(entry.event))
        .bind(5, static_cast<int64_t>(entry.state))
        .bind(6, static_cast<int64_t>(entry.priority))
        .bind(7, entry.who)
        .bind(8, entry.note)
        .bind(10, entry.asset);
    if (entry.value) {
      add.bind(9, *entry.value);
    } else {
      add.bind(9, nullptr);
    }
    MW_TRY(add.run());
  }
  return {};
}

Result<void> AlarmJournal::write_statuses(const std::map<std::string, AlarmStatus>& statuses) {
  MW_ASSIGN(sqlite::Statement put,
            database_.prepare("INSERT OR REPLACE INTO status VALUES(?, ?, ?, "
                              "?, ?, ?, ?, ?, ?, ?)"));
  for (const auto& [rule, status] : statuses) {
    MW_TRY(put.bind(1, rule)
               .bind(2, int64_t{status.active})
               .bind(3, int64_t{status.acknowledged})
               .bind(4, int64_t{status.latched})
               .bind(5, int64_t{status.doubtful})
               .bind(6, int64_t{status.suppressed})
               .bind(7, int64_t{status.out_of_service})
               .bind(8, status.shelved_until_ns)
               .bind(9, status.active_since_ns)
               .bind(10, status.changed_ns)
               .run());
  }
  return {};
}

/// Only what came since the last time: the journal grows and is never cut.
Result<void> AlarmJournal::count_new() {
  MW_ASSIGN(sqlite::Statement read,
            database_.prepare("SELECT line, COUNT(*), MAX(number) FROM entry WHERE number > ? "
                              "GROUP BY line"));
  read.bind(1, counted_);
  auto counts = entries_of_line_;
  int64_t newest = counted_;
  for (;;) {
    MW_ASSIGN(const bool row, read.step());
    if (!row) break;
    counts[std::string(read.text(0))] += read.integer(1);
    newest = std::max(newest, read.integer(2));
  }
  entries_of_line_ = std::move(counts);
  counted_ = newest;
  return {};
}

/// Of one machine's entries those that `who` may see: they are counted by themselves, or each page
/// of a quiet machine would walk all of the journal.
Result<int64_t> AlarmJournal::count_of_asset(const Identity& who, const std::string& asset) {
  MW_ASSIGN(sqlite::Statement read,
            database_.prepare("SELECT line, COUNT(*) FROM entry WHERE asset = ? GROUP BY line"));
  read.bind(1, asset);
  int64_t count = 0;
  for (;;) {
    MW_ASSIGN(const bool row, read.step());
    if (!row) return count;
    if (who.may_see_line(read.text(0))) count += read.integer(1);
  }
}

Result<std::vector<Entry>> AlarmJournal::read(const Identity& who, const EntryFilter& filter) {
  MW_TRY(count_new());
  int64_t left = 0;
  for (const auto& [line, count] : entries_of_line_) {
    if (who.may_see_line(line)) left += count;
  }
  const bool of_asset = !filter.asset.empty();
  if (of_asset) {
    MW_ASSIGN(left, count_of_asset(who, filter.asset));
  }
  MW_ASSIGN(sqlite::Statement read,
            database_.prepare(std::string("SELECT * FROM entry WHERE number <= ?") +
                              (of_asset ? " AND asset = ?" : "") + " ORDER BY number DESC"));
  read.bind(1, of_asset ? INT64_MAX : counted_);
  if (of_asset) read.bind(2, filter.asset);
  const int64_t before = filter.before_number > 0 ? filter.before_number : INT64_MAX;
  std::vector<Entry> out;
  while (static_cast<int>(out.size()) < filter.limit) {
    MW_ASSIGN(const bool row, read.step());
    if (!row) break;
    if (!who.may_see_line(read.text(3))) continue;
    const int64_t number = left--;
    const TimeNs ts_ns = read.integer(1);
    if (number >= before || ts_ns < filter.from_ns || ts_ns >= filter.to_ns) continue;
    if (!filter.rule.empty() && read.text(2) != filter.rule) continue;
    out.push_back(entry_of(read));
    out.back().number = number;
  }
  return out;
}

}  // namespace mw::alarms
