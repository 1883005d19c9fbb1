#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/clock.h"
#include "core/log.h"
#include "plant/catalogue.h"
#include "plant/retention.h"
#include "plant/sample_store.h"

namespace mw::plant {

/// Carries out retention rules beside ingest: a thread that looks each minute whether a day has
/// passed for some tag, puts on record what it will remove, and removes it in bounded steps with
/// pauses between them. What is interrupted goes on at the next look.
class RetentionRunner {
 public:
  /// `store` and `clock` outlive the runner.
  RetentionRunner(std::vector<RetentionRule> rules, std::shared_ptr<const Catalogue> catalogue,
                  SampleStore& store, const Clock& clock, RemovalRecord record, LogSink log);
  /// Ends after the step under way.
  ~RetentionRunner();

  /// Begins to look by itself.
  void start();
  /// One look at all rules now; what the thread does.
  void run_once();
  RetentionStatus status() const;

 private:
  void run();
  void apply(std::size_t rule, TimeNs now_ns);
  Result<uint64_t> thin(const Tag& tag, const KeptFrom& target);
  /// False when the runner is to end.
  bool pause(int64_t ns);
  void complain(const Text& problem);

  const std::vector<RetentionRule> rules_;
  const std::shared_ptr<const Catalogue> catalogue_;
  SampleStore& store_;
  const Clock& clock_;
  const RemovalRecord record_;
  const LogSink log_;
  std::vector<std::vector<const Tag*>> tags_;  // by rule

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  RetentionStatus status_;
  std::thread thread_;
};

}  // namespace mw::plant
