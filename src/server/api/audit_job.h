#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "core/json.h"
#include "security/audit_check.h"
#include "security/audit_log.h"

namespace mw::server {

/// Checks the audit log's chain on a thread of its own, one check at a time.
class AuditJob {
 public:
  /// `audit` may be null: then nothing is ever checked.
  explicit AuditJob(std::shared_ptr<const security::AuditLog> audit) : audit_(std::move(audit)) {}
  ~AuditJob();
  AuditJob(const AuditJob&) = delete;
  AuditJob& operator=(const AuditJob&) = delete;

  /// Begins, unless a check runs already. `root`: kept elsewhere, the log has to contain it.
  void start(std::optional<security::AuditRoot> root);
  /// AuditCheck of the schemas.
  Json json() const;

 private:
  enum class State { kIdle, kRunning, kDone, kFailed };
  void run(const std::stop_token& stop, const std::optional<security::AuditRoot>& root);

  const std::shared_ptr<const security::AuditLog> audit_;
  mutable std::mutex mutex_;
  State state_ = State::kIdle;
  uint64_t records_ = 0;  // so far
  uint64_t of_ = 0;
  TimeNs started_ns_ = 0;
  TimeNs ended_ns_ = 0;
  std::optional<security::AuditReport> report_;
  Text problem_;
  std::jthread thread_;
};

}  // namespace mw::server
