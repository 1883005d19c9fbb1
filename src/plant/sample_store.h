#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/language.h"
#include "core/result.h"
#include "plant/plant_record.h"
#include "plant/rollup.h"
#include "plant/sample.h"

namespace mw::plant {

/// How the store is doing.
struct StoreStats {
  uint64_t stored_samples = 0;     // committed since this process started
  uint64_t duplicate_samples = 0;  // already there under the same (tag, source time), so ignored
  uint64_t dropped_samples = 0;    // lost because the database refused them, the buffer full
  uint64_t too_late_samples = 0;   // of a time of which only aggregates are kept, so not counted
  uint64_t removed_samples = 0;    // by retention, since this process started
  uint64_t damaged_blocks = 0;     // met by reads, passed over as gaps
  uint64_t unlisted_tags = 0;      // with a history, and not in the description (any more)
  uint64_t due_hours = 0;          // hours of tags whose aggregate is still to be made
  uint64_t backlog_samples = 0;    // accepted, not yet committed
  uint64_t file_bytes = 0;         // database with its write-ahead log
  std::optional<uint64_t> free_bytes;  // of the file system it lies on
  std::optional<Text> problem;         // what cannot be stored at present and why
};

enum class AppendOutcome {
  kCommitted,  // survives the death of this process from now on: may be acknowledged
  kBuffered,   // in memory only, because the database refuses; visible to reads, stored when it can
               // be
};

/// History of samples, in SQLite or PostgreSQL (ADR 0040, 0091); the interface names no SQL. Old
/// samples may be thinned out to aggregates (ADR 0090), and nothing is changed otherwise.
///
/// A sample is identified by (tag, source time): storing it again changes nothing, the first one
/// stays. Order of arrival does not matter.
/// Threads  all calls are safe from any thread; reads never wait for writes to reach the disk.
class SampleStore {
 public:
  virtual ~SampleStore() = default;

  /// Returns when the batch is committed (docs/adr/0043: what that survives), or buffered because
  /// the database refuses. An error means that not all of it could be taken: the buffer is full
  /// too, or the store is closing.
  virtual Result<AppendOutcome> append(std::span<const Sample> samples) = 0;

  /// The sample with the greatest source time.
  virtual Result<std::optional<Sample>> latest(TagIndex tag) const = 0;
  /// The last one with a source time before `ts_ns`.
  virtual Result<std::optional<Sample>> last_before(TagIndex tag, TimeNs ts_ns) const = 0;
  /// Calls `visit` for each sample in the half-open window, ascending, until it returns false.
  using Visitor = std::function<bool(const Sample& sample)>;
  virtual Result<void> scan(TagIndex tag, TimeWindow window, const Visitor& visit) const = 0;

  /// What a reader of pieces() looks at.
  enum class PieceUse { kChart, kStatistics };
  using RollupVisitor = std::function<bool(const Rollup& rollup)>;
  /// The same history in fewer pieces, ascending, without overlap: rollups where they stand for
  /// all samples of a stretch, samples elsewhere. Rollups of at most `widest_ns` lie whole in the
  /// window; where samples were removed they come whatever their width, and may reach beyond it
  /// (widen the window as kept_from() says to avoid that). A visitor ends it by returning false.
  virtual Result<void> pieces(TagIndex tag, TimeWindow window, int64_t widest_ns, PieceUse use,
                              const Visitor& on_sample, const RollupVisitor& on_rollup) const = 0;
  virtual KeptFrom kept_from(TagIndex tag) const = 0;
  /// Removes what lies before `target` by one bounded step beside other writes: samples are
  /// replaced by aggregates of minutes and hours, minutes by hours, and what is older than hours
  /// are kept goes for good. Each step is whole or not at all, whatever happens to the process.
  /// States have no aggregates: their samples stay as long as the hours would.
  virtual Result<ThinStep> thin(TagIndex tag, const KeptFrom& target) = 0;

  /// Keeps records, in place of those of the same identity; returns once all are on disk, or none.
  virtual Result<void> put_records(std::span<const PlantRecord> records) = 0;
  /// Those that overlap the half-open window or begin in it, the latest ones, descending by start.
  virtual Result<std::vector<PlantRecord>> records(std::string_view kind, std::string_view place,
                                                   TimeWindow window, std::size_t most) const = 0;

  /// Removes those of a kind that ended before a time.
  virtual Result<void> drop_records(std::string_view kind, TimeNs before_ns) = 0;

  virtual StoreStats stats() const = 0;
};

}  // namespace mw::plant
