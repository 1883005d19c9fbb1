#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"

namespace mw::maintenance {

/// What happened to a version of a machine's model; the numbers lie in maintenance.db.
enum class VersionStep {
  kLearned = 0,
  kPromoted = 1,
  kRejected = 2,
  kRolledBack = 3,
  kWouldAlarm = 4,  // in shadow: where a case would have been opened
};
inline constexpr int64_t kVersionSteps = 5;

struct VersionEvent {
  std::string asset;
  int64_t version = 0;
  VersionStep step = VersionStep::kLearned;
  std::string who;  // "?": erased; of kWouldAlarm none
  TimeNs at_ns = 0;
};

/// How a version stands: it alarms; it is scored beside and never alarms; it alarmed before.
enum class VersionStage { kLive, kShadow, kEarlier, kRejected, kReplaced, kRolledBack };
/// "live", "shadow", "earlier", "rejected", "replaced", "rolled_back".
std::string_view stage_name(VersionStage stage);

struct VersionState {
  int64_t version = 0;
  VersionStage stage = VersionStage::kLive;
  std::string who;   // who made it so
  TimeNs at_ns = 0;  // and when
  TimeNs learned_ns = 0;
  std::vector<TimeNs> would_alarm_ns;  // in shadow
};

/// How all versions of one machine stand, told from what happened to them, in order. The first one
/// that is learned is live at once; a later one runs in shadow until somebody decides, or until
/// another one is learned.
class ModelVersions {
 public:
  void take(const VersionEvent& event);

  int64_t live() const { return line_.empty() ? 0 : line_.back(); }  // 0: none
  int64_t shadow() const { return shadow_; }                         // 0: none
  /// What a rollback makes live; 0: there is none before.
  int64_t before() const { return line_.size() < 2 ? 0 : line_[line_.size() - 2]; }
  const std::vector<VersionState>& states() const { return states_; }  // oldest first
  const VersionState* find(int64_t version) const;
  /// Puts "?" where a name stood. `is_same` compares names.
  template <typename IsSame>
  void forget(const IsSame& is_same) {
    for (VersionState& each : states_) {
      if (is_same(each.who)) each.who = "?";
    }
  }

 private:
  VersionState& state_of(int64_t version);
  void set(int64_t version, VersionStage stage, const VersionEvent& event);

  std::vector<int64_t> line_;  // that were live, one after the other; a rollback drops the last
  int64_t shadow_ = 0;
  std::vector<VersionState> states_;
};

}  // namespace mw::maintenance
