#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/language.h"
#include "core/result.h"
#include "plant/asset.h"
#include "plant/rollup.h"

namespace mw::plant {

/// How long the samples of some tags are kept, and what of them afterwards (ADR 0090). Days are
/// whole days UTC; the first rule that names a tag holds for it, a tag without one is kept whole.
struct RetentionRule {
  std::vector<std::string> tags;   // ids with * for any characters: "cnc-*/vibration*"
  int raw_days = 0;                // samples as they came; at least 1
  std::optional<int> minute_days;  // aggregates of minutes; absent: for ever, 0: none are made
  std::optional<int> hour_days;    // aggregates of hours; absent: for ever
};

/// kInvalidArgument when a rule keeps something coarser for a shorter time than something finer,
/// has no tags or no raw_days.
Result<void> check_retention(const std::vector<RetentionRule>& rules);

/// "a*c" matches "abc"; everything else is literal.
bool matches_pattern(std::string_view text, std::string_view pattern);

/// What a rule leaves of a tag of that kind at a time. States have no aggregates: their samples
/// stay as long as the hours of others.
KeptFrom kept_by(const RetentionRule& rule, TagKind kind, TimeNs now_ns);

/// What is about to be removed for good.
struct Removal {
  std::vector<std::string> patterns;  // of the rule
  KeptFrom target;                    // of its numbers
  uint64_t tags = 0;                  // that have something to remove, or may have
};
/// Asked before anything is removed: an error, and it stays. Must put it on record.
using RemovalRecord = std::function<Result<void>(const Removal& removal)>;

/// How retention stands.
struct RetentionStatus {
  std::size_t rules = 0;
  bool running = false;
  std::optional<TimeNs> last_run_ns;  // of the last one that removed what it was to remove
  uint64_t removed_samples = 0;       // since this process started
  std::optional<Text> problem;        // why something that is due was not removed
};

}  // namespace mw::plant
