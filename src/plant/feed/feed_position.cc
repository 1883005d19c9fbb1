#include "plant/feed/feed_position.h"

#include "sqlite/schema.h"

namespace mw::plant {
namespace {

constexpr const char* kTables = R"sql(
CREATE TABLE position(tag TEXT PRIMARY KEY, sent_ns INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE late(
  id INTEGER PRIMARY KEY AUTOINCREMENT, tag TEXT NOT NULL, from_ns INTEGER NOT NULL,
  to_ns INTEGER NOT NULL, samples INTEGER NOT NULL, since_ns INTEGER NOT NULL);
)sql";

}  // namespace

Result<std::unique_ptr<FeedPosition>> FeedPosition::open(const std::string& path) {
  MW_ASSIGN(sqlite::Database database,
            sqlite::Database::open(path, sqlite::Database::Mode::kReadWrite));
  MW_TRY(database.execute("PRAGMA busy_timeout = 5000"));
  MW_TRY(database.execute("PRAGMA journal_mode = WAL"));
  MW_TRY(database.execute("PRAGMA synchronous = FULL"));
  MW_TRY(sqlite::prepare(database, {"feed.db", 0x4D574645, 1, 2, kTables}));  // "MWFE"
  return std::unique_ptr<FeedPosition>(new FeedPosition(std::move(database)));
}

Result<std::map<std::string, TimeNs>> FeedPosition::positions() {
  const std::lock_guard lock(mutex_);
  MW_ASSIGN(auto select, database_.prepare("SELECT tag, sent_ns FROM position"));
  std::map<std::string, TimeNs> out;
  while (true) {
    MW_ASSIGN(const bool row, select.step());
    if (!row) return out;
    out[select.text(0)] = select.integer(1);
  }
}

Result<void> FeedPosition::transaction(const std::function<Result<void>()>& write) {
  MW_TRY(database_.execute("BEGIN IMMEDIATE"));
  const Result<void> written = write();
  const Result<void> ended = database_.execute(written ? "COMMIT" : "ROLLBACK");
  return written ? ended : written;
}

Result<void> FeedPosition::begin(std::span<const std::pair<std::string, TimeNs>> positions) {
  return done({{positions.begin(), positions.end()}, {}});
}

Result<void> FeedPosition::note_late(std::span<const LateStretch> stretches) {
  const std::lock_guard lock(mutex_);
  MW_ASSIGN(auto insert, database_.prepare("INSERT INTO late(tag, from_ns, to_ns, samples, "
                                           "since_ns) VALUES(?, ?, ?, ?, ?)"));
  return transaction([&]() -> Result<void> {
    for (const LateStretch& each : stretches) {
      insert.bind(1, std::string_view(each.tag)).bind(2, each.from_ns).bind(3, each.to_ns);
      insert.bind(4, static_cast<int64_t>(each.samples)).bind(5, each.since_ns);
      MW_TRY(insert.run());
    }
    return {};
  });
}

Result<int64_t> FeedPosition::last_late() {
  const std::lock_guard lock(mutex_);
  return database_.integer("SELECT coalesce(max(id), 0) FROM late");
}

Result<std::vector<LateStretch>> FeedPosition::late(int64_t up_to_id, int limit) {
  const std::lock_guard lock(mutex_);
  MW_ASSIGN(auto select, database_.prepare("SELECT id, tag, from_ns, to_ns, samples, since_ns "
                                           "FROM late WHERE id <= ? ORDER BY id LIMIT ?"));
  select.bind(1, up_to_id).bind(2, int64_t{limit});
  std::vector<LateStretch> out;
  while (true) {
    MW_ASSIGN(const bool row, select.step());
    if (!row) return out;
    out.push_back({select.integer(0), select.text(1), select.integer(2), select.integer(3),
                   static_cast<uint64_t>(select.integer(4)), select.integer(5)});
  }
}

Result<FeedPosition::LateTotal> FeedPosition::late_total() {
  const std::lock_guard lock(mutex_);
  MW_ASSIGN(auto select, database_.prepare("SELECT coalesce(sum(samples), 0), "
                                           "coalesce(min(since_ns), 0) FROM late"));
  MW_ASSIGN(const bool row, select.step());
  if (!row) return LateTotal{};
  return LateTotal{static_cast<uint64_t>(select.integer(0)), select.integer(1)};
}

Result<void> FeedPosition::done(const Done& done) {
  const std::lock_guard lock(mutex_);
  MW_ASSIGN(auto move, database_.prepare("INSERT INTO position(tag, sent_ns) VALUES(?1, ?2) "
                                         "ON CONFLICT(tag) DO UPDATE SET sent_ns = ?2"));
  MW_ASSIGN(auto erase, database_.prepare("DELETE FROM late WHERE id = ?"));
  MW_ASSIGN(auto shorten, database_.prepare("UPDATE late SET from_ns = ?2, samples = "
                                            "max(0, samples - ?3) WHERE id = ?1"));
  return transaction([&]() -> Result<void> {
    for (const auto& [tag, sent_ns] : done.positions) {
      move.bind(1, std::string_view(tag)).bind(2, sent_ns);
      MW_TRY(move.run());
    }
    for (const Done::Late& each : done.late) {
      if (each.next_ns) {
        shorten.bind(1, each.id).bind(2, *each.next_ns);
        shorten.bind(3, static_cast<int64_t>(each.samples));
        MW_TRY(shorten.run());
      } else {
        erase.bind(1, each.id);
        MW_TRY(erase.run());
      }
    }
    return {};
  });
}

}  // namespace mw::plant
