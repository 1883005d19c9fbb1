#include "notify/outbox.h"

#include "sqlite/schema.h"

namespace mw::notify {
namespace {

constexpr const char* kTables = R"sql(
CREATE TABLE message(
  id INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, key TEXT NOT NULL,
  subject TEXT NOT NULL, body TEXT NOT NULL, facts TEXT NOT NULL, state INTEGER NOT NULL DEFAULT 0,
  created_ns INTEGER NOT NULL, done_ns INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0, doubt INTEGER NOT NULL DEFAULT 0, problem TEXT NOT NULL DEFAULT '',
  problem_zh TEXT NOT NULL DEFAULT '', UNIQUE(channel, key));
CREATE INDEX message_waiting ON message(channel, id) WHERE state = 0;
CREATE INDEX message_done ON message(done_ns);
)sql";

constexpr std::size_t kMostProblemBytes = 1000;

}  // namespace

std::string_view state_name(MessageState state) {
  switch (state) {
    case MessageState::kWaiting:
      return "waiting";
    case MessageState::kSent:
      return "sent";
    case MessageState::kWithdrawn:
      return "withdrawn";
    case MessageState::kGivenUp:
      return "given_up";
  }
  return "";
}

Result<std::unique_ptr<Outbox>> Outbox::open(const std::string& path) {
  MW_ASSIGN(sqlite::Database database,
            sqlite::Database::open(path, sqlite::Database::Mode::kReadWrite));
  MW_TRY(database.execute("PRAGMA busy_timeout = 5000"));
  MW_TRY(database.execute("PRAGMA journal_mode = WAL"));
  MW_TRY(database.execute("PRAGMA synchronous = FULL"));
  MW_TRY(sqlite::prepare(database, {"notify.db", 0x4D574E4F, 1, 1, kTables}));  // "MWNO"
  return std::unique_ptr<Outbox>(new Outbox(std::move(database)));
}

Result<bool> Outbox::put(const std::string& channel, const Message& message, TimeNs now_ns) {
  const std::lock_guard<std::mutex> guard(mutex_);
  MW_ASSIGN(auto insert,
            database_.prepare("INSERT OR IGNORE INTO message(channel, key, subject, body, facts, "
                              "created_ns) VALUES(?, ?, ?, ?, ?, ?)"));
  const std::string facts = to_text(message.facts);
  insert.bind(1, std::string_view(channel)).bind(2, std::string_view(message.key));
  insert.bind(3, std::string_view(message.subject)).bind(4, std::string_view(message.text));
  insert.bind(5, std::string_view(facts)).bind(6, now_ns);
  MW_TRY(insert.run());
  return database_.changes() == 1;
}

Result<bool> Outbox::withdraw(const std::string& channel, const std::string& key, TimeNs now_ns) {
  const std::lock_guard<std::mutex> guard(mutex_);
  MW_ASSIGN(auto update, database_.prepare("UPDATE message SET state = 2, done_ns = ? WHERE "
                                           "channel = ? AND key = ? AND state = 0 AND doubt = 0"));
  update.bind(1, now_ns).bind(2, std::string_view(channel)).bind(3, std::string_view(key));
  MW_TRY(update.run());
  if (database_.changes() == 1) return true;
  MW_ASSIGN(auto select, database_.prepare("SELECT count(*) FROM message WHERE channel = ? AND "
                                           "key = ? AND (state = 1 OR doubt = 1)"));
  select.bind(1, std::string_view(channel)).bind(2, std::string_view(key));
  MW_ASSIGN(const bool row, select.step());
  return row && select.integer(0) == 0;
}

Result<std::vector<OutboxEntry>> Outbox::read(const std::string& where, std::string_view channel,
                                              int limit) {
  const std::lock_guard<std::mutex> guard(mutex_);
  MW_ASSIGN(auto select,
            database_.prepare("SELECT id, channel, key, subject, body, facts, state, created_ns, "
                              "done_ns, attempts, problem, problem_zh FROM message " +
                              where));
  select.bind(1, channel).bind(2, int64_t{limit});
  std::vector<OutboxEntry> out;
  while (true) {
    MW_ASSIGN(const bool row, select.step());
    if (!row) return out;
    OutboxEntry entry;
    entry.id = select.integer(0);
    entry.channel = select.text(1);
    entry.message = {select.text(2), select.text(3), select.text(4), {}};
    MW_ASSIGN(entry.message.facts, parse_json(select.text(5)));
    entry.state = static_cast<MessageState>(select.integer(6));
    entry.created_ns = select.integer(7);
    entry.done_ns = select.integer(8);
    entry.attempts = static_cast<int>(select.integer(9));
    entry.problem = {select.text(10), select.text(11)};
    out.push_back(std::move(entry));
  }
}

Result<std::vector<OutboxEntry>> Outbox::waiting(const std::string& channel, int limit) {
  return read("WHERE channel = ? AND state = 0 ORDER BY id LIMIT ?", channel, limit);
}

Result<std::vector<OutboxEntry>> Outbox::newest(int limit) {
  return read("WHERE ? = '' ORDER BY id DESC LIMIT ?", "", limit);
}

Result<std::vector<OutboxEntry>> Outbox::update(
    const char* sql, const std::vector<OutboxEntry>& entries,
    const std::function<void(sqlite::Statement&)>& bind) {
  const std::lock_guard<std::mutex> guard(mutex_);
  MW_ASSIGN(auto statement, database_.prepare(sql));
  MW_TRY(database_.execute("BEGIN IMMEDIATE"));
  Result<void> done;
  std::vector<OutboxEntry> changed;
  for (const OutboxEntry& each : entries) {
    statement.bind(1, each.id);
    bind(statement);
    done = statement.run();
    if (!done) break;
    if (database_.changes() == 1) changed.push_back(each);
  }
  const Result<void> ended = database_.execute(done ? "COMMIT" : "ROLLBACK");
  MW_TRY(done);
  MW_TRY(ended);
  return changed;
}

Result<int> Outbox::count_waiting(const std::string& channel) {
  const std::lock_guard<std::mutex> guard(mutex_);
  MW_ASSIGN(auto select,
            database_.prepare("SELECT count(*) FROM message WHERE channel = ? AND state = 0"));
  select.bind(1, std::string_view(channel));
  MW_ASSIGN(const bool row, select.step());
  return row ? static_cast<int>(select.integer(0)) : 0;
}

Result<std::vector<OutboxEntry>> Outbox::sending(const std::vector<OutboxEntry>& entries) {
  return update("UPDATE message SET doubt = 1, attempts = attempts + 1 WHERE id = ?1 AND state = 0",
                entries, [](sqlite::Statement&) {});
}

Result<void> Outbox::sent(const std::vector<OutboxEntry>& entries, TimeNs now_ns) {
  MW_TRY(update("UPDATE message SET state = 1, done_ns = ?2 WHERE id = ?1", entries,
                [&](sqlite::Statement& statement) { statement.bind(2, now_ns); }));
  return {};
}

Result<void> Outbox::failed(const std::vector<OutboxEntry>& entries, const Text& problem,
                            bool arrived, TimeNs now_ns, TimeNs give_up_before_ns) {
  const std::string en = problem.en.substr(0, kMostProblemBytes);
  const std::string zh = problem.zh.substr(0, kMostProblemBytes);
  MW_TRY(
      update("UPDATE message SET state = CASE WHEN created_ns < ?3 THEN 3 ELSE 0 END, "
             "done_ns = CASE WHEN created_ns < ?3 THEN ?2 ELSE 0 END, "
             "doubt = ?6, problem = ?4, problem_zh = ?5 WHERE id = ?1 AND state = 0",
             entries, [&](sqlite::Statement& statement) {
               statement.bind(2, now_ns).bind(3, give_up_before_ns);
               statement.bind(4, std::string_view(en)).bind(5, std::string_view(zh));
               statement.bind(6, int64_t{arrived ? 1 : 0});
             }));
  return {};
}

Result<void> Outbox::forget(TimeNs before_ns) {
  const std::lock_guard<std::mutex> guard(mutex_);
  MW_ASSIGN(auto erase, database_.prepare("DELETE FROM message WHERE state <> 0 AND done_ns < ?"));
  erase.bind(1, before_ns);
  return erase.run();
}

}  // namespace mw::notify
