// Keeps the samples around each alarm with its case, once they are there.
#include "maintenance/health/health_machine.h"

namespace mw::maintenance {
namespace {

constexpr int64_t kRecordRetryNs = kNsPerMinute;

Identity recorder() {
  return {Identity::Kind::kService, "maintenance", {{Role::kViewer, {"*"}, {}}}};
}

}  // namespace

void HealthMonitor::record_due(TimeNs now_ns) {
  HealthCase due;
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    if (now_ns < record_again_ns_) return;
    // The newest first: an old one that cannot be read keeps no other from being kept.
    for (auto one = cases_.rbegin(); one != cases_.rend(); ++one) {
      // A little after its end: samples may come late.
      const bool over = now_ns > recorded_window(one->opened_ns).end_ns + kRecordRetryNs / 6;
      if (!over || recorded_.contains(one->number)) continue;
      due = *one;
      break;
    }
  }
  if (due.number == 0) return;
  std::vector<const plant::Tag*> tags;
  for (const plant::Tag* tag : catalogue_->tags_of(due.asset)) tags.push_back(tag);
  const auto keep = [&]() -> Result<void> {
    CaseRecording recording{recorded_window(due.opened_ns), {}, {}};
    if (!tags.empty()) {
      MW_ASSIGN(recording, record_case(*options_.plant, recorder(), tags, recording.window));
    }
    const std::lock_guard<std::mutex> guard(mutex_);
    MW_TRY(recording_store_.put(due.number, recording));
    recorded_.insert(due.number);
    return {};
  };
  if (const Result<void> done = keep(); !done) {
    options_.log(LogLevel::kError, "maintenance",
                 "the samples of a case cannot be kept: " + done.error().message.en);
    const std::lock_guard<std::mutex> guard(mutex_);
    record_again_ns_ = now_ns + kRecordRetryNs;
  }
}

Result<CaseRecording> HealthMonitor::recording(const Identity& who, int64_t number) {
  MW_TRY(find_case(who, number));
  const std::lock_guard<std::mutex> guard(mutex_);
  MW_ASSIGN(std::optional<CaseRecording> found, recording_store_.find(number));
  if (found) return *std::move(found);
  return Error::make(Code::kNotFound,
                     "its samples are not kept yet: that is done 5 minutes after it was opened",
                     "该案例的数据尚未保存：将在触发 5 分钟后保存", "case");
}

bool HealthMonitor::is_recorded(int64_t number) const {
  const std::lock_guard<std::mutex> guard(mutex_);
  return recorded_.contains(number);
}

Result<std::vector<plant::Reading>> HealthMonitor::recorded(const Identity& who,
                                                            const CaseRecording& recording) const {
  return recorded_readings(recording, *plant::Catalogue::visible_to(catalogue_, who));
}

}  // namespace mw::maintenance
