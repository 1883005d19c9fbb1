#include "plant/internal/block_reader.h"

#include <algorithm>

#include "plant/internal/block_codec.h"

namespace mw::plant {
namespace {
constexpr std::size_t kIdleConnections = 8;
}

Result<std::unique_ptr<BlockReader::Connection>> BlockReader::borrow() const {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Connection> connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  MW_ASSIGN(sqlite::Database database,
            sqlite::Database::open(path_, sqlite::Database::Mode::kReadWrite));
  MW_TRY(database.execute("PRAGMA query_only = 1"));
  // The block that the window starts in is the last one that starts at or before it.
  MW_ASSIGN(sqlite::Statement range,
            database.prepare("SELECT start_ns, body FROM block WHERE tag = ?1 AND start_ns >= "
                             "COALESCE((SELECT max(start_ns) FROM block WHERE tag = ?1 AND "
                             "start_ns <= ?2), ?2) AND start_ns < ?3 ORDER BY start_ns"));
  MW_ASSIGN(sqlite::Statement before,
            database.prepare("SELECT start_ns, body FROM block WHERE tag = ?1 AND start_ns < ?2 "
                             "ORDER BY start_ns DESC"));
  auto connection = std::make_unique<Connection>();
  connection->database = std::move(database);
  connection->range = std::move(range);
  connection->before = std::move(before);
  return connection;
}

void BlockReader::give_back(std::unique_ptr<Connection> connection) const {
  connection->range.reset();
  connection->before.reset();
  const std::lock_guard lock(mutex_);
  if (idle_.size() < kIdleConnections) idle_.push_back(std::move(connection));
}

std::optional<std::vector<StoredSample>> BlockReader::decode(uint32_t tag_id,
                                                             const sqlite::Statement& row) const {
  Result<std::vector<StoredSample>> samples = decode_block(row.blob(1));
  if (samples) return std::move(samples).value();
  ++damaged_;
  log_(LogLevel::kError, "plant",
       "block of tag " + std::to_string(tag_id) + " at " + std::to_string(row.integer(0)) +
           " ns is passed over: " + samples.error().message.en);
  return std::nullopt;
}

Result<void> BlockReader::scan(uint32_t tag_id, TimeWindow window, const Visitor& visit) const {
  MW_ASSIGN(std::unique_ptr<Connection> connection, borrow());
  sqlite::Statement& range = connection->range;
  range.bind(1, int64_t{tag_id}).bind(2, window.start_ns).bind(3, window.end_ns);
  while (true) {
    const Result<bool> row = range.step();
    if (!row) return row.error();  // the connection is dropped: it may be at fault
    if (!*row) break;
    const auto samples = decode(tag_id, range);
    if (samples && !visit(*samples)) break;
  }
  give_back(std::move(connection));
  return {};
}

Result<std::optional<StoredSample>> BlockReader::last_before(uint32_t tag_id, TimeNs ts_ns) const {
  MW_ASSIGN(std::unique_ptr<Connection> connection, borrow());
  sqlite::Statement& before = connection->before;
  before.bind(1, int64_t{tag_id}).bind(2, ts_ns);
  std::optional<StoredSample> last;
  while (!last) {
    const Result<bool> row = before.step();
    if (!row) return row.error();
    if (!*row) break;
    const auto samples = decode(tag_id, before);
    if (!samples) continue;
    const auto at = std::lower_bound(samples->begin(), samples->end(), ts_ns,
                                     [](const StoredSample& s, TimeNs ts) { return s.ts_ns < ts; });
    if (at != samples->begin()) last = *std::prev(at);
  }
  give_back(std::move(connection));
  return last;
}

}  // namespace mw::plant
