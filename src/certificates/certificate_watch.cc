#include "certificates/certificate_watch.h"

#include <algorithm>
#include <limits>

#include "core/check.h"
#include "core/utc_text.h"

namespace mw::certificates {
namespace {

constexpr int64_t kLongestWaitNs = kNsPerMinute;  // what others saw may expire meanwhile

std::string text_of(const WatchedStatus& status) {
  return status.use.kind + " " + status.use.name + " (" + status.address + ")";
}

}  // namespace

const char* state_word(const WatchedStatus& status, TimeNs now_ns) {
  return status.certificate ? label_of(state_of(*status.certificate, now_ns)) : "unknown";
}

CertificateWatch::CertificateWatch(WatchOptions options) : options_(std::move(options)) {
  MW_CHECK(options_.clock != nullptr);
  for (const Watched& each : options_.watched) {
    status_.push_back({each.use, each.peer.address(), std::nullopt, 0, std::nullopt});
  }
  due_ns_.assign(status_.size(), 0);
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

CertificateWatch::~CertificateWatch() {
  thread_.request_stop();
  wake_.notify_all();
}

std::vector<WatchedStatus> CertificateWatch::status() const {
  std::vector<WatchedStatus> out;
  {
    const std::lock_guard lock(mutex_);
    out = status_;
  }
  if (options_.seen_by_others) {
    for (WatchedStatus& each : options_.seen_by_others()) out.push_back(std::move(each));
  }
  return out;
}

void CertificateWatch::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    for (std::size_t i = 0; i < due_ns_.size() && !stop.stop_requested(); ++i) {
      if (steady_ns() >= due_ns_[i]) look(i, stop);
    }
    warn();
    const int64_t next_ns = due_ns_.empty() ? std::numeric_limits<int64_t>::max()
                                            : *std::min_element(due_ns_.begin(), due_ns_.end());
    const int64_t wait_ns = std::clamp<int64_t>(next_ns - steady_ns(), 0, kLongestWaitNs);
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, std::chrono::nanoseconds(wait_ns), [] { return false; });
  }
}

void CertificateWatch::look(std::size_t index, const std::stop_token& stop) {
  const Watched& watched = options_.watched[index];
  const Result<CertificateFacts> seen = options_.look(watched.peer, options_.patience, stop);
  if (stop.stop_requested()) return;
  const TimeNs now_ns = options_.clock->now_ns();
  const bool well = seen && state_of(*seen, now_ns) == CertificateState::kValid;
  due_ns_[index] = steady_ns() + (well ? options_.look_every_ns : options_.look_again_ns);
  {
    const std::lock_guard lock(mutex_);
    WatchedStatus& status = status_[index];
    if (!seen) {
      status.problem = seen.error().message;
      return;
    }
    status.certificate = *seen;
    status.seen_ns = now_ns;
    status.problem.reset();
  }
  tell(watched.use);
}

void CertificateWatch::tell(const Use& use) const {
  if (!options_.on_seen) return;
  TimeNs first_ns = std::numeric_limits<TimeNs>::max();
  {
    const std::lock_guard lock(mutex_);
    for (const WatchedStatus& each : status_) {
      if (each.use == use && each.certificate) {
        first_ns = std::min(first_ns, each.certificate->until_ns);
      }
    }
  }
  options_.on_seen(use, first_ns);
}

void CertificateWatch::warn() {
  const TimeNs now_ns = options_.clock->now_ns();
  for (const WatchedStatus& each : status()) {
    if (!each.certificate) continue;
    const std::string text = text_of(each);
    const CertificateState state = state_of(*each.certificate, now_ns);
    if (state == CertificateState::kValid) {
      warned_.erase(text);
      continue;
    }
    TimeNs& warned_ns = warned_[text];
    if (warned_ns != 0 && now_ns - warned_ns < kNsPerDay) continue;
    warned_ns = now_ns;
    options_.log(state == CertificateState::kExpiresSoon ? LogLevel::kWarning : LogLevel::kError,
                 "certificates",
                 "a certificate of " + text + ", " + each.certificate->subject +
                     ", is valid until " + utc_text(each.certificate->until_ns) + " (" +
                     label_of(state) + "): have a new one put in place there");
  }
}

}  // namespace mw::certificates
