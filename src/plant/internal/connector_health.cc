#include "plant/internal/connector_health.h"

#include <algorithm>

namespace mw::plant {

ConnectorHealth::ConnectorHealth(Description description, const Catalogue& catalogue,
                                 const Clock& clock)
    : clock_(clock) {
  status_.name = std::move(description.name);
  status_.kind = std::move(description.kind);
  status_.address = std::move(description.address);
  status_.tags = description.tags.size();
  status_.since_ns = clock.now_ns();
  // What may bring any tag shows to who sees all lines, those to come as well: whether a line that
  // somebody may not see exists must not show in whether this does.
  if (description.tags.empty()) lines_.insert("*");
  for (const Tag& tag : catalogue.tags()) {
    if (!description.tags.empty() && !description.tags.contains(tag.index)) continue;
    if (!description.tags.empty()) lines_.insert(catalogue.asset(tag.asset)->line);
    silent_after_ns_ = std::max(silent_after_ns_, static_cast<int64_t>(tag.watchdog_s * 1e9));
  }
}

void ConnectorHealth::enter_locked(ConnectorState state, TimeNs now_ns) {
  if (status_.state != state) status_.since_ns = now_ns;
  status_.state = state;
}

void ConnectorHealth::connected() {
  const std::lock_guard lock(mutex_);
  enter_locked(ConnectorState::kConnected, clock_.now_ns());
}

void ConnectorHealth::failed(Text problem) {
  const std::lock_guard lock(mutex_);
  const TimeNs now_ns = clock_.now_ns();
  enter_locked(ConnectorState::kFailed, now_ns);
  status_.problem = std::move(problem);
  status_.problem_ns = now_ns;
}

void ConnectorHealth::complained(Text problem) {
  const std::lock_guard lock(mutex_);
  status_.problem = std::move(problem);
  status_.problem_ns = clock_.now_ns();
}

void ConnectorHealth::took(const IngestOutcome& outcome) {
  const std::lock_guard lock(mutex_);
  const TimeNs now_ns = clock_.now_ns();
  status_.refused += outcome.refused;
  status_.samples += outcome.stored;
  rate_.add(outcome.stored);
  if (outcome.stored > 0) {
    const TimeNs before_ns = status_.last_sample_ns;
    if (before_ns != 0 && silent_after_ns_ > 0 && now_ns - before_ns > silent_after_ns_) {
      ++status_.gaps;
      status_.gap_start_ns = before_ns;
      status_.gap_end_ns = now_ns;
    }
    status_.last_sample_ns = now_ns;
  }
  if (!outcome.skew_ns) return;
  const int64_t minute = now_ns / kNsPerMinute;
  if (minute != freshest_.minute) {
    freshest_.before = minute == freshest_.minute + 1 ? freshest_.now : std::nullopt;
    freshest_.now.reset();
    freshest_.minute = minute;
  }
  freshest_.now = std::max(freshest_.now.value_or(*outcome.skew_ns), *outcome.skew_ns);
}

void ConnectorHealth::refused(uint64_t count) {
  const std::lock_guard lock(mutex_);
  status_.refused += count;
}

void ConnectorHealth::set_backlog(uint64_t waiting, TimeNs since_ns) {
  const std::lock_guard lock(mutex_);
  status_.backlog = waiting;
  status_.waiting_since_ns = since_ns;
}

void ConnectorHealth::set_certificate_expiry(std::optional<TimeNs> expires_ns) {
  const std::lock_guard lock(mutex_);
  status_.certificate_expires_ns = expires_ns;
}

ConnectorStatus ConnectorHealth::status() const {
  const std::lock_guard lock(mutex_);
  ConnectorStatus status = status_;
  status.samples_per_s = rate_.per_second();
  const TimeNs now_ns = clock_.now_ns();
  if (status.state == ConnectorState::kConnected) {
    const TimeNs silent_ns = std::max(status.since_ns, status.last_sample_ns) + silent_after_ns_;
    if (now_ns > silent_ns) {
      status.state = ConnectorState::kSilent;
      status.since_ns = silent_ns;
    }
  }
  if (now_ns / kNsPerMinute <= freshest_.minute + 1) {
    status.skew_ns = freshest_.now ? freshest_.now : freshest_.before;
    if (freshest_.before) status.skew_ns = std::max(*status.skew_ns, *freshest_.before);
  }
  return status;
}

bool ConnectorHealth::visible_to(const Identity& who) const {
  return std::all_of(lines_.begin(), lines_.end(),
                     [&](const std::string& line) { return who.may_see_line(line); });
}

void stop_connectors(std::vector<std::unique_ptr<Connector>>& connectors) {
  for (const std::unique_ptr<Connector>& each : connectors) each->request_stop();
  connectors.clear();
}

}  // namespace mw::plant
