#pragma once

#include <deque>
#include <mutex>

#include "core/json.h"
#include "server/api.h"
#include "server/api/generator_report.h"

namespace mw::server {

/// Puts /api/system together and keeps its history. Safe from any thread.
class SystemReport {
 public:
  explicit SystemReport(const ApiParts& parts);

  /// Remembers a point of history; called about every two seconds.
  void sample();
  /// What is counted over the whole plant is told to who may see all of it: else how much a line
  /// brings would show to those who may not see the line.
  Json json(const Identity& who) const;

 private:
  struct Moment {
    GeneratorMark mark;
    double decode_tok_s = 0;
    uint64_t rss_bytes = 0;
  };
  int64_t now_ms() const;

  const ApiParts& parts_;
  const SystemClock system_clock_;
  const int64_t started_ns_;
  mutable std::mutex mutex_;
  std::deque<Moment> history_;
};

/// Resident memory of this process; 0 when /proc does not say.
uint64_t resident_bytes();
/// Gauges and counters that other areas keep, for /metrics.
void register_upstream_metrics(const ApiParts& parts);
void register_process_metrics(const ApiParts& parts);

}  // namespace mw::server
