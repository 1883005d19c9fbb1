#include "server/api/audit_job.h"

#include "server/api/plant_json.h"

namespace mw::server {
namespace {

Json report_json(const security::AuditReport& report) {
  Json out{{"intact", report.intact()},
           {"records", report.records},
           {"segments", report.segments},
           {"first_ms", time_or_null(report.first_ns)},
           {"last_ms", time_or_null(report.last_ns)},
           {"torn_bytes", report.torn_bytes},
           {"key", nullptr},
           {"root", nullptr},
           {"broken", nullptr}};
  if (report.last_root) {
    out["key"] = security::key_fingerprint(report.last_root->key);
    out["root"] = security::audit_root_text(*report.last_root);
  }
  if (report.broken) {
    out["broken"] = {{"fault", security::fault_name(report.broken->fault)},
                     {"seq", report.broken->seq},
                     {"segment", report.broken->segment},
                     {"offset", report.broken->offset},
                     {"what", to_json(report.broken->what)}};
  }
  return out;
}

}  // namespace

AuditJob::~AuditJob() { thread_.request_stop(); }

void AuditJob::start(std::optional<security::AuditRoot> root) {
  const std::lock_guard lock(mutex_);
  if (audit_ == nullptr || state_ == State::kRunning) return;
  state_ = State::kRunning;
  records_ = 0;
  of_ = audit_->root().seq;
  started_ns_ = SystemClock().now_ns();
  ended_ns_ = 0;
  report_.reset();
  // The one before has ended, or is about to: it does not take the lock any more.
  thread_ = std::jthread(
      [this, kept = std::move(root)](const std::stop_token& stop) { run(stop, kept); });
}

void AuditJob::run(const std::stop_token& stop, const std::optional<security::AuditRoot>& root) {
  security::AuditCheckOptions options;
  if (root) options.roots.push_back(*root);
  options.on_record = [&](const security::AuditRecord& record) {
    if (record.seq % 256 == 0) {
      const std::lock_guard lock(mutex_);
      records_ = record.seq;
    }
    return !stop.stop_requested();
  };
  auto report = security::check_audit(audit_->folder(), options);
  const std::lock_guard lock(mutex_);
  ended_ns_ = SystemClock().now_ns();
  state_ = report ? State::kDone : State::kFailed;
  if (report) {
    records_ = report->records;
    report_ = std::move(*report);
  } else {
    problem_ = report.error().message;
  }
}

Json AuditJob::json() const {
  const std::lock_guard lock(mutex_);
  constexpr const char* kNames[] = {"idle", "running", "done", "failed"};
  return {{"state", kNames[static_cast<std::size_t>(state_)]},
          {"records", records_},
          {"of", of_},
          {"started_ms", time_or_null(started_ns_)},
          {"ended_ms", time_or_null(ended_ns_)},
          {"report", report_ ? report_json(*report_) : Json()},
          {"problem", state_ == State::kFailed ? to_json(problem_) : Json()}};
}

}  // namespace mw::server
