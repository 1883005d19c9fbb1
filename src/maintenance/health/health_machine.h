#pragma once

#include <deque>
#include <map>

#include "maintenance/health_monitor.h"

namespace mw::maintenance {

/// A model and how the machine stands by it, row after row.
struct HealthMonitor::Follower {
  Follower(HealthModel given, HealthScorer made)
      : model(std::move(given)), scorer(std::move(made)) {}

  HealthModel model;
  HealthScorer scorer;
  HealthPoint point;
  std::deque<std::vector<double>> rows;  // the last kScoredRows in its state
  TimeNs row_ns = 0;
  TimeNs over_ns = 0;  // when it was last over the threshold
};

/// A watched machine: the live model, and the one that runs in shadow beside it.
struct HealthMonitor::Machine : HealthMonitor::Follower {
  Machine(HealthModel given, HealthScorer made)
      : Follower(std::move(given), std::move(made)), budget(model.card.contract) {}

  AlarmBudget budget;
  std::map<int64_t, uint64_t> alarm_of_case;  // numbers in `budget`
  std::string state_tag;                      // empty: reports none
  std::string line;
  std::unique_ptr<Follower> shadow;  // null: none. It never opens a case
  bool due = false;                  // a case is to be opened
  TimeNs retry_ns = 0;               // not before this, since it could not be kept
  int64_t open_case = 0;
  std::map<std::string, TimeNs> straying;  // signals that deviate besides, and since when
};

/// What the disk or the audit log refused is tried again: each try stands in the audit log.
inline constexpr int64_t kCaseRetryNs = kNsPerMinute;

/// Of a column's last rows, without those that have no value. What people are shown of a tag: one
/// row of it jumps about more than what the score stands on.
std::optional<double> recent_mean(const std::deque<std::vector<double>>& rows, std::size_t column);

inline constexpr uint64_t kMostHealthBytes = 256u << 20;

/// Where a version of a machine's model lies.
std::filesystem::path health_model_path(const std::filesystem::path& folder,
                                        const std::string& asset, int64_t version);

// What people are refused.
/// Who watches machines: all lines, as a machine fails whoever is looking; may do nothing.
Identity everybody();
Error no_such_asset(const std::string& asset);
Error no_version(int64_t version);
Error role_needed(const char* role, const char* role_zh);

}  // namespace mw::maintenance
