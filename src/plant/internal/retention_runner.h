#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
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
/// pauses between them. What is interrupted goes on at the next look, under the same record.
///
/// A clock that is set far ahead makes all samples look old. So nothing is removed while the last
/// sample before this week lies more than days before it: after a jump, as after a standstill, it
/// takes a week of samples until what came before may go, and the status says so meanwhile.
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
  /// What keeps the rule from being carried out.
  std::optional<Text> apply(std::size_t rule, TimeNs now_ns);
  Result<std::optional<TimeNs>> last_heard_ns(const Tag& tag, TimeNs ts_ns) const;
  std::optional<Text> distrust_of_clock(TimeNs now_ns) const;
  Result<void> record(std::size_t rule, const Removal& removal, const std::vector<const Tag*>& due);
  Result<uint64_t> thin(const Tag& tag, const KeptFrom& target);
  /// False when the runner is to end.
  bool pause(int64_t ns);
  void show(std::size_t rule, std::optional<Text> problem);

  const std::vector<RetentionRule> rules_;
  const std::shared_ptr<const Catalogue> catalogue_;
  SampleStore& store_;
  const Clock& clock_;
  const RemovalRecord record_;
  const LogSink log_;
  std::vector<std::vector<const Tag*>> tags_;  // by rule
  struct Recorded {
    KeptFrom target;
    std::set<const Tag*> tags;
  };
  std::vector<Recorded> recorded_;  // the last of each rule

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  RetentionStatus status_;                     // problem: that of the first rule that has one
  std::vector<std::optional<Text>> problems_;  // by rule
  std::thread thread_;
};

}  // namespace mw::plant
