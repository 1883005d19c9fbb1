#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "core/evidence.h"
#include "core/log.h"
#include "core/result.h"
#include "plant/internal/rollup_codec.h"
#include "plant/internal/store_tables.h"

namespace mw::plant {

/// The rollups of tags in rows of the rollup table: a row is a run of 128 stretches of the time
/// line. Works inside the caller's transaction. A row that does not decode is logged and counts as
/// empty.
class RollupRows {
 public:
  RollupRows(StoreTables& tables, LogSink log) : tables_(tables), log_(std::move(log)) {}

  using Visitor = std::function<Result<bool>(const Rollup& rollup)>;
  /// Those that start in the window, ascending, until `visit` returns false; it may ask for others.
  Result<void> each(uint32_t tag, int64_t width_ns, TimeWindow starts, RollupParts parts,
                    const Visitor& visit) const;
  /// Those that start in the window, ascending.
  Result<std::vector<Rollup>> read(uint32_t tag, int64_t width_ns, TimeWindow starts,
                                   RollupParts parts) const;
  /// The last one that knows a sample before a time (its last one, or its last usable one), as a
  /// chart needs it.
  Result<std::optional<Rollup>> last_before(uint32_t tag, int64_t width_ns, TimeNs ts_ns) const;
  /// Ascending, all of one width: replaces those of the same stretch.
  Result<void> put(uint32_t tag, std::span<const Rollup> rollups);
  Result<void> erase(uint32_t tag, int64_t width_ns, std::span<const TimeNs> starts);
  /// Takes out those that start before a time, at most `most_rows` rows of them; true: all of them.
  Result<bool> drop_before(uint32_t tag, int64_t width_ns, TimeNs ts_ns, int most_rows);
  /// Takes out those that start at or after a time.
  Result<void> drop_from(uint32_t tag, int64_t width_ns, TimeNs ts_ns);

 private:
  std::vector<Rollup> decode(uint32_t tag, Bytes body, RollupParts parts) const;
  Result<void> write(uint32_t tag, int64_t width_ns, TimeNs row_ns,
                     std::span<const Rollup> rollups);

  StoreTables& tables_;
  LogSink log_;
};

}  // namespace mw::plant
