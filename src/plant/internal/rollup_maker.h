#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "core/log.h"
#include "core/result.h"
#include "plant/internal/block_sealer.h"
#include "plant/internal/rollup_rows.h"
#include "plant/internal/store_tables.h"
#include "plant/internal/stored_sample.h"

namespace mw::plant {

/// What aggregation needs to know of a tag.
struct TagRole {
  bool is_number = false;  // numbers and counters have aggregates, states have none
  int64_t hold_ns = 0;     // the watchdog period
};

/// Makes rollups of samples and puts them in their place (ADR 0089, 0090). Works inside the
/// caller's transaction; a step is bounded, so that the writer is free again in some milliseconds.
class RollupMaker {
 public:
  RollupMaker(StoreTables& tables, BlockSealer& sealer, LogSink log)
      : tables_(tables), sealer_(sealer), rows_(tables, std::move(log)) {}

  /// The rollup of an hour from its samples; nothing when it has none.
  Result<std::optional<Rollup>> hour(uint32_t tag, TimeNs hour_ns, const TagRole& role);
  /// Of the blocks from the start of an hour on, until `enough` says so at the end of an hour.
  struct Hours {
    std::vector<Rollup> made;
    std::optional<TimeNs> go_on_ns;  // the hour to go on with; absent: there are no more samples
  };
  Result<Hours> hours_from(uint32_t tag, TimeNs hour_ns, const TagRole& role,
                           const std::function<bool()>& enough);
  /// Goes on towards `target` by one step and moves `thinned`: samples become aggregates of
  /// minutes and hours, older minutes go, older hours go.
  Result<ThinStep> thin(uint32_t tag, const TagRole& role, const KeptFrom& target,
                        Thinned& thinned);
  /// Samples of a time whose samples were removed, ascending: they go into the aggregates where
  /// these know none after them. Returns how many could not: a stretch is known from then on only
  /// as the sum of what had come.
  Result<uint64_t> add_late(uint32_t tag, const TagRole& role, const KeptFrom& from,
                            std::span<const StoredSample> samples);
  RollupRows& rows() { return rows_; }

 private:
  Result<ThinStep> thin_samples(uint32_t tag, const TagRole& role, const KeptFrom& target,
                                Thinned& thinned);
  Result<void> refold_hours(uint32_t tag, const TagRole& role, std::span<const Rollup> minutes);

  StoreTables& tables_;
  BlockSealer& sealer_;
  RollupRows rows_;
};

}  // namespace mw::plant
