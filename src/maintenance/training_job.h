#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/json.h"
#include "core/language.h"
#include "core/result.h"

namespace mw::maintenance {

/// How a training from a table stands. Interrupted: the server stopped while it ran; nothing of it
/// is kept, and it can be started again.
enum class TrainingState { kRunning, kDone, kCancelled, kFailed, kInterrupted };
/// "running", "done", "cancelled", "failed", "interrupted".
std::string_view name(TrainingState state);

/// A training from a table that was started in the background.
struct TrainingJob {
  int64_t number = 0;              // microseconds of when it was started
  int64_t table = 0;               // which may be gone by now
  std::string file;                // of that table
  std::string model;               // its name
  bool failure = false;            // else remaining life
  std::vector<std::string> lines;  // of the plant, that the table is of
  std::string by;                  // "?": erased
  TrainingState state = TrainingState::kRunning;
  TimeNs started_ns = 0;
  TimeNs ended_ns = 0;  // 0: it runs, or nobody saw it end
  Text problem;         // of kFailed
  // Of one that runs.
  std::string stage = "waiting";  // then "reading", and as name(TrainingStage) says
  int64_t done = 0;
  int64_t total = 0;  // 0: not known yet
  double per_s = 0;   // 0: not known yet
};

/// As it lies in its file (docs/formats/maintenance_tables.md), without how far it is.
Json to_json(const TrainingJob& job);
/// Errors   kCorrupt.
Result<TrainingJob> parse_training_job(std::string_view text);

}  // namespace mw::maintenance
