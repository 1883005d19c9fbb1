#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "core/language.h"
#include "core/result.h"
#include "plant/sample.h"

namespace mw::plant {

/// How the store is doing.
struct StoreStats {
  uint64_t stored_samples = 0;     // committed since this process started
  uint64_t duplicate_samples = 0;  // already there under the same (tag, source time), so ignored
  uint64_t dropped_samples = 0;    // lost because the disk refused them and the buffer was full
  uint64_t damaged_blocks = 0;     // met by reads, passed over as gaps
  uint64_t backlog_samples = 0;    // accepted, not yet committed
  uint64_t file_bytes = 0;         // database with its write-ahead log
  std::optional<uint64_t> free_bytes;  // of the file system it lies on
  std::optional<Text> problem;         // what cannot be stored at present and why
};

enum class AppendOutcome {
  kCommitted,  // survives the death of this process from now on: may be acknowledged
  kBuffered,   // in memory only, because the disk refuses; visible to reads, stored when it can be
};

/// Append-only history of samples. SQLite today; the interface names no SQL, so that PostgreSQL
/// can stand behind it (ADR 0040).
///
/// A sample is identified by (tag, source time): storing it again changes nothing, the first one
/// stays. Order of arrival does not matter.
/// Threads  all calls are safe from any thread; reads never wait for writes to reach the disk.
class SampleStore {
 public:
  virtual ~SampleStore() = default;

  /// Returns when the batch is committed (docs/adr/0043: what that survives), or buffered because
  /// the disk refuses. An error means that not all of it could be taken: the buffer is full too, or
  /// the store is closing.
  virtual Result<AppendOutcome> append(std::span<const Sample> samples) = 0;

  /// The sample with the greatest source time.
  virtual Result<std::optional<Sample>> latest(TagIndex tag) const = 0;
  /// The last one with a source time before `ts_ns`.
  virtual Result<std::optional<Sample>> last_before(TagIndex tag, TimeNs ts_ns) const = 0;
  /// Calls `visit` for each sample in the half-open window, ascending, until it returns false.
  using Visitor = std::function<bool(const Sample& sample)>;
  virtual Result<void> scan(TagIndex tag, TimeWindow window, const Visitor& visit) const = 0;

  virtual StoreStats stats() const = 0;
};

}  // namespace mw::plant
