#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/evidence.h"
#include "core/log.h"
#include "core/result.h"
#include "plant/internal/stored_sample.h"
#include "sqlite/database.h"

namespace mw::plant {

/// Reads blocks over connections of its own, so that readers and the writer never wait for each
/// other (SQLite's WAL mode). A block that does not decode is logged, counted and passed over: its
/// stretch of time is a gap.
/// Threads  safe from any thread; each call borrows a connection, a few are kept for reuse.
class BlockReader {
 public:
  BlockReader(std::string path, LogSink log) : path_(std::move(path)), log_(std::move(log)) {}

  /// Calls `visit` with the samples of each block that touches the window, ascending, until it
  /// returns false. The first and last block may reach beyond the window.
  using Visitor = std::function<bool(const std::vector<StoredSample>& samples)>;
  Result<void> scan(uint32_t tag_id, TimeWindow window, const Visitor& visit) const;
  Result<std::optional<StoredSample>> last_before(uint32_t tag_id, TimeNs ts_ns) const;

  uint64_t damaged_blocks() const { return damaged_.load(); }

 private:
  struct Connection {
    sqlite::Database database;
    sqlite::Statement range, before;
  };
  Result<std::unique_ptr<Connection>> borrow() const;
  void give_back(std::unique_ptr<Connection> connection) const;
  std::optional<std::vector<StoredSample>> decode(uint32_t tag_id,
                                                  const sqlite::Statement& row) const;

  const std::string path_;
  const LogSink log_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Connection>> idle_;
  mutable std::atomic<uint64_t> damaged_{0};
};

}  // namespace mw::plant
