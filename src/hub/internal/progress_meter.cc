#include "hub/internal/progress_meter.h"

namespace mw::hub {
namespace {

constexpr int64_t kReportEveryNs = 100 * kNsPerMs;
constexpr int64_t kRateWindowNs = 5 * kNsPerSecond;

}  // namespace

void ProgressMeter::set_stage(PullProgress::Stage stage, uint64_t bytes) {
  if (started_ && stage == progress_.stage && bytes == progress_.bytes) return;
  started_ = true;
  progress_ = PullProgress{stage, 0, bytes, 0};
  samples_.clear();
  flush();
}

void ProgressMeter::set_done_at(uint64_t bytes_done, int64_t now_ns) {
  progress_.bytes_done = bytes_done;
  if (!samples_.empty() && now_ns - reported_ns_ < kReportEveryNs) return;
  // A count that fell is a restart from the beginning: the old samples would give a negative rate.
  if (!samples_.empty() && samples_.back().second > bytes_done) samples_.clear();
  samples_.emplace_back(now_ns, bytes_done);
  while (samples_.size() > 2 && now_ns - samples_.front().first > kRateWindowNs) {
    samples_.pop_front();
  }
  const double seconds = static_cast<double>(now_ns - samples_.front().first) / 1e9;
  const double bytes = static_cast<double>(bytes_done - samples_.front().second);
  progress_.bytes_s = seconds > 0 ? bytes / seconds : 0;
  reported_ns_ = now_ns;
  flush();
}

void ProgressMeter::flush() {
  if (on_progress_) on_progress_(progress_);
}

}  // namespace mw::hub
