#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/language.h"

namespace mw::maintenance {

/// How a replay in the background stands; the numbers lie in maintenance.db. Interrupted: the
/// server stopped while it ran; nothing of it is kept, and it can be started again.
enum class ReplayState { kRunning = 0, kDone = 1, kCancelled = 2, kFailed = 3, kInterrupted = 4 };
inline constexpr int64_t kReplayStates = 5;
/// "running", "done", "cancelled", "failed", "interrupted".
std::string_view replay_state_name(ReplayState state);

/// The last replay of a machine that was started in the background. What it found lies beside its
/// version (HealthReplay).
struct ReplayJob {
  std::string asset;
  int64_t version = 0;
  std::string by;  // "?": erased
  ReplayState state = ReplayState::kRunning;
  TimeNs started_ns = 0;
  TimeNs ended_ns = 0;  // 0: it runs, or nobody saw it end
  Text problem;         // of kFailed
  // Of one that runs.
  int64_t rows_done = 0;
  int64_t rows = 0;       // 0: not known yet
  double rows_per_s = 0;  // 0: not known yet
};

}  // namespace mw::maintenance
