#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "core/evidence.h"
#include "core/log.h"
#include "core/result.h"
#include "plant/internal/rollup_codec.h"
#include "plant/internal/store_tables.h"
#include "plant/internal/stored_sample.h"

namespace mw::plant {

/// Reads blocks and rollups over connections of its own, so that readers and the writer never wait
/// for each other. A block that does not decode is logged, counted and passed over: its stretch of
/// time is a gap.
/// Threads  safe from any thread; each call borrows a connection, a few are kept for reuse.
class StoreReader {
 public:
  /// `database` outlives the reader.
  StoreReader(SqlDatabase& database, LogSink log) : database_(database), log_(std::move(log)) {}

  using Visitor = std::function<bool(const StoredSample& sample)>;
  using RollupVisitor = std::function<bool(const Rollup& rollup)>;

  /// The samples of the window with those of `tail`, which lie in no block yet, ascending, each
  /// time once, until `visit` returns false.
  Result<void> scan(uint32_t tag, TimeWindow window, const std::vector<StoredSample>& tail,
                    const Visitor& visit) const;
  /// The same as far as samples are kept, but rollups for the hours that lie whole in the window
  /// when `widest_ns` is an hour or more, and where samples are kept no more (SampleStore::pieces).
  Result<void> pieces(uint32_t tag, TimeWindow window, int64_t widest_ns, RollupParts parts,
                      const std::vector<StoredSample>& tail, const Visitor& on_sample,
                      const RollupVisitor& on_rollup) const;
  Result<std::optional<StoredSample>> last_before(uint32_t tag, TimeNs ts_ns) const;
  /// As SampleStore::records.
  Result<std::vector<PlantRecord>> records(std::string_view kind, std::string_view place,
                                           TimeWindow window, std::size_t most) const;

  uint64_t damaged_blocks() const { return damaged_.load(); }

 private:
  class Loan;
  Result<Loan> borrow() const;
  Result<bool> scan_on(StoreTables& tables, uint32_t tag, TimeWindow window,
                       const std::vector<StoredSample>& tail, const Visitor& visit) const;
  std::optional<std::vector<StoredSample>> decode(uint32_t tag, TimeNs start_ns, Bytes body) const;

  SqlDatabase& database_;
  const LogSink log_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<StoreTables>> idle_;
  mutable std::atomic<uint64_t> damaged_{0};
};

}  // namespace mw::plant
