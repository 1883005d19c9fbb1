#include "plant/internal/store_tables.h"

#include <algorithm>
#include <span>
#include <utility>

namespace mw::plant {
namespace {

// Rows asked for at a time, so that a reader that stops early has not fetched a year of them.
constexpr int64_t kRowsAtATime = 64;

enum StatementName : std::size_t {
  kFindTag,
  kAddTag,
  kMostTag,
  kTexts,
  kAddText,
  kAddJournal,
  kJournal,
  kClearJournal,
  kBlockAt,
  kNextBlock,
  kPutBlock,
  kDeleteBlock,
  kSetAside,
  kBlockRange,
  kBlocksAfter,
  kBlockBefore,
  kRollups,
  kRollupStarts,
  kRollupBefore,
  kPutRollups,
  kDeleteRollups,
  kDeleteRollupsFrom,
  kAddDue,
  kRemoveDue,
  kDue,
  kThinned,
  kPutThinned,
  kPutRecord,
  kRecords,
  kEachRecord,
  kEachTag,
  kRenameTag,
  kDropRecords,
  kStatementCount
};

constexpr std::array<std::string_view, kStatementCount> kSql = {
    "SELECT id, simulated FROM tag WHERE name = ?1",
    "INSERT INTO tag(id, name, simulated) "
    "VALUES((SELECT coalesce(max(id), 0) + 1 FROM tag), ?1, ?2)",
    "SELECT coalesce(max(id), 0) FROM tag", "SELECT id, text FROM text ORDER BY id",
    // It may be there already, when a commit was not answered.
    "INSERT INTO text(id, text) VALUES(?1, ?2) ON CONFLICT(id) DO NOTHING",
    "INSERT INTO journal(count, body) VALUES(?1, ?2)",
    "SELECT seq, body FROM journal WHERE seq > ?1 ORDER BY seq LIMIT ?2", "DELETE FROM journal",
    "SELECT start_ns, end_ns, count, body FROM block WHERE tag = ?1 AND start_ns <= ?2 "
    "ORDER BY start_ns DESC LIMIT 1",
    "SELECT start_ns FROM block WHERE tag = ?1 AND start_ns > ?2 ORDER BY start_ns LIMIT 1",
    "INSERT INTO block(tag, start_ns, end_ns, count, body) VALUES(?1, ?2, ?3, ?4, ?5)",
    "DELETE FROM block WHERE tag = ?1 AND start_ns = ?2",
    "INSERT INTO damaged_block SELECT tag, start_ns, end_ns, count, body FROM block "
    "WHERE tag = ?1 AND start_ns = ?2",
    // The block that the window starts in is the last one that starts at or before it.
    "SELECT start_ns, body FROM block WHERE tag = ?1 AND start_ns >= "
    "COALESCE((SELECT max(start_ns) FROM block WHERE tag = ?1 AND start_ns <= ?2), ?2) "
    "AND start_ns < ?3 ORDER BY start_ns LIMIT ?4",
    "SELECT start_ns, body FROM block WHERE tag = ?1 AND start_ns > ?2 AND start_ns < ?3 "
    "ORDER BY start_ns LIMIT ?4",
    "SELECT start_ns, body FROM block WHERE tag = ?1 AND start_ns < ?2 "
    "ORDER BY start_ns DESC LIMIT 1",
    "SELECT start_ns, body FROM rollup WHERE tag = ?1 AND width_ns = ?2 AND start_ns >= ?3 "
    "AND start_ns < ?4 ORDER BY start_ns LIMIT ?5",
    "SELECT start_ns FROM rollup WHERE tag = ?1 AND width_ns = ?2 AND start_ns < ?3 "
    "ORDER BY start_ns LIMIT ?4",
    "SELECT body FROM rollup WHERE tag = ?1 AND width_ns = ?2 AND start_ns < ?3 "
    "ORDER BY start_ns DESC LIMIT 1",
    "INSERT INTO rollup(tag, width_ns, start_ns, body) VALUES(?1, ?2, ?3, ?4)",
    "DELETE FROM rollup WHERE tag = ?1 AND width_ns = ?2 AND start_ns = ?3",
    "DELETE FROM rollup WHERE tag = ?1 AND width_ns = ?2 AND start_ns >= ?3",
    "INSERT INTO due(tag, hour_ns) VALUES(?1, ?2) ON CONFLICT DO NOTHING",
    "DELETE FROM due WHERE tag = ?1 AND hour_ns = ?2", "SELECT tag, hour_ns FROM due",
    "SELECT raw_from_ns, minute_from_ns, hour_from_ns, hold_ns FROM thinned WHERE tag = ?1",
    "INSERT INTO thinned(tag, raw_from_ns, minute_from_ns, hour_from_ns, hold_ns) "
    "VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(tag) DO UPDATE SET raw_from_ns = "
    "excluded.raw_from_ns, minute_from_ns = excluded.minute_from_ns, hour_from_ns = "
    "excluded.hour_from_ns, hold_ns = excluded.hold_ns",
    "INSERT INTO record(kind, place, start_ns, name, end_ns, body) VALUES(?1, ?2, ?3, ?4, ?5, ?6) "
    "ON CONFLICT(kind, place, start_ns, name) DO UPDATE SET end_ns = excluded.end_ns, "
    "body = excluded.body",
    "SELECT start_ns, name, end_ns, body FROM record WHERE kind = ?1 AND place = ?2 "
    "AND start_ns < ?3 AND (end_ns > ?4 OR start_ns >= ?4) ORDER BY start_ns DESC, name DESC "
    "LIMIT ?5",
    "SELECT place, body FROM record WHERE kind = ?1", "SELECT id, simulated, name FROM tag",
    "UPDATE tag SET name = ?2 WHERE id = ?1", "DELETE FROM record WHERE kind = ?1 AND end_ns < ?2"};

}  // namespace

/// Ends a statement with the scope, so that it holds no lock.
class StoreTables::Scope {
 public:
  explicit Scope(SqlQuery* query) : query_(query) {}
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
  ~Scope() { query_->reset(); }
  SqlQuery* operator->() const { return query_; }

 private:
  SqlQuery* query_;
};

Result<SqlQuery*> StoreTables::query(std::size_t statement) {
  static_assert(kStatements >= kStatementCount);
  std::unique_ptr<SqlQuery>& prepared = queries_[statement];
  if (prepared == nullptr) {
    MW_ASSIGN(prepared, session_->prepare(kSql[statement]));
  }
  return prepared.get();
}

template <class... Arguments>
Result<void> StoreTables::run(std::size_t statement, const Arguments&... arguments) {
  MW_ASSIGN(SqlQuery* const prepared, query(statement));
  const Scope scope(prepared);
  int index = 0;
  (scope->bind(++index, arguments), ...);
  const Result<bool> stepped = scope->step();
  if (!stepped) return stepped.error();
  return {};
}

void StoreTables::rollback() { session_->rollback(); }

Result<void> StoreTables::reconnect() {
  MW_ASSIGN(const bool is_new, session_->reconnect());
  if (is_new) queries_ = {};
  return {};
}

Result<StoreTables::TagRow> StoreTables::tag(std::string_view name, bool simulated) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    MW_ASSIGN(SqlQuery* const prepared, query(kFindTag));
    const Scope find(prepared);
    find->bind(1, name);
    MW_ASSIGN(const bool row, find->step());
    if (row) return TagRow{static_cast<uint32_t>(find->integer(0)), find->integer(1) != 0};
    MW_TRY(run(kAddTag, name, int64_t{simulated ? 1 : 0}));
  }
  return Error::make(Code::kCorrupt, "the tag table forgets '" + std::string(name) + "'");
}

Result<void> StoreTables::each_tag(
    const std::function<void(const std::string& name, const TagRow& row)>& visit) {
  MW_ASSIGN(SqlQuery* const prepared, query(kEachTag));
  const Scope select(prepared);
  while (true) {
    MW_ASSIGN(const bool row, select->step());
    if (!row) return {};
    visit(select->text(2), {static_cast<uint32_t>(select->integer(0)), select->integer(1) != 0});
  }
}

Result<void> StoreTables::rename_tag(uint32_t id, std::string_view name) {
  return run(kRenameTag, int64_t{id}, name);
}

Result<int64_t> StoreTables::most_tag_id() {
  MW_ASSIGN(SqlQuery* const prepared, query(kMostTag));
  const Scope select(prepared);
  MW_ASSIGN(const bool row, select->step());
  return row ? select->integer(0) : 0;
}

Result<void> StoreTables::each_text(
    const std::function<void(int64_t id, std::string text)>& visit) {
  MW_ASSIGN(SqlQuery* const prepared, query(kTexts));
  const Scope select(prepared);
  while (true) {
    MW_ASSIGN(const bool row, select->step());
    if (!row) return {};
    visit(select->integer(0), select->text(1));
  }
}

Result<void> StoreTables::add_text(int64_t id, std::string_view text) {
  return run(kAddText, id, text);
}

Result<void> StoreTables::add_journal(int64_t count, Bytes body) {
  return run(kAddJournal, count, body);
}

Result<void> StoreTables::each_journal(
    const std::function<Result<void>(int64_t seq, Bytes body)>& visit) {
  MW_ASSIGN(SqlQuery* const prepared, query(kJournal));
  int64_t last = INT64_MIN;
  while (true) {
    const Scope select(prepared);
    select->bind(1, last).bind(2, kRowsAtATime);
    int64_t rows = 0;
    while (true) {
      MW_ASSIGN(const bool row, select->step());
      if (!row) break;
      ++rows;
      last = select->integer(0);
      MW_TRY(visit(last, select->bytes(1)));
    }
    if (rows < kRowsAtATime) return {};
  }
}

Result<void> StoreTables::clear_journal() { return run(kClearJournal); }

Result<std::optional<StoreTables::Block>> StoreTables::block_at(uint32_t tag, TimeNs ts_ns) {
  MW_ASSIGN(SqlQuery* const prepared, query(kBlockAt));
  const Scope select(prepared);
  select->bind(1, int64_t{tag}).bind(2, ts_ns);
  MW_ASSIGN(const bool row, select->step());
  if (!row) return std::optional<Block>();
  const Bytes body = select->bytes(3);
  return std::optional<Block>(
      Block{select->integer(0), select->integer(1), select->integer(2),
            std::string(reinterpret_cast<const char*>(body.data()), body.size())});
}

Result<std::optional<TimeNs>> StoreTables::next_block_start(uint32_t tag, TimeNs after_ns) {
  MW_ASSIGN(SqlQuery* const prepared, query(kNextBlock));
  const Scope select(prepared);
  select->bind(1, int64_t{tag}).bind(2, after_ns);
  MW_ASSIGN(const bool row, select->step());
  return row ? std::optional<TimeNs>(select->integer(0)) : std::nullopt;
}

Result<void> StoreTables::put_block(uint32_t tag, const Block& block) {
  // Away and to the end, so that pages stay full: a row that grows in place splits its page.
  MW_TRY(delete_block(tag, block.start_ns));
  return run(kPutBlock, int64_t{tag}, block.start_ns, block.end_ns, block.count,
             Bytes(std::as_bytes(std::span(block.body))));
}

Result<void> StoreTables::delete_block(uint32_t tag, TimeNs start_ns) {
  return run(kDeleteBlock, int64_t{tag}, start_ns);
}

Result<void> StoreTables::set_block_aside(uint32_t tag, TimeNs start_ns) {
  MW_TRY(run(kSetAside, int64_t{tag}, start_ns));
  return delete_block(tag, start_ns);
}

Result<void> StoreTables::each_block(uint32_t tag, TimeWindow window, const RowVisitor& visit) {
  std::size_t statement = kBlockRange;
  TimeNs from_ns = window.start_ns;
  while (true) {
    MW_ASSIGN(SqlQuery* const prepared, query(statement));
    const Scope select(prepared);
    select->bind(1, int64_t{tag}).bind(2, from_ns).bind(3, window.end_ns).bind(4, kRowsAtATime);
    int64_t rows = 0;
    while (true) {
      MW_ASSIGN(const bool row, select->step());
      if (!row) break;
      ++rows;
      from_ns = select->integer(0);
      if (!visit(from_ns, select->bytes(1))) return {};
    }
    if (rows < kRowsAtATime) return {};
    statement = kBlocksAfter;
  }
}

Result<void> StoreTables::each_block_before(uint32_t tag, TimeNs ts_ns, const RowVisitor& visit) {
  MW_ASSIGN(SqlQuery* const prepared, query(kBlockBefore));
  while (true) {
    const Scope select(prepared);
    select->bind(1, int64_t{tag}).bind(2, ts_ns);
    MW_ASSIGN(const bool row, select->step());
    if (!row) return {};
    ts_ns = select->integer(0);
    if (!visit(ts_ns, select->bytes(1))) return {};
  }
}

Result<void> StoreTables::each_rollup_row(uint32_t tag, int64_t width_ns, TimeWindow starts,
                                          const RowVisitor& visit) {
  // Few at first: whoever looks for the first one wants no more.
  for (int64_t at_a_time = 1;; at_a_time = std::min(4 * at_a_time, kRowsAtATime)) {
    std::vector<std::pair<TimeNs, std::string>> rows;
    {
      MW_ASSIGN(SqlQuery* const prepared, query(kRollups));
      const Scope select(prepared);
      select->bind(1, int64_t{tag}).bind(2, width_ns).bind(3, starts.start_ns);
      select->bind(4, starts.end_ns).bind(5, at_a_time);
      while (true) {
        MW_ASSIGN(const bool row, select->step());
        if (!row) break;
        const Bytes body = select->bytes(1);
        rows.emplace_back(select->integer(0),
                          std::string(reinterpret_cast<const char*>(body.data()), body.size()));
      }
    }
    for (const auto& [start_ns, body] : rows) {
      if (!visit(start_ns, std::as_bytes(std::span(body)))) return {};
    }
    if (static_cast<int64_t>(rows.size()) < at_a_time) return {};
    starts.start_ns = rows.back().first + 1;
  }
}

Result<std::vector<TimeNs>> StoreTables::rollup_rows_before(uint32_t tag, int64_t width_ns,
                                                            TimeNs ts_ns, int64_t most) {
  std::vector<TimeNs> starts;
  MW_ASSIGN(SqlQuery* const prepared, query(kRollupStarts));
  const Scope select(prepared);
  select->bind(1, int64_t{tag}).bind(2, width_ns).bind(3, ts_ns).bind(4, most);
  while (true) {
    MW_ASSIGN(const bool row, select->step());
    if (!row) return starts;
    starts.push_back(select->integer(0));
  }
}

Result<std::optional<std::string>> StoreTables::rollup_row_before(uint32_t tag, int64_t width_ns,
                                                                  TimeNs ts_ns) {
  MW_ASSIGN(SqlQuery* const prepared, query(kRollupBefore));
  const Scope select(prepared);
  select->bind(1, int64_t{tag}).bind(2, width_ns).bind(3, ts_ns);
  MW_ASSIGN(const bool row, select->step());
  if (!row) return std::optional<std::string>();
  const Bytes body = select->bytes(0);
  return std::optional<std::string>(
      std::string(reinterpret_cast<const char*>(body.data()), body.size()));
}

Result<void> StoreTables::put_rollup_row(uint32_t tag, int64_t width_ns, TimeNs start_ns,
                                         Bytes body) {
  MW_TRY(delete_rollup_row(tag, width_ns, start_ns));
  return run(kPutRollups, int64_t{tag}, width_ns, start_ns, body);
}

Result<void> StoreTables::delete_rollup_row(uint32_t tag, int64_t width_ns, TimeNs start_ns) {
  return run(kDeleteRollups, int64_t{tag}, width_ns, start_ns);
}

Result<void> StoreTables::delete_rollup_rows_from(uint32_t tag, int64_t width_ns, TimeNs start_ns) {
  return run(kDeleteRollupsFrom, int64_t{tag}, width_ns, start_ns);
}

Result<void> StoreTables::add_due(uint32_t tag, TimeNs hour_ns) {
  return run(kAddDue, int64_t{tag}, hour_ns);
}

Result<void> StoreTables::remove_due(uint32_t tag, TimeNs hour_ns) {
  return run(kRemoveDue, int64_t{tag}, hour_ns);
}

Result<void> StoreTables::each_due(const std::function<void(uint32_t tag, TimeNs hour_ns)>& visit) {
  MW_ASSIGN(SqlQuery* const prepared, query(kDue));
  const Scope select(prepared);
  while (true) {
    MW_ASSIGN(const bool row, select->step());
    if (!row) return {};
    visit(static_cast<uint32_t>(select->integer(0)), select->integer(1));
  }
}

Result<void> StoreTables::put_record(const PlantRecord& record) {
  return run(kPutRecord, std::string_view(record.kind), std::string_view(record.place),
             record.start_ns, std::string_view(record.name), record.end_ns,
             std::string_view(record.body));
}

Result<void> StoreTables::drop_records(std::string_view kind, TimeNs before_ns) {
  return run(kDropRecords, kind, before_ns);
}

Result<void> StoreTables::each_record(
    std::string_view kind,
    const std::function<void(const std::string& place, std::string body)>& visit) {
  MW_ASSIGN(SqlQuery* const prepared, query(kEachRecord));
  const Scope select(prepared);
  select->bind(1, kind);
  while (true) {
    MW_ASSIGN(const bool row, select->step());
    if (!row) return {};
    visit(select->text(0), select->text(1));
  }
}

Result<std::vector<PlantRecord>> StoreTables::records(std::string_view kind, std::string_view place,
                                                      TimeWindow window, std::size_t most) {
  std::vector<PlantRecord> found;
  MW_ASSIGN(SqlQuery* const prepared, query(kRecords));
  const Scope select(prepared);
  select->bind(1, kind).bind(2, place).bind(3, window.end_ns).bind(4, window.start_ns);
  select->bind(5, static_cast<int64_t>(most));
  while (true) {
    MW_ASSIGN(const bool row, select->step());
    if (!row) return found;
    found.push_back({std::string(kind), std::string(place), select->integer(0), select->text(1),
                     select->integer(2), select->text(3)});
  }
}

Result<Thinned> StoreTables::thinned(uint32_t tag) {
  MW_ASSIGN(SqlQuery* const prepared, query(kThinned));
  const Scope select(prepared);
  select->bind(1, int64_t{tag});
  MW_ASSIGN(const bool row, select->step());
  if (!row) return Thinned{};
  return Thinned{{select->integer(0), select->integer(1), select->integer(2)}, select->integer(3)};
}

Result<void> StoreTables::put_thinned(uint32_t tag, const Thinned& thinned) {
  return run(kPutThinned, int64_t{tag}, thinned.from.raw_from_ns, thinned.from.minute_from_ns,
             thinned.from.hour_from_ns, thinned.hold_ns);
}

}  // namespace mw::plant
