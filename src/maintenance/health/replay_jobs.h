#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "maintenance/health/replay_job_store.h"

namespace mw::maintenance {

/// Which replays run in the background, how far each is and how the last one of each machine ended.
/// It runs none itself: who does reports by the ticket that begin() gave. A ticket whose replay was
/// cancelled, or whose server stops, is told so at its next report and changes nothing any more.
///
/// Threads  any.
class ReplayJobs {
 public:
  using Ticket = uint64_t;

  /// What ran when the file was last open is interrupted from now on.
  static Result<std::unique_ptr<ReplayJobs>> open(const std::string& path);

  /// Errors   kConflict: one of this machine is under way.
  Result<Ticket> begin(const std::string& asset, int64_t version, const std::string& by,
                       TimeNs now_ns);
  /// False: give it up.
  bool report(Ticket ticket, int64_t rows_done, int64_t rows);
  /// It came to its end: `keep` keeps what it found, unless it was cancelled before. While `keep`
  /// runs nobody can cancel it.
  void finish(Ticket ticket, TimeNs now_ns,
              const std::function<Result<void>(const ReplayJob&)>& keep);
  void fail(Ticket ticket, TimeNs now_ns, const Text& problem);

  std::optional<ReplayJob> find(const std::string& asset) const;
  /// `record` comes first, where one is under way; nothing is cancelled where it fails.
  /// Errors   kConflict: none is under way.
  Result<ReplayJob> cancel(const std::string& asset, TimeNs now_ns,
                           const std::function<Result<void>(const ReplayJob&)>& record);
  /// Every report is answered "give it up" from now on. In the file they stay as running.
  void stop() { stopping_ = true; }
  bool stopping() const { return stopping_; }
  Result<void> forget(const std::string& name);

 private:
  struct Running {
    Ticket ticket = 0;
    int64_t begun_ns = 0;  // steady: when its first row was asked for; 0: it waits
  };
  explicit ReplayJobs(ReplayJobStore store) : store_(std::move(store)) {}
  /// Null: it runs no more.
  ReplayJob* running(Ticket ticket);
  void end(ReplayJob& job, ReplayState state, TimeNs now_ns);

  mutable std::mutex mutex_;
  ReplayJobStore store_;
  std::map<std::string, ReplayJob> jobs_;   // by asset
  std::map<std::string, Running> running_;  // by asset
  Ticket last_ = 0;
  std::atomic<bool> stopping_ = false;
};

}  // namespace mw::maintenance
