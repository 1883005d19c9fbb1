#include "maintenance/health/replay_jobs.h"

#include <algorithm>
#include <array>

namespace mw::maintenance {
namespace {

Error none_under_way() {
  return Error::make(Code::kConflict, "no replay of this machine is under way",
                     "该设备没有正在进行的回放", "asset");
}

}  // namespace

std::string_view replay_state_name(ReplayState state) {
  static constexpr std::array<std::string_view, kReplayStates> kNames = {
      "running", "done", "cancelled", "failed", "interrupted"};
  return kNames[static_cast<std::size_t>(state)];
}

Result<std::unique_ptr<ReplayJobs>> ReplayJobs::open(const std::string& path) {
  MW_ASSIGN(ReplayJobStore store, ReplayJobStore::open(path));
  std::unique_ptr<ReplayJobs> out(new ReplayJobs(std::move(store)));
  MW_ASSIGN(std::vector<ReplayJob> jobs, out->store_.all());
  for (ReplayJob& job : jobs) {
    if (job.state == ReplayState::kRunning) {
      job.state = ReplayState::kInterrupted;
      MW_TRY(out->store_.put(job));
    }
    const std::string asset = job.asset;
    out->jobs_[asset] = std::move(job);
  }
  return out;
}

ReplayJob* ReplayJobs::running(Ticket ticket) {
  const auto found = std::find_if(running_.begin(), running_.end(),
                                  [&](const auto& each) { return each.second.ticket == ticket; });
  return found == running_.end() ? nullptr : &jobs_[found->first];
}

void ReplayJobs::end(ReplayJob& job, ReplayState state, TimeNs now_ns) {
  job.state = state;
  job.ended_ns = now_ns;
  running_.erase(job.asset);
  // Where it cannot be kept it will be told as interrupted: that is what the file knows.
  (void)store_.put(job).has_value();
}

Result<ReplayJobs::Ticket> ReplayJobs::begin(const std::string& asset, int64_t version,
                                             const std::string& by, TimeNs now_ns) {
  const std::lock_guard<std::mutex> guard(mutex_);
  if (running_.contains(asset)) {
    return Error::make(Code::kConflict,
                       "a replay of this machine is under way: wait for it, or cancel it",
                       "该设备正在回放，请等待其完成或取消", "asset");
  }
  ReplayJob job;
  job.asset = asset;
  job.version = version;
  job.by = by;
  job.started_ns = now_ns;
  MW_TRY(store_.put(job));
  jobs_[asset] = std::move(job);
  running_[asset] = {++last_, 0};
  return last_;
}

bool ReplayJobs::report(Ticket ticket, int64_t rows_done, int64_t rows) {
  const std::lock_guard<std::mutex> guard(mutex_);
  ReplayJob* job = running(ticket);
  if (job == nullptr || stopping_) return false;
  Running& running = running_[job->asset];
  const int64_t now_ns = steady_ns();
  if (running.begun_ns == 0) running.begun_ns = now_ns;
  job->rows_done = rows_done;
  job->rows = rows;
  const double seconds = static_cast<double>(now_ns - running.begun_ns) / kNsPerSecond;
  if (rows_done > 0 && seconds > 0) job->rows_per_s = static_cast<double>(rows_done) / seconds;
  return true;
}

void ReplayJobs::finish(Ticket ticket, TimeNs now_ns,
                        const std::function<Result<void>(const ReplayJob&)>& keep) {
  const std::lock_guard<std::mutex> guard(mutex_);
  ReplayJob* job = running(ticket);
  if (job == nullptr || stopping_) return;
  const Result<void> kept = keep(*job);
  if (!kept) job->problem = kept.error().message;
  end(*job, kept ? ReplayState::kDone : ReplayState::kFailed, now_ns);
}

void ReplayJobs::fail(Ticket ticket, TimeNs now_ns, const Text& problem) {
  const std::lock_guard<std::mutex> guard(mutex_);
  ReplayJob* job = running(ticket);
  if (job == nullptr || stopping_) return;
  job->problem = problem;
  end(*job, ReplayState::kFailed, now_ns);
}

std::optional<ReplayJob> ReplayJobs::find(const std::string& asset) const {
  const std::lock_guard<std::mutex> guard(mutex_);
  const auto found = jobs_.find(asset);
  return found == jobs_.end() ? std::nullopt : std::optional(found->second);
}

Result<ReplayJob> ReplayJobs::cancel(const std::string& asset, TimeNs now_ns,
                                     const std::function<Result<void>(const ReplayJob&)>& record) {
  const std::lock_guard<std::mutex> guard(mutex_);
  if (!running_.contains(asset)) return none_under_way();
  ReplayJob& job = jobs_[asset];
  MW_TRY(record(job));
  end(job, ReplayState::kCancelled, now_ns);
  return job;
}

Result<void> ReplayJobs::forget(const std::string& name) {
  const std::lock_guard<std::mutex> guard(mutex_);
  MW_TRY(store_.forget(name));
  MW_ASSIGN(const std::vector<ReplayJob> jobs, store_.all());
  for (const ReplayJob& each : jobs) jobs_[each.asset].by = each.by;
  return {};
}

}  // namespace mw::maintenance
