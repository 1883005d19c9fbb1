#pragma once

#include <cstdint>
#include <deque>
#include <utility>

#include "hub/pull.h"

namespace mw::hub {

/// Turns counts of bytes into progress reports: limits how often, and computes the rate.
class ProgressMeter {
 public:
  explicit ProgressMeter(const OnProgress& on_progress) : on_progress_(on_progress) {}

  /// Starts a stage of so many bytes; the one that is under way goes on undisturbed.
  void set_stage(PullProgress::Stage stage, uint64_t bytes);
  void set_done(uint64_t bytes_done) { set_done_at(bytes_done, steady_ns()); }
  /// The same at a given monotonic time, for tests.
  void set_done_at(uint64_t bytes_done, int64_t now_ns);
  /// Reports now, whenever the last report was.
  void flush();

 private:
  const OnProgress& on_progress_;
  bool started_ = false;
  PullProgress progress_;
  std::deque<std::pair<int64_t, uint64_t>> samples_;  // time, bytes done; the last five seconds
  int64_t reported_ns_ = 0;
};

}  // namespace mw::hub
