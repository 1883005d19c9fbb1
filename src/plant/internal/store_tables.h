#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/evidence.h"
#include "core/result.h"
#include "plant/internal/sql_session.h"
#include "plant/plant_record.h"
#include "plant/rollup.h"

namespace mw::plant {

/// What the store remembers of a tag beside its samples.
struct Thinned {
  KeptFrom from;
  int64_t hold_ns = 0;  // the watchdog period that its aggregates were made with; 0: none yet
  bool operator==(const Thinned&) const = default;
};

/// The tables of the sample store (docs/formats/plant_db.md) over one connection. Times of rows are
/// the start of what they hold; views that visitors get live until they return.
/// Threads  one thread at a time.
/// Errors   the database's.
class StoreTables {
 public:
  struct Block {
    TimeNs start_ns = 0;
    TimeNs end_ns = 0;  // of the last sample
    int64_t count = 0;
    std::string body;
  };
  struct TagRow {
    uint32_t id = 0;
    bool simulated = false;
  };
  using RowVisitor = std::function<bool(TimeNs start_ns, Bytes body)>;

  explicit StoreTables(std::unique_ptr<SqlSession> session) : session_(std::move(session)) {}

  Result<void> begin(SqlSession::Access access) { return session_->begin(access); }
  Result<void> commit() { return session_->commit(); }
  void rollback();
  Result<void> reconnect();
  int64_t sync_due_ns() const { return session_->sync_due_ns(); }
  Result<void> sync() { return session_->sync(); }

  /// Finds a tag, adds it when it is new.
  Result<TagRow> tag(std::string_view name, bool simulated);
  Result<void> each_tag(
      const std::function<void(const std::string& name, const TagRow& row)>& visit);
  Result<void> rename_tag(uint32_t id, std::string_view name);
  Result<int64_t> most_tag_id();
  Result<void> each_text(const std::function<void(int64_t id, std::string text)>& visit);
  Result<void> add_text(int64_t id, std::string_view text);

  Result<void> add_journal(int64_t count, Bytes body);
  Result<void> each_journal(const std::function<Result<void>(int64_t seq, Bytes body)>& visit);
  Result<void> clear_journal();

  /// The last block that starts at or before a time.
  Result<std::optional<Block>> block_at(uint32_t tag, TimeNs ts_ns);
  Result<std::optional<TimeNs>> next_block_start(uint32_t tag, TimeNs after_ns);
  Result<void> put_block(uint32_t tag, const Block& block);
  Result<void> delete_block(uint32_t tag, TimeNs start_ns);
  /// Moves a block that does not decode out of the way.
  Result<void> set_block_aside(uint32_t tag, TimeNs start_ns);
  /// Those that may hold samples of the window, ascending, until `visit` returns false.
  Result<void> each_block(uint32_t tag, TimeWindow window, const RowVisitor& visit);
  /// Those that start before a time, newest first, until `visit` returns false.
  Result<void> each_block_before(uint32_t tag, TimeNs ts_ns, const RowVisitor& visit);

  /// Rows of rollups of one width that start in a window, ascending, until `visit` returns false;
  /// it may ask for other rows.
  Result<void> each_rollup_row(uint32_t tag, int64_t width_ns, TimeWindow starts,
                               const RowVisitor& visit);
  /// The first rows that start before a time, at most so many.
  Result<std::vector<TimeNs>> rollup_rows_before(uint32_t tag, int64_t width_ns, TimeNs ts_ns,
                                                 int64_t most);
  /// The last row that starts before a time.
  Result<std::optional<std::string>> rollup_row_before(uint32_t tag, int64_t width_ns,
                                                       TimeNs ts_ns);
  Result<void> put_rollup_row(uint32_t tag, int64_t width_ns, TimeNs start_ns, Bytes body);
  Result<void> delete_rollup_row(uint32_t tag, int64_t width_ns, TimeNs start_ns);
  Result<void> delete_rollup_rows_from(uint32_t tag, int64_t width_ns, TimeNs start_ns);

  /// Hours whose rollup is to be made.
  Result<void> add_due(uint32_t tag, TimeNs hour_ns);
  Result<void> remove_due(uint32_t tag, TimeNs hour_ns);
  Result<void> each_due(const std::function<void(uint32_t tag, TimeNs hour_ns)>& visit);

  /// Adds a record, or replaces that of the same identity.
  Result<void> put_record(const PlantRecord& record);
  Result<std::vector<PlantRecord>> records(std::string_view kind, std::string_view place,
                                           TimeWindow window, std::size_t most);
  /// Removes those of a kind that ended before a time.
  Result<void> drop_records(std::string_view kind, TimeNs before_ns);
  /// Every record of a kind, in no order.
  Result<void> each_record(
      std::string_view kind,
      const std::function<void(const std::string& place, std::string body)>& visit);

  Result<Thinned> thinned(uint32_t tag);
  Result<void> put_thinned(uint32_t tag, const Thinned& thinned);

 private:
  static constexpr std::size_t kStatements = 40;
  class Scope;
  /// The statement of that place in the table of SQL texts, prepared once for each connection.
  Result<SqlQuery*> query(std::size_t statement);
  template <class... Arguments>
  Result<void> run(std::size_t statement, const Arguments&... arguments);

  std::unique_ptr<SqlSession> session_;
  std::array<std::unique_ptr<SqlQuery>, kStatements> queries_;
};

}  // namespace mw::plant
